"""A view's worker killed between any two steps changes no row: each entry counts once (G4, G7)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from services.projections.verify import verify, view_digests
from services.projections.views import CONFLICTS, FEED, OPPORTUNITIES, PIPELINE
from shared.database import open_pool
from shared.errors import Fenced
from shared.log import open_log
from shared.log.port import EventLog
from shared.projection import replay as replaying
from shared.projection.joint_runner import JointRunner
from shared.projection.port import View
from shared.projection.replay import replay
from shared.projection.runner import Runner
from shared.settings import Settings
from tests.broken import broken
from tests.crash.crashing import Crashed, CrashingPool, Fuse, passing_points
from tests.journals import ordinary_deals

VIEWS = (PIPELINE, OPPORTUNITIES, CONFLICTS, FEED)
ALONE = ("projections.before_commit", "projections.after_commit")
TOGETHER = ("joint.before_commit", "joint.after_commit")
MOST_STEPS = 400
"""A loop that takes more steps than this for two dozen entries has a fault of its own."""


@pytest_asyncio.fixture(loop_scope="session")
async def place(database: str, settings: Settings) -> AsyncIterator[tuple[Any, EventLog, Settings]]:
    """A log with three deals of one vendor, folded in batches that end within each of them."""
    settings = settings.model_copy(update={"partitions": 1, "batch_entries": 10})
    pool = await open_pool(database, settings)
    log = open_log(settings, database_pool=pool)
    await log.start()
    try:
        await log.append("journal", ordinary_deals("maven", 3).records)
        yield pool, log, settings
    finally:
        await log.stop()
        await pool.close()


async def drained(runner: Runner | JointRunner) -> None:
    while await runner.step():
        pass


async def emptied(pool: Any, *views: View) -> None:
    """The views have never been folded."""
    tables = ", ".join(table for view in views for table in view.tables)
    await pool.execute(f"TRUNCATE {tables}, projections.head, projections.parked, log.ownership")


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
async def test_dying_at_any_step_leaves_the_same_rows(place: tuple[Any, EventLog, Settings], view: View) -> None:
    pool, log, settings = place
    await drained(Runner(view, pool, log, settings))
    expected = await view_digests(pool, [view])
    died: list[str | None] = []
    for blow_at in range(MOST_STEPS):
        await emptied(pool, view)
        fuse = Fuse(blow_at)
        try:
            with passing_points(fuse):
                await drained(Runner(view, CrashingPool(pool, fuse), log, settings, owner="dying"))
        except Crashed:
            died.append(fuse.blown)
        await pool.execute("UPDATE log.ownership SET lease_until = clock_timestamp() - interval '1 second'")
        await drained(Runner(view, pool, log, settings, owner="next"))
        assert await view_digests(pool, [view]) == expected, fuse.blown
        if fuse.blown is None:
            break
    assert fuse.blown is None
    assert len(died) > 20
    assert {f"at {point}" for point in ALONE} <= set(died)
    assert (await verify(pool, log, [view])).holds


async def test_dying_at_any_step_of_views_folded_together_leaves_the_same_rows(
    place: tuple[Any, EventLog, Settings],
) -> None:
    pool, log, settings = place
    together = (PIPELINE, FEED)
    await drained(JointRunner(together, pool, log, settings))
    expected = await view_digests(pool, together)
    died: list[str | None] = []
    for blow_at in range(MOST_STEPS):
        await emptied(pool, *together)
        fuse = Fuse(blow_at)
        dying = JointRunner(together, CrashingPool(pool, fuse), log, settings, owner="dying")
        try:
            with passing_points(fuse):
                await drained(dying)
        except Crashed:
            died.append(fuse.blown)
        await pool.execute("UPDATE log.ownership SET lease_until = clock_timestamp() - interval '1 second'")
        successor = JointRunner(together, pool, log, settings, owner="next")
        await drained(successor)
        assert (dying.halted, successor.halted) == ({}, {}), fuse.blown
        assert await view_digests(pool, together) == expected, fuse.blown
        if fuse.blown is None:
            break
    assert fuse.blown is None
    assert {f"at {point}" for point in TOGETHER} <= set(died)
    assert (await verify(pool, log, together)).holds


async def test_dying_in_the_middle_of_a_replay_applies_each_entry_once(
    place: tuple[Any, EventLog, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, log, settings = place
    monkeypatch.setattr(replaying, "REPLAY_ENTRIES", 4)
    await drained(Runner(PIPELINE, pool, log, settings))
    expected = await view_digests(pool, [PIPELINE])
    deaths = 0
    for blow_at in range(MOST_STEPS):
        await emptied(pool, PIPELINE)
        await drained(Runner(broken(PIPELINE, {2, 12}), pool, log, settings, owner="buggy"))
        assert await pool.fetchval("SELECT count(*) FROM projections.parked") > 4
        fuse = Fuse(blow_at)
        try:
            with passing_points(fuse):
                await replay(CrashingPool(pool, fuse), PIPELINE)
        except Crashed:
            deaths += 1
        assert (await replay(pool, PIPELINE)).left == 0
        assert await view_digests(pool, [PIPELINE]) == expected, fuse.blown
        if fuse.blown is None:
            break
    assert fuse.blown is None
    assert deaths > 20
    assert (await verify(pool, log, [PIPELINE])).holds


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
async def test_a_worker_that_lost_its_partition_finds_the_rows_of_its_successor_and_blames_no_entry(
    place: tuple[Any, EventLog, Settings], view: View
) -> None:
    pool, log, settings = place
    late = Runner(view, pool, log, settings, owner="late")
    assert await late.step() > 0
    await pool.execute("UPDATE log.ownership SET lease_until = clock_timestamp() - interval '1 second'")
    await drained(Runner(view, pool, log, settings, owner="successor"))
    with pytest.raises(Fenced):
        await late.step()
    assert (late.halted, await pool.fetchval("SELECT count(*) FROM projections.halted")) == ({}, 0)
    assert (await verify(pool, log, [view])).holds
