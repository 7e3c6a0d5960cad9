"""The runner: each entry changes a view once (G4), a stale worker writes nothing (G7), a bad entry stops its view."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from services.projections.views import CREDITS, FEED, PIPELINE
from shared.errors import Fenced
from shared.events.registration import RegistrationSubmitted
from shared.log.port import partition_of
from shared.projection.processor import Halted
from shared.projection.runner import Runner
from tests.broken import broken
from tests.integration.projections.conftest import World
from tests.journals import Journal, ordinary_deals, submitted
from tests.until import until


class LaterSubmitted(RegistrationSubmitted):
    version = 99


async def rows(world: World, table: str = "pipeline") -> list[Any]:
    found = await world.pool.fetch(f"SELECT t::text FROM projections.{table} t ORDER BY 1")
    return [one[0] for one in found]


async def head(world: World, vendor: str = "maven", view: str = "pipeline") -> int:
    found = await world.pool.fetchval("SELECT seq FROM projections.head WHERE view = $1 AND vendor = $2", view, vendor)
    return found or 0


def runner(world: World, view: Any = PIPELINE, **settings: Any) -> Runner:
    return Runner(view, world.pool, world.log, world.settings.model_copy(update=settings))


async def all_of(view: Runner) -> None:
    """The runner has read all that it can."""
    while await view.step():
        pass


@pytest.fixture
def journal() -> Journal:
    return ordinary_deals("maven", 5)


async def test_entries_delivered_again_change_nothing(world: World, journal: Journal) -> None:
    await world.show(journal)
    before = await rows(world), await rows(world, "feed"), await rows(world, "partner_feed")
    # At least once: the log may hold the same bytes twice after an ambiguous append.
    await world.log.append("journal", journal.records)
    await world.project()
    assert (await rows(world), await rows(world, "feed"), await rows(world, "partner_feed")) == before
    journal.submit("reg_late")
    await world.log.append("journal", journal.records[-1:])
    await world.project()
    assert len(await rows(world)) == len(before[0]) + 1


async def test_a_gap_stops_the_view_with_its_name_and_everything_before_it_applied(
    world: World, journal: Journal
) -> None:
    await world.log.append("journal", [*journal.records[:10], *journal.records[11:]])
    with pytest.raises(Halted, match=r"vendor maven, entry 12 .*entry 11 is missing"):
        await world.project(PIPELINE)
    assert await head(world) == 10
    halted = await world.pool.fetchrow("SELECT view, vendor, seq, type, reason FROM projections.halted")
    assert tuple(halted)[:3] == ("pipeline", "maven", 12)
    # the other views answer as before: what halted is named, and nothing is taken out of service
    ready = await world.client.get("/readyz")
    assert (ready.status_code, ready.json()["status"], ready.json()["missing"]) == (200, "degraded", [])
    assert any(phrase.startswith("view pipeline version 1 halted") for phrase in ready.json()["degraded"])


async def test_a_halted_view_leaves_other_views_and_partitions_alone(world: World, journal: Journal) -> None:
    others = [
        name for name in (f"v{number}" for number in range(20)) if partition_of(name, 2) != partition_of("maven", 2)
    ]
    other = ordinary_deals(others[0], 2)
    bad = Journal()
    bad.submit("reg_a")
    bad.add(LaterSubmitted(**submitted("reg_b").model_dump()))  # the pipeline folds its type, credits do not
    await world.append(bad, other)
    view = runner(world)
    with pytest.raises(Halted, match="version 99 is unknown"):
        await all_of(view)
    await all_of(view)
    assert await head(world, other.vendor) == other.seq
    assert await head(world) == 1
    await world.project(CREDITS)
    assert await head(world, view="credits") == 2
    await view.close()


async def test_a_repaired_view_goes_on_and_takes_its_alarm_back(world: World, journal: Journal) -> None:
    # The feed promises an order without gaps: it sets nothing aside.
    await world.append(journal)
    with pytest.raises(Halted, match=r"entry 3 .*a bug"):
        await world.project(broken(FEED, {3}))
    assert await head(world, view="feed") == 2
    await world.project(FEED)
    assert await head(world, view="feed") == journal.seq
    assert await world.pool.fetchval("SELECT count(*) FROM projections.halted") == 0


async def test_a_worker_that_lost_its_partition_writes_nothing(world: World, journal: Journal) -> None:
    slow, other = runner(world, batch_entries=3), runner(world)
    await world.append(journal)
    await slow.step()
    before = await rows(world)
    await world.pool.execute("UPDATE log.ownership SET lease_until = 'epoch' WHERE consumer = 'view:pipeline:1'")
    await all_of(other)
    done = await rows(world)
    assert len(done) > len(before)
    with pytest.raises(Fenced):
        await all_of(slow)
    assert await rows(world) == done
    await slow.close()
    await other.close()


async def test_running_follows_the_log_and_gives_its_partitions_back(world: World, journal: Journal) -> None:
    stop = asyncio.Event()
    view = runner(world)
    task = asyncio.create_task(view.run(stop))
    await world.append(journal)

    async def caught_up() -> bool:
        return await head(world) == journal.seq

    await until(caught_up)
    journal.submit("reg_late")
    await world.append(journal)
    await until(caught_up)
    stop.set()
    await task
    owners = await world.pool.fetch("SELECT owner FROM log.ownership WHERE consumer = 'view:pipeline:1'")
    assert {row["owner"] for row in owners} == {None}


async def test_two_workers_share_the_partitions(world: World) -> None:
    one, other = runner(world), runner(world)
    stop = asyncio.Event()
    tasks = [asyncio.create_task(one.run(stop)), asyncio.create_task(other.run(stop))]

    async def shared() -> bool:
        found = await world.pool.fetch("SELECT DISTINCT owner FROM log.ownership WHERE owner IS NOT NULL")
        return len(found) == 2

    await until(shared)
    stop.set()
    await asyncio.gather(*tasks)


async def test_a_truncated_log_is_found_at_the_start(world: World, journal: Journal) -> None:
    await world.show(journal)
    await world.pool.execute("DELETE FROM log.journal")
    with pytest.raises(Halted):
        await world.project(PIPELINE)


async def test_altered_bytes_in_the_log_stop_the_view(world: World, journal: Journal) -> None:
    altered = replace(journal.records[4], value=journal.records[4].value.replace(b"opp_", b"opq_"))
    await world.log.append("journal", [*journal.records[:4], altered, *journal.records[5:]])
    with pytest.raises(Halted, match="altered"):
        await world.project(FEED)
    assert await head(world, view="feed") == 4
