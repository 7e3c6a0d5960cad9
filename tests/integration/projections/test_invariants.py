"""Cheap invariants beside a running system: a healthy one breaks none, and each is found broken when it is."""

from __future__ import annotations

import asyncio

import pytest

from services.projections import invariants
from services.projections.invariants import CHAIN, INVARIANTS, Invariants
from shared.observability import registry
from tests.integration.projections.conftest import World
from tests.journals import Journal, ordinary_deals
from tests.journals_money import won_deal
from tests.until import PATIENT_SECONDS

DAMAGE = {
    "an entry's postings sum to zero": "UPDATE projections.posting SET amount_minor = amount_minor + 1 WHERE line = 1",
    "a vendor's accounts sum to zero":
        "UPDATE projections.payout SET credit_minor = credit_minor + 5 WHERE account = 'held' AND to_seq IS NULL",
    "shares make the whole": "UPDATE projections.credit SET amount_minor = amount_minor - 1 WHERE line = 0",
    "no view is ahead of the decider": "UPDATE attribution.head SET seq = seq - 1",
    "a fact that was handled is in the journal":
        "INSERT INTO attribution.processed_fact VALUES ('maven', 'fact-x', '', 9999, 9999)",
    "a webhook's cursor passes only what was delivered, waits, or was given up":
        "UPDATE projections.feed SET known_at = clock_timestamp(); UPDATE webhooks.endpoint SET cursor = 2",
    "a webhook waits for nothing beyond its cursor":
        "INSERT INTO webhooks.waiting VALUES ('end_1', 'msg_1', 5, NULL, 1, clock_timestamp(), clock_timestamp())",
    "a webhook's cursor is within its feed": "UPDATE webhooks.endpoint SET cursor = 1000000",
    CHAIN: 'UPDATE log.journal SET value = set_byte(value, 20, get_byte(value, 20) # 1) WHERE "offset" = 3',
}  # fmt: skip


async def shown(world: World) -> Invariants:
    """A few deals in every view, the decider's word for them, and the guards of the ledger taken away."""
    journal: Journal = ordinary_deals("maven", 3)
    won_deal(journal, 1)
    await world.show(journal)
    last = journal.entries[-1]
    await world.pool.execute(
        "INSERT INTO attribution.head VALUES ('maven', 0, true, $1, $2, $3, $3)", last.seq, last.hash, last.clock
    )
    await world.pool.execute(
        "INSERT INTO webhooks.endpoint (endpoint, vendor, name, url, types, ordered, cursor, matched_from) "
        "VALUES ('end_1', 'maven', 'desk', 'https://desk.example/', '{}', false, 0, 0)"
    )
    await world.pool.execute("ALTER TABLE projections.posting DISABLE TRIGGER USER")
    return Invariants(world.pool, world.log, 0.01)


def told(invariant: str) -> float | None:
    return registry.get_sample_value("dealreg_invariant_broken", {"invariant": invariant})


async def test_a_healthy_system_breaks_none(world: World) -> None:
    looking = await shown(world)
    assert await looking.look() == []
    assert [told(one) for one in (*INVARIANTS, CHAIN)] == [0] * (len(INVARIANTS) + 1)


@pytest.mark.parametrize("invariant", [*INVARIANTS, CHAIN])
async def test_each_is_found_broken_and_told(world: World, invariant: str) -> None:
    looking = await shown(world)
    await world.pool.execute(DAMAGE[invariant])
    found = await looking.look()
    assert found is not None
    assert invariant in [one.invariant for one in found]
    assert told(invariant) == 1


async def test_it_goes_on_looking_until_it_is_stopped(world: World) -> None:
    looking, stop = await shown(world), asyncio.Event()
    task = asyncio.create_task(looking.run(stop))
    await world.pool.execute("UPDATE attribution.head SET seq = seq - 1")
    async with asyncio.timeout(PATIENT_SECONDS):
        while told("no view is ahead of the decider") != 1:
            await asyncio.sleep(0.01)
        await world.pool.execute("UPDATE attribution.head SET seq = seq + 1")
        while told("no view is ahead of the decider") != 0:
            await asyncio.sleep(0.01)
    stop.set()
    await task


async def test_one_process_looks_at_a_time(world: World) -> None:
    looking = await shown(world)
    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('invariants', 0))")
        assert await looking.look() is None
    assert await looking.look() == []


def test_every_invariant_has_its_damage() -> None:
    assert DAMAGE.keys() == {*invariants.INVARIANTS, CHAIN}
