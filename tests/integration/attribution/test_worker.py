"""The worker loop: same facts, same journal, however they are cut into batches and whoever takes over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.attribution.domain.documents.customer import KeyList
from services.attribution.domain.documents.keys import Key
from services.attribution.store import PostgresSession
from services.attribution.vendor_batch import VendorBatch
from services.attribution.worker import Worker
from services.attribution.written import Head
from shared.errors import Fenced
from shared.events.codec import encode_fact
from shared.events.envelope import Fact
from shared.events.vendor import ClockTicked, FactRefused
from shared.log.port import Record
from tests.integration.attribution.conftest import Deciding
from tests.unit.attribution.house import START, House


def history() -> House:
    """Three claims on one deal, an opportunity won, one lost, and the deadlines between them."""
    house = House().open()
    house.submit("r1", "A", day=0)
    house.submit("r2", "B", day=1)
    house.submit("r3", "C", day=2)
    house.crm("created", "o1", day=3, partner="A")
    house.crm("won", "o1", day=10, partner="A", amount={"amount": "12.00", "currency": "EUR"})
    house.submit("r4", "B", day=11)
    house.crm("created", "o3", day=12, partner="C")
    house.crm("lost", "o3", day=200, partner="C")
    house.wait_until(300)
    return house


def lines(entries: list) -> list[tuple]:  # type: ignore[type-arg]
    return [(entry.seq, entry.event.type, entry.clock, entry.hash) for entry in entries]


@pytest.mark.parametrize("batch_facts", [1, 3, 500])
async def test_the_journal_is_the_same_byte_for_byte_however_facts_are_batched(
    deciding: Deciding, batch_facts: int
) -> None:
    house = history()
    await deciding.append(*house.taken)
    worker = deciding.worker(batch_facts=batch_facts)
    await deciding.decide(worker)
    # The house decides in memory under release "test"; the worker under the installed one.
    expected = [(e.seq, e.event.type, e.clock) for e in house.entries]
    assert [(e.seq, e.event.type, e.clock) for e in await deciding.journal()] == expected


async def test_a_full_transaction_is_committed_and_the_rest_of_the_deadlines_come_next(deciding: Deciding) -> None:
    house = House().open(partners="A")
    for number in range(7):
        house.submit(f"r{number}", "A", customer={"tax_id": f"20482900{number}", "legal_name": f"Customer {number}"})
    house.wait_until(120)
    await deciding.append(*house.taken)
    await deciding.decide(deciding.worker(decisions_per_transaction=2))
    assert [e.event.type for e in await deciding.journal()] == [e.event.type for e in house.entries]


async def test_a_fact_sent_twice_has_one_effect(deciding: Deciding) -> None:
    house = history()
    await deciding.append(*house.taken)
    await deciding.decide()
    before = lines(await deciding.journal())
    await deciding.append(*house.taken)
    await deciding.append(house.taken[-1], house.taken[-1])
    await deciding.decide()
    assert lines(await deciding.journal()) == before


async def test_a_fact_that_comes_again_while_the_first_is_being_committed_has_one_effect(deciding: Deciding) -> None:
    house = history()
    await deciding.append(*(fact for fact in house.taken for _ in range(2)))
    # One fact a batch: each repetition is decided beside the commit of what it repeats.
    await deciding.decide(deciding.worker(batch_facts=1))
    assert [(e.seq, e.event.type) for e in await deciding.journal()] == [(e.seq, e.event.type) for e in house.entries]


async def test_a_worker_that_lost_its_partition_writes_nothing(deciding: Deciding) -> None:
    house = history()
    await deciding.append(*house.taken[:6])
    stale = deciding.worker()
    while await stale.step():
        pass
    # The lease is over while the worker was frozen, and another one took its partitions.
    await deciding.pool.execute("UPDATE log.ownership SET lease_until = clock_timestamp() - interval '1 second'")
    await deciding.append(*house.taken[6:])
    fresh = deciding.worker()
    while await fresh.step():
        pass
    before = lines(await deciding.journal())
    await deciding.append(
        Fact(id="late", vendor="acme", event=house.taken[-1].event, recorded_at=START + timedelta(days=301),
             principal="test", importing=True)
    )  # fmt: skip
    with pytest.raises(Fenced):
        await steps(stale)
    assert lines(await deciding.journal()) == before
    await deciding.decide(fresh)
    assert len(await deciding.journal()) == len(before) + 1


async def test_a_batch_that_changes_what_is_no_longer_stored_is_written_by_nobody(deciding: Deciding) -> None:
    gone, unseen = Key("key", "name:gone"), Key("key", "name:unseen")
    batch = VendorBatch("nobody", None, {gone: KeyList()})
    batch.change({gone: KeyList(written="Nile"), unseen: KeyList(written="Delta")})
    batch.head = Head(1, "hash", START, START)
    written = batch.leave()
    assert written is not None
    async with deciding.pool.acquire() as connection:
        with pytest.raises(Fenced, match="UPDATE 0 of 1 documents"):
            async with connection.transaction():
                await PostgresSession(connection).write(0, [written])
        session = PostgresSession(connection)
        assert await session.documents([("nobody", gone), ("nobody", unseen)]) == {
            ("nobody", gone): None, ("nobody", unseen): None,
        }  # fmt: skip


async def steps(worker: Worker) -> None:
    """Steps without end: only an error ends them."""
    while True:
        await worker.step()


async def test_what_cannot_be_read_is_a_numbered_refusal_and_the_rest_flows(deciding: Deciding) -> None:
    house = House().open()
    good = [encode_fact(fact) for fact in house.taken]
    headers = dict(good[-1].headers)
    poison = [
        Record("acme", good[-1].headers, b"{not json"),
        Record("acme", tuple({**headers, "ce_id": "p2", "ce_type": "dealreg.moon.landed"}.items()), b"{}"),
        Record("acme", tuple({**headers, "ce_id": "p3", "ce_dataschema": "urn:dealreg:x:99"}.items()), b"{}"),
        Record("acme", (), b""),
    ]
    poison[0] = Record("acme", tuple({**headers, "ce_id": "p1"}.items()), b"{not json")
    await deciding.log.append("facts", [*good[:-1], *poison, good[-1]])
    await deciding.decide()
    journal = await deciding.journal()
    refused = [entry.event for entry in journal if isinstance(entry.event, FactRefused)]
    assert [one.code for one in refused] == ["fact.unreadable"] * 4
    assert [one.fact for one in refused[:3]] == ["p1", "p2", "p3"]
    assert journal[-1].event.type == "program.took_effect"


async def test_ticks_with_nothing_due_leave_no_trace(deciding: Deciding) -> None:
    house = history()
    await deciding.append(*house.taken)
    await deciding.decide()
    before = lines(await deciding.journal())
    tick = Fact(
        id="tick", vendor="acme", event=ClockTicked(), recorded_at=START + timedelta(days=1), principal="clock",
        appended_at=START + timedelta(days=400),
    )  # fmt: skip
    await deciding.append(tick, tick)
    await deciding.decide()
    assert lines(await deciding.journal()) == before
