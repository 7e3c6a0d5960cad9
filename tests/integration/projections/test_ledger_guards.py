"""The database itself refuses what would unbalance or change the ledger."""

from __future__ import annotations

import asyncpg
import pytest

from services.projections.views import LEDGER
from services.projections.views.ledger import Ledger, PostingRow
from services.projections.views.versions import copy_rows
from shared.projection.port import View
from tests.integration.projections.conftest import World
from tests.journals import Journal
from tests.journals_money import won_deal


@pytest.fixture
def journal() -> Journal:
    journal = Journal()
    won_deal(journal, 1)
    return journal


def posting(seq: int, line: int, minor: int, currency: str = "USD") -> PostingRow:
    at = Journal().start
    return PostingRow(
        "maven", seq, line, "reward.accrued", "held", "acme", "demo", currency, minor, at, at, "rew_x", "reg_x", None
    )


async def insert(world: World, *rows: PostingRow) -> None:
    async with world.pool.acquire() as connection, connection.transaction():
        await copy_rows(connection, "projections", "posting", PostingRow._fields, rows)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE projections.posting SET amount_minor = amount_minor + 1",
        "UPDATE projections.posting SET effective_at = effective_at",
        "DELETE FROM projections.posting WHERE line = 1",
        "TRUNCATE projections.posting",
    ],
)
async def test_what_was_posted_stays(world: World, journal: Journal, statement: str) -> None:
    await world.show(journal)
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await world.pool.execute(statement)
    assert await world.pool.fetchval("SELECT count(*) FROM projections.posting") == 4


@pytest.mark.parametrize(
    "rows",
    [
        [posting(7, 1, 100), posting(7, 2, -99)],
        [posting(7, 1, 100), posting(7, 2, -100, "EUR")],
        [posting(7, 1, 100), posting(8, 1, -100)],
    ],
)
async def test_an_entry_whose_postings_do_not_sum_to_zero_is_not_committed(
    world: World, rows: list[PostingRow]
) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="instead of zero"):
        await insert(world, *rows)
    assert await world.pool.fetchval("SELECT count(*) FROM projections.posting") == 0


async def test_a_line_added_to_a_balanced_entry_is_not_committed(world: World, journal: Journal) -> None:
    await world.show(journal)
    seq = await world.pool.fetchval("SELECT max(seq) FROM projections.posting")
    with pytest.raises(asyncpg.CheckViolationError):
        await insert(world, posting(seq, 5, 1))


async def test_an_unbalanced_fold_is_refused_and_its_entry_set_aside(world: World, journal: Journal) -> None:
    class Forgetful(Ledger):
        def fold(self, rows: None, entries: object) -> list[PostingRow]:
            return super().fold(rows, entries)[:-1]  # type: ignore[arg-type]

    await world.append(journal)
    view: View = Forgetful()
    await world.project(view)
    accrued = next(entry.seq for entry in journal.entries if entry.event.type == "reward.accrued")
    parked = await world.pool.fetchrow("SELECT seq, reason FROM projections.parked")
    assert parked["seq"] == accrued
    assert "instead of zero" in parked["reason"]


async def test_a_rebuild_may_empty_it_once_its_position_is_gone(world: World, journal: Journal) -> None:
    await world.show(journal)
    before = await world.pool.fetch("SELECT * FROM projections.posting ORDER BY seq, line")
    async with world.pool.acquire() as connection, connection.transaction():
        await connection.execute("DELETE FROM projections.head WHERE view = 'ledger'")
        await connection.execute("DELETE FROM log.ownership WHERE consumer = 'view:ledger:1'")
        await connection.execute("TRUNCATE projections.posting")
    await world.project(LEDGER)
    assert await world.pool.fetch("SELECT * FROM projections.posting ORDER BY seq, line") == before
