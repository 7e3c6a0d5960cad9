"""What cannot be decided, folded or read concerns its own fact or vendor alone, on PostgreSQL (G8, rule 8)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from unittest.mock import patch

import pytest
import pytest_asyncio

from dealreg.runtime.components import Decider, Runtime
from services.attribution import faults, processor
from services.attribution import worker as workers
from services.attribution.domain.documents.evolve import _CHANGES
from services.attribution.domain.handlers import timers
from services.attribution.faults import TooManyFaults
from services.attribution.resuming import NotHalted, NothingToSkip, resume, standing
from shared.events.envelope import Entry, Fact
from shared.events.partner import PartnerEnrolled
from shared.events.registration import RegistrationApproved
from shared.events.timer import TimerFailed
from shared.events.vendor import FactRefused
from shared.partitions.following import DECIDER, Following
from tests.faulty import BYSTANDER, VICTIM, functions, history, own, quietly, raising, table_raising
from tests.integration.attribution.conftest import Deciding
from tests.integration.attribution.test_restore import backup, restore
from tests.integration.attribution.test_worker import steps
from tests.until import until
from tests.working import working

FACTS = 40
REPAIRED = "repaired"


@pytest_asyncio.fixture(loop_scope="session")
async def both(deciding: Deciding, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Deciding]:
    """Two vendors of one partition."""
    monkeypatch.setattr(faults.Recent, "full", lambda *_: False)
    deciding.settings = deciding.settings.model_copy(update={"clock_skew_seconds": 10**9, "batch_facts": 9})
    with quietly():
        yield deciding


async def tell(deciding: Deciding, facts: tuple[Fact, ...]) -> None:
    for fact in facts:
        await deciding.append(*(replace(fact, vendor=one) for one in (VICTIM, BYSTANDER)))


async def repaired(deciding: Deciding) -> None:
    with patch.object(processor, "RELEASE", REPAIRED):
        await deciding.decide()


def facts_of(entries: list[Entry]) -> list[str]:
    """The facts in the order in which they were decided."""
    return [one for one in own(entries) if one.startswith("fact")]


RULES = (
    "handlers.claims.submit",
    "handlers.opportunities.handle",
    "handlers.reviewers.decide_review",
    "handlers.administration.publish",
    "handlers.queue.drain",
    "documents.evolve.evolve",
)


@pytest.mark.parametrize("name", RULES)
async def test_a_rule_that_raises_refuses_its_facts_and_the_other_vendor_notices_nothing(
    both: Deciding, name: str
) -> None:
    facts = history()[:FACTS]
    await tell(both, facts)
    with raising(dict(functions())[name]):
        await both.decide()
    ids = [one.id for one in facts]
    assert facts_of(await both.journal(BYSTANDER)) == ids
    await repaired(both)
    assert facts_of(await both.journal(VICTIM)) == ids
    assert await standing(both.pool) == []
    assert (
        await both.pool.fetchval("SELECT count(*) FROM attribution.processed_fact WHERE vendor = $1", VICTIM) >= FACTS
    )


async def test_a_fold_and_a_timer_that_raise_leave_a_journal_that_folds_to_the_documents(both: Deciding) -> None:
    await tell(both, history(10))
    with table_raising(_CHANGES, RegistrationApproved), table_raising(timers.FIRES, "reward.hold"):
        await both.decide()
    entries = await both.journal(VICTIM)
    assert not any(isinstance(one.event, RegistrationApproved) for one in entries)
    assert any(isinstance(one.event, FactRefused) and one.event.code == faults.CODE for one in entries)
    assert facts_of(entries) == [one.id for one in history(10)]


async def test_a_timer_that_failed_stays_disarmed_and_another_release_arms_it(both: Deciding) -> None:
    await tell(both, history(10)[:-1])
    with table_raising(timers.FIRES, "protection.end"):
        await both.decide()
    disarmed = "SELECT count(*) FROM attribution.document WHERE vendor = $1 AND body->>'disarmed' IS NOT NULL"
    failed = [one for one in await both.journal(VICTIM) if isinstance(one.event, TimerFailed)]
    assert failed
    assert await both.pool.fetchval(disarmed, VICTIM) > 0
    await tell(both, history(10)[-1:])
    await repaired(both)
    assert await both.pool.fetchval(disarmed, VICTIM) == 0


async def test_a_damaged_document_halts_its_vendor_alone_until_it_is_repaired(both: Deciding) -> None:
    facts = history()[:FACTS]
    await tell(both, facts[:12])
    await both.decide()
    good = await both.pool.fetchval(
        "SELECT body FROM attribution.document WHERE vendor = $1 AND kind = 'vendor'", VICTIM
    )
    damage = "UPDATE attribution.document SET body = $2 WHERE vendor = $1 AND kind = 'vendor'"
    await both.pool.execute(damage, VICTIM, '{"mode": "asleep"}')
    await tell(both, facts[12:])
    worker = both.worker()
    while await worker.step():
        pass
    ids = [one.id for one in facts]
    assert facts_of(await both.journal(BYSTANDER)) == ids
    assert facts_of(await both.journal(VICTIM)) == ids[:12]
    reason = "the document vendor: cannot be read (ValidationError)"
    assert worker.halted == {VICTIM: reason}
    assert worker.missing == [f"vendor {VICTIM} halted: {reason}"]
    # Told by name, by the worker and by every service that answers; nobody else is out of service for it.
    halted = f"vendor {VICTIM} halted: {reason}"
    following = Following(both.pool, both.settings.lease_seconds)
    mine = await Decider(Runtime(both.settings, both.pool, both.log), worker, following).health()
    assert (mine.missing, mine.degraded) == ((), (f"worker attribution: {halted}",))
    assert halted in (await following.degraded([DECIDER])).degraded
    await worker.close()
    (found,) = await standing(both.pool)
    assert (found.vendor, found.reason, found.subject) == (VICTIM, reason, "")
    # Nothing changes while nothing is repaired, whoever decides.
    await both.decide()
    assert facts_of(await both.journal(VICTIM)) == ids[:12]
    with pytest.raises(NothingToSkip):
        await resume(both.pool, VICTIM, skip=True)
    with pytest.raises(NotHalted):
        await resume(both.pool, BYSTANDER, skip=False)
    await resume(both.pool, VICTIM, skip=False)
    await both.decide()
    assert [one.vendor for one in await standing(both.pool)] == [VICTIM]
    await both.pool.execute(damage, VICTIM, good)
    await resume(both.pool, VICTIM, skip=False)
    await both.decide()
    assert await standing(both.pool) == []
    assert facts_of(await both.journal(VICTIM)) == ids


async def test_a_running_worker_lets_a_vendor_go_on_when_it_is_told(both: Deciding) -> None:
    facts = history()[:FACTS]
    await tell(both, facts[:12])
    await both.decide()
    body = "SELECT body FROM attribution.document WHERE vendor = $1 AND kind = 'vendor'"
    good = await both.pool.fetchval(body, VICTIM)
    damage = "UPDATE attribution.document SET body = $2 WHERE vendor = $1 AND kind = 'vendor'"
    await both.pool.execute(damage, VICTIM, "[]")
    async with working(both.worker()):
        await tell(both, facts[12:])

        async def halted() -> bool:
            return [one.vendor for one in await standing(both.pool)] == [VICTIM]

        await until(halted)
        await both.pool.execute(damage, VICTIM, good)
        await resume(both.pool, VICTIM, skip=False)

        async def decided() -> bool:
            return facts_of(await both.journal(VICTIM)) == [one.id for one in facts]

        await until(decided)


async def test_a_fold_that_raises_while_catching_up_halts_its_vendor_alone(both: Deciding) -> None:
    facts = history()[:FACTS]
    await tell(both, facts[:12])
    await both.decide()
    await backup(both)
    odd = replace(facts[12], id="fact-odd", vendor=VICTIM, event=PartnerEnrolled(partner="odd", name="Odd"))
    await both.append(odd)
    await tell(both, facts[12:])
    await both.decide()
    before = {vendor: await both.journal(vendor) for vendor in (VICTIM, BYSTANDER)}
    await restore(both)
    fold = _CHANGES[PartnerEnrolled]

    def broken(book: object, event: PartnerEnrolled) -> None:
        if event.partner == "odd":
            raise KeyError("a bug")
        fold(book, event)  # type: ignore[arg-type]

    with patch.dict(_CHANGES, {PartnerEnrolled: broken}):
        await both.decide()
        (found,) = await standing(both.pool)
    assert found.vendor == VICTIM
    assert found.reason.endswith("cannot be folded (KeyError)")
    heads = dict(await both.pool.fetch("SELECT vendor, seq FROM attribution.head"))
    assert heads[BYSTANDER] >= len(before[BYSTANDER])
    assert heads[VICTIM] < len(before[VICTIM])
    # The release that cannot fold it does not try again by itself; another one does.
    await both.decide()
    assert [one.vendor for one in await standing(both.pool)] == [VICTIM]
    await repaired(both)
    assert await standing(both.pool) == []
    for vendor, entries in before.items():
        assert (await both.journal(vendor))[: len(entries)] == entries
    assert facts_of(await both.journal(VICTIM)) == [
        *(one.id for one in facts[:12]),
        odd.id,
        *(one.id for one in facts[12:]),
    ]


async def test_too_many_faults_stop_the_partition_and_readiness_says_so(deciding: Deciding) -> None:
    deciding.settings = deciding.settings.model_copy(update={"clock_skew_seconds": 10**9})
    await tell(deciding, history(1))
    with quietly(), raising(dict(functions())["handlers.claims.submit"]):
        worker = deciding.worker()
        with pytest.raises(TooManyFaults):
            await steps(worker)
    assert len(worker.missing) == 1
    assert "the release is at fault" in worker.missing[0]
    refused = [one.event for one in await deciding.journal(VICTIM) if isinstance(one.event, FactRefused)]
    assert [one.code for one in refused].count(faults.CODE) == faults.MOST_FAULTS
    await worker.close()


async def test_a_worker_that_completes_no_step_is_silent(deciding: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, entered = asyncio.Event(), asyncio.Event()

    async def never(_self: processor.PartitionProcessor, _wait_ms: int) -> int:
        entered.set()
        await stuck.wait()
        return 0

    monkeypatch.setattr(processor.PartitionProcessor, "step", never)
    monkeypatch.setattr(workers, "SILENT_LEASES", 0.01)
    worker = deciding.worker()
    assert worker.missing == []
    async with working(worker):
        await entered.wait()

        async def silent() -> bool:
            return any("completed no step" in one for one in worker.missing)

        await until(silent)
