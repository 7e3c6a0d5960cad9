"""One call stores the keys of a batch and appends its facts: all of it or nothing, whatever was there before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from services.registration.intake import entry as entries
from services.registration.intake.acceptance import Acceptance, Accepted
from services.registration.intake.entry import AtOnce, entry_into
from services.registration.intake.errors import Bug, KeyReused
from services.registration.intake.idempotency import Idempotency
from services.registration.intake.kinds import SUBMIT
from services.registration.intake.marking import Marking
from services.registration.intake.submission import Sent, Submission, Submissions
from shared.credentials import Caller
from shared.errors import DealregError, Misconfigured
from shared.events.codec import encode_fact
from shared.events.registration import RegistrationSubmitted
from shared.log.port import partition_of
from shared.persons import MasterKey, Persons
from shared.receipts import receipt_of
from tests.integration.registration.conftest import SUBMISSION, Edge

CALLER = Caller("acme", "desk", None, frozenset(["registrations:write"]), "key")
OLD = datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)


def submission(key: str, email: str | None = None, vendor: str = "acme", **more: Any) -> Submission:
    """A claim under the key, with a contact where an address is given."""
    contact = {} if email is None else {"contact": {"name": "Jana Adler", "email": email}}
    sent = Sent(SUBMIT, {**SUBMISSION, **contact}, key, **more)
    return Submissions(MasterKey(bytes(32))).prepare(sent, replace(CALLER, vendor=vendor))


def master(edge: Edge) -> MasterKey:
    return MasterKey(edge.settings.master_key_bytes())


async def outcomes_of(edge: Edge, batch: Sequence[Submission]) -> list[Accepted | DealregError]:
    """What a process of its own answers to the batch."""
    entry = entry_into(edge.log, edge.pool, Persons(edge.pool, master(edge)))
    assert isinstance(entry, AtOnce)
    marking = Marking(Idempotency(edge.pool))
    try:
        return await Acceptance(entry, edge.log, marking).take(batch)
    finally:
        await marking.stop()


async def taken(edge: Edge, *batch: Submission) -> list[Accepted]:
    """The outcomes of a batch that is accepted whole."""
    outcomes = await outcomes_of(edge, batch)
    assert all(isinstance(one, Accepted) for one in outcomes), outcomes
    return outcomes  # type: ignore[return-value]


async def opened(edge: Edge) -> list[str | None]:
    """The contact's name of each fact on the log, in order."""
    found = []
    for fact in await edge.facts():
        assert isinstance(fact.event, RegistrationSubmitted)
        assert fact.event.contact is not None
        name = fact.event.contact.name
        assert name is not None
        found.append((await Persons(edge.pool, master(edge)).unseal("acme", [name]))[name])
    return found


async def test_a_batch_is_appended_in_its_order_under_one_time_and_marked_at_once(edge: Edge) -> None:
    batch = [submission(f"k{number}", f"p{number}@adler.example") for number in range(20)]
    outcomes = await taken(edge, *batch)
    facts = await edge.facts()
    assert [fact.id for fact in facts] == [one.fact for one in batch]
    assert {fact.recorded_at for fact in facts} == {one.recorded_at for one in outcomes}
    assert len({fact.recorded_at for fact in facts}) == 1
    receipts = [await receipt_of(edge.pool, "acme", one.fact) for one in batch]
    assert {(one.status, one.recorded_at) for one in receipts if one} == {("appended", facts[0].recorded_at)}
    assert await opened(edge) == ["Jana Adler"] * 20


async def test_what_the_call_writes_is_what_the_codec_writes(edge: Edge) -> None:
    live, old = (
        submission("live", traceparent="00-" + "1" * 32 + "-" + "2" * 16 + "-01"),
        submission("old", recorded_at=OLD),
    )
    await taken(edge, live, old)
    reader = await edge.log.reader("facts", partition_of("acme", edge.log.partitions), 0)
    records = await reader.fetch(10, 10_000)
    await reader.close()
    for fact, record in zip(await edge.facts(), records, strict=True):
        same = encode_fact(fact)
        assert (record.headers, record.value) == (same.headers, same.value)
    assert [(fact.recorded_at == OLD, fact.importing) for fact in await edge.facts()] == [(False, False), (True, True)]


async def test_vendors_of_several_partitions_share_a_call(edge: Edge) -> None:
    vendors = ["acme", *(f"vendor-{number}" for number in range(12))]
    await taken(edge, *(submission("k", f"p@{vendor}.example", vendor) for vendor in vendors))
    assert [len(await edge.facts(vendor)) for vendor in vendors] == [1] * len(vendors)


async def test_known_keys_are_answered_as_before_and_new_ones_beside_them_taken(edge: Edge) -> None:
    first = submission("k", "jana@adler.example")
    [before] = await taken(edge, first)
    other = replace(submission("k"), body_hash=b"another body")
    new = submission("new", "jana@adler.example")
    again, reused, fresh = [*await outcomes_of(edge, [first]), *await outcomes_of(edge, [other, new])]
    assert again == before.again()
    assert isinstance(reused, KeyReused)
    assert isinstance(fresh, Accepted)
    assert not fresh.replayed
    assert [fact.id for fact in await edge.facts()] == [first.fact, new.fact]


