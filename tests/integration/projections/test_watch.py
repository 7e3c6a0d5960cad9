"""Is it visible yet? One statement answers, and a waiter is woken by the view that gets there."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.projections.api.watch import Watch
from services.projections.views import FEED, PIPELINE
from tests.integration.projections.conftest import World
from tests.journals import Journal, ordinary_deals

PLACE = ("maven", PIPELINE.name, PIPELINE.version)


class CountingPool:
    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self.statements = 0

    async def fetch(self, *asked: Any) -> Any:
        self.statements += 1
        return await self._pool.fetch(*asked)


@pytest.fixture
def journal() -> Journal:
    return ordinary_deals("maven", 2)


async def refused(_fact: str) -> None:
    raise LookupError


async def test_what_is_visible_is_found_by_one_statement(world: World, journal: Journal) -> None:
    await world.show(journal)
    await world.processed("maven", "fact-1", journal.seq)
    pool = CountingPool(world.pool)
    assert await Watch(pool).reach(PLACE, 0, "fact-1", 0, refused) == journal.seq
    assert pool.statements == 1


async def test_a_fact_that_is_not_decided_must_be_known_before_anybody_waits_for_it(
    world: World, journal: Journal
) -> None:
    await world.show(journal)
    with pytest.raises(LookupError):
        await Watch(world.pool).reach(PLACE, 0, "fact-1", 30, refused)


async def test_another_vendors_fact_of_the_same_id_is_not_it(world: World, journal: Journal) -> None:
    await world.show(journal)
    await world.processed("other", "fact-1", 1)
    with pytest.raises(TimeoutError):
        await Watch(world.pool).reach(PLACE, 0, "fact-1", 0)


async def test_who_waits_goes_on_when_its_own_view_is_there(world: World, journal: Journal) -> None:
    await world.append(journal)
    await world.processed("maven", "fact-1", journal.seq)
    watch = Watch(world.pool)
    waiting = asyncio.create_task(watch.reach(PLACE, 0, "fact-1", 300))
    await world.project(FEED)
    with pytest.raises(TimeoutError):
        await watch.reach(PLACE, journal.seq, None, 0)
    assert not waiting.done()
    await world.project(PIPELINE)
    assert await waiting == journal.seq
