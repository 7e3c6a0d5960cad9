"""The joint runner: views that stand level share a transaction, and each still fails, lags and waits alone."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

from services.projections.verify import verify, view_digests
from services.projections.views import ALL, CREDITS, FEED, LEDGER, PIPELINE
from shared.errors import Fenced
from shared.projection.joint_runner import JointRunner, joint_consumer
from shared.projection.replay import replay
from tests.broken import broken
from tests.integration.projections.conftest import World
from tests.integration.projections.test_parking import busy, parked
from tests.journals import Journal, ordinary_deals
from tests.until import until

EMPTIED = [view for view in ALL if view is not LEDGER]
"""The views that a test may empty: the ledger refuses."""


def runner(world: World, views: Any = ALL, owner: str | None = None, **settings: Any) -> JointRunner:
    return JointRunner(views, world.pool, world.log, world.settings.model_copy(update=settings), owner)


def instead_of(view: Any, other: Any, views: Any = ALL) -> list[Any]:
    """The views with another in the place of this one."""
    return [*(one for one in views if one is not view), other]


async def emptied(world: World) -> None:
    tables = ", ".join(table for view in EMPTIED for table in view.tables)
    await world.pool.execute(f"TRUNCATE {tables}, projections.head, log.ownership")


async def drained(views: JointRunner) -> None:
    while await views.step():
        pass


async def transactions(world: World, partition: int) -> dict[str, str]:
    """The transaction that last moved each view."""
    rows = await world.pool.fetch(
        "SELECT consumer, xmin::text AS moved FROM log.ownership WHERE consumer LIKE 'view:%' AND partition = $1",
        partition,
    )
    return {row["consumer"]: row["moved"] for row in rows}


async def heads(world: World, vendor: str = "maven") -> dict[str, int]:
    rows = await world.pool.fetch("SELECT view, seq FROM projections.head WHERE vendor = $1", vendor)
    return {row["view"]: row["seq"] for row in rows}


async def partition_with(world: World, journal: Journal) -> int:
    ends = await world.log.end_offsets("journal")
    return ends.index(journal.seq)


@pytest.fixture
def journal() -> Journal:
    return ordinary_deals("maven", 5)


async def test_views_that_stand_level_move_in_one_transaction(world: World, journal: Journal) -> None:
    await world.append(journal)
    views = runner(world)
    await drained(views)
    moved = await transactions(world, await partition_with(world, journal))
    assert len(moved) == len(ALL)
    assert len(set(moved.values())) == 1
    assert await heads(world) == dict.fromkeys((view.name for view in ALL), journal.seq)
    assert (await verify(world.pool, world.log, ALL)).holds
    await views.close()


async def test_the_rows_are_those_of_views_folded_one_by_one(world: World) -> None:
    await world.append(busy(), ordinary_deals("other", 3))
    views = runner(world, EMPTIED, batch_entries=7)
    await drained(views)
    await views.close()
    together = await view_digests(world.pool, EMPTIED)
    await emptied(world)
    await world.project(*EMPTIED)
    assert await view_digests(world.pool, EMPTIED) == together


async def test_entries_delivered_again_change_nothing(world: World, journal: Journal) -> None:
    await world.show(journal)
    before = await view_digests(world.pool, ALL)
    await world.log.append("journal", journal.records)
    await world.project()
    assert await view_digests(world.pool, ALL) == before


@pytest.mark.parametrize("ahead", EMPTIED, ids=lambda view: view.name)
async def test_where_one_has_read_entries_that_come_again_each_goes_by_its_own_head(
    world: World, journal: Journal, ahead: Any
) -> None:
    await world.append(journal)
    await world.project(*EMPTIED)
    expected = await view_digests(world.pool, EMPTIED)
    await emptied(world)
    await world.project(ahead)
    await world.pool.execute("TRUNCATE log.ownership")  # it stands level with the others again, its head does not
    views = runner(world, EMPTIED)
    await drained(views)
    await views.close()
    assert await view_digests(world.pool, EMPTIED) == expected
    assert await heads(world) == dict.fromkeys((view.name for view in EMPTIED), journal.seq)


async def test_a_view_that_parks_an_entry_leaves_the_others_together_and_is_repaired_by_a_replay(world: World) -> None:
    journal = busy()
    await world.append(journal)
    await world.project(*EMPTIED)
    expected = await view_digests(world.pool, EMPTIED)
    await emptied(world)
    bad = next(one.seq for one in journal.entries if one.event.type == "registration.completed")
    views = runner(world, instead_of(PIPELINE, broken(PIPELINE, {bad}), EMPTIED), batch_entries=10)
    await drained(views)
    assert (views.halted, await heads(world)) == ({}, dict.fromkeys((view.name for view in EMPTIED), journal.seq))
    assert bad in await parked(world)
    moved = await transactions(world, await partition_with(world, journal))
    pipeline = moved.pop("view:pipeline:1")
    assert len(set(moved.values())) == 1
    assert pipeline not in moved.values()
    await views.close()
    assert (await replay(world.pool, PIPELINE)).left == 0
    assert await view_digests(world.pool, EMPTIED) == expected
    # Nothing is parked any more: it moves with the others again.
    journal.submit("reg_late")
    await world.append(journal)
    again = runner(world, EMPTIED)
    await drained(again)
    moved = await transactions(world, await partition_with(world, journal))
    assert len(set(moved.values())) == 1
    await again.close()


async def test_a_view_that_halts_leaves_and_comes_back_repaired_from_far_behind(world: World, journal: Journal) -> None:
    # The feed promises an order without gaps: it sets nothing aside.
    await world.append(journal)
    views = runner(world, instead_of(FEED, broken(FEED, {3})), batch_entries=4)
    await drained(views)
    await views.close()
    assert [place[0] for place in views.halted] == ["feed"]
    assert await heads(world) == dict.fromkeys((view.name for view in ALL), journal.seq) | {"feed": 2}
    assert await world.pool.fetchval("SELECT view FROM projections.halted") == "feed"
    repaired = runner(world, batch_entries=4)
    await drained(repaired)
    assert await heads(world) == dict.fromkeys((view.name for view in ALL), journal.seq)
    assert await world.pool.fetchval("SELECT count(*) FROM projections.halted") == 0
    journal.submit("reg_late")
    await world.append(journal)
    await drained(repaired)
    moved = await transactions(world, await partition_with(world, journal))
    assert len(set(moved.values())) == 1
    assert (await verify(world.pool, world.log, ALL)).holds
    await repaired.close()


async def test_a_view_ahead_of_the_others_waits_for_them(world: World, journal: Journal) -> None:
    await world.append(journal)
    await world.project(CREDITS)
    journal.submit("reg_late")
    await world.append(journal)
    views = runner(world)
    await drained(views)
    await views.close()
    assert (await verify(world.pool, world.log, ALL)).holds
    assert await heads(world) == dict.fromkeys((view.name for view in ALL), journal.seq)


async def test_a_view_that_was_fenced_begins_again_beside_the_others(world: World, journal: Journal) -> None:
    await world.append(journal)
    views = runner(world)
    await drained(views)
    await world.pool.execute("UPDATE log.ownership SET epoch = epoch + 1, owner = NULL WHERE consumer = 'view:feed:1'")
    journal.submit("reg_late")
    await world.append(journal)
    await drained(views)
    assert views.halted == {}
    assert await heads(world) == dict.fromkeys((view.name for view in ALL), journal.seq)
    assert (await verify(world.pool, world.log, ALL)).holds
    await views.close()


async def test_a_worker_that_lost_its_partitions_writes_nothing(world: World, journal: Journal) -> None:
    slow, other = runner(world, batch_entries=3, owner="slow"), runner(world, owner="other")
    await world.append(journal)
    await slow.step()
    await world.pool.execute("UPDATE log.ownership SET lease_until = 'epoch'")
    await drained(other)
    done = await view_digests(world.pool, ALL)
    assert (await verify(world.pool, world.log, ALL)).holds
    with contextlib.suppress(Fenced):  # where it asks for its lease before it reads
        await slow._lanes.step()  # one step: to wait until it has caught up would be to wait for ever
    assert (slow.halted, await view_digests(world.pool, ALL)) == ({}, done)
    assert (await verify(world.pool, world.log, ALL)).holds
    await slow.close()
    await other.close()


async def test_views_are_taken_and_released_as_they_are_wanted(world: World, journal: Journal) -> None:
    await world.append(journal)
    views = runner(world, [PIPELINE, FEED])
    await drained(views)
    views.follow([PIPELINE, CREDITS])
    await drained(views)
    assert await heads(world) == dict.fromkeys(("pipeline", "feed", "credits"), journal.seq)
    owned = await world.pool.fetch("SELECT DISTINCT consumer FROM log.ownership WHERE owner IS NOT NULL")
    assert {row[0] for row in owned} == {joint_consumer([PIPELINE, FEED]), "view:pipeline:1", "view:credits:1"}
    await views.close()
    assert await world.pool.fetchval("SELECT count(*) FROM log.ownership WHERE owner IS NOT NULL") == 0


async def test_releases_whose_views_differ_share_those_that_they_have_in_common(world: World, journal: Journal) -> None:
    old, new = runner(world, [PIPELINE, FEED]), runner(world, [FEED, CREDITS])
    await world.append(journal)
    await drained(old)
    # What the old release holds it keeps; a view that only the new one folds is fed at once.
    await new._lanes.step()
    assert await heads(world) == dict.fromkeys(("pipeline", "feed", "credits"), journal.seq)
    await old.close()
    await new.close()


async def test_running_follows_the_log_and_gives_its_partitions_back(world: World, journal: Journal) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(runner(world).run(stop))
    expected = dict.fromkeys((view.name for view in ALL), 0)

    async def caught_up() -> bool:
        return await heads(world) == dict.fromkeys(expected, journal.seq)

    await world.append(journal)
    await until(caught_up)
    journal.submit("reg_late")
    await world.append(journal)
    await until(caught_up)
    stop.set()
    await task
    assert await world.pool.fetchval("SELECT count(*) FROM log.ownership WHERE owner IS NOT NULL") == 0


async def test_a_log_that_is_not_the_remembered_one_halts_every_view(world: World, journal: Journal) -> None:
    await world.show(journal)
    await world.pool.execute("DELETE FROM log.journal")
    views = runner(world)
    await drained(views)
    await views.close()
    assert {place[0] for place in views.halted} == {view.name for view in ALL}