async def test_a_person_keeps_the_first_key_and_the_order_of_the_batch_stays(edge: Edge) -> None:
    await taken(edge, submission("first", "jana@adler.example"))
    addresses = ("new@adler.example", "JANA@adler.example", "new@adler.example")
    batch = [submission(f"k{number}", address) for number, address in enumerate(addresses)]
    await taken(edge, *batch)
    facts = await edge.facts()
    assert [fact.id for fact in facts[1:]] == [one.fact for one in batch]
    persons = [fact.event.contact.name.person for fact in facts]  # type: ignore[union-attr]
    assert persons[0] == persons[2]
    assert persons[1] == persons[3]
    assert await edge.pool.fetchval("SELECT count(*) FROM registration.person") == 2
    assert await opened(edge) == ["Jana Adler"] * 4


async def test_a_retry_seals_nothing_again(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    first = submission("k", "jana@adler.example")
    await taken(edge, first)
    calls = _counted(monkeypatch)
    [again] = await taken(edge, first)
    assert (again.replayed, calls) == (True, [1])


async def test_a_person_that_is_erased_between_two_calls_begins_again_as_somebody_new(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    await taken(edge, submission("first", "jana@adler.example"))
    persons = Persons(edge.pool, master(edge))
    known = await persons.find("acme", "jana@adler.example")
    assert known is not None

    async def erase() -> None:
        assert await persons.erase("acme", known)

    calls = _counted(monkeypatch, after_first=erase)
    await taken(edge, submission("second", "jana@adler.example"))
    assert calls == [1, 1, 1]
    assert await opened(edge) == [None, "Jana Adler"]
    assert await persons.find("acme", "jana@adler.example") not in (None, known)


async def test_one_that_cannot_be_written_fails_alone_and_keeps_its_key(edge: Edge) -> None:
    def broken(_sealed: Any) -> Any:
        raise ValueError("no event")

    bad = replace(submission("bad"), event=broken)
    good = submission("good", "jana@adler.example")
    refused, accepted = await outcomes_of(edge, [bad, good])
    assert isinstance(refused, Bug)
    assert isinstance(accepted, Accepted)
    receipt = await receipt_of(edge.pool, "acme", bad.fact)
    assert receipt is not None
    assert receipt.status == "pending"
    [reused] = await outcomes_of(edge, [replace(bad, body_hash=b"another body")])
    assert isinstance(reused, KeyReused)
    # Once it can be written, it is, at the time of its key.
    [mended] = await taken(edge, submission("bad", recorded_at=None))
    assert [fact.id for fact in await edge.facts()] == [good.fact, bad.fact]
    assert (mended.replayed, mended.recorded_at) == (False, receipt.recorded_at)


async def test_a_mark_never_moves_a_webhooks_time_back(edge: Edge) -> None:
    one = replace(submission("hook"), signed_at=100)
    await taken(edge, one)
    keys = Idempotency(edge.pool)
    for signed_at, expected in ((300, 300), (200, 300), (None, 300)):
        await keys.mark_appended([replace(one, signed_at=signed_at)])
        assert await edge.pool.fetchval("SELECT signed_at FROM registration.idempotency") == expected


async def test_batches_with_common_keys_and_persons_at_once_never_wait_in_a_circle(edge: Edge) -> None:
    batch = [submission(f"k{number}", f"p{number % 7}@adler.example") for number in range(60)]
    turned: Sequence[Submission] = batch[::-1]
    both = await asyncio.gather(*(outcomes_of(edge, one) for one in (batch, turned) * 4))
    taken_first = [one for outcomes in both for one in outcomes if isinstance(one, Accepted) and not one.replayed]
    assert len(taken_first) == 60
    assert len(await edge.facts()) == 60
    assert await edge.pool.fetchval("SELECT count(*) FROM registration.person") == 7


async def test_a_head_below_its_records_stores_no_key(edge: Edge) -> None:
    await taken(edge, submission("first"))
    await edge.pool.execute("UPDATE log.head SET next_offset = 0 WHERE topic = 'facts'")
    with pytest.raises(DealregError, match="only a part of the log was restored"):
        await outcomes_of(edge, [submission("second", "jana@adler.example")])
    assert await edge.pool.fetchval("SELECT count(*) FROM registration.idempotency") == 1
    assert await edge.pool.fetchval("SELECT count(*) FROM registration.person") == 0


async def test_a_database_without_the_function_is_said_to_need_its_migrations(edge: Edge) -> None:
    async with _without_function(edge.pool):
        with pytest.raises(Misconfigured, match="run the migrations"):
            await outcomes_of(edge, [submission("k")])


@asynccontextmanager
async def _without_function(pool: asyncpg.Pool) -> AsyncIterator[None]:
    await pool.execute("ALTER FUNCTION registration.accept RENAME TO taken_away")
    yield
    await pool.execute("ALTER FUNCTION registration.taken_away RENAME TO accept")


def _counted(monkeypatch: pytest.MonkeyPatch, after_first: Any = None) -> list[int]:
    """One for each call that is made from now on."""
    calls: list[int] = []
    call = AtOnce._call

    async def counted(self: AtOnce, *given: Any) -> Any:
        calls.append(1)
        found = await call(self, *given)
        if len(calls) == 1 and after_first is not None:
            await after_first()
        return found

    monkeypatch.setattr(entries.AtOnce, "_call", counted)
    return calls
