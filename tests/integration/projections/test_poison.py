"""Spoilt records in `journal`: what a view need not read passes, what it cannot is set aside, a broken chain halts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.projections.verify import verify
from services.projections.views import CREDITS, PIPELINE
from shared.log.port import Record
from shared.projection.processor import Halted
from tests.integration.projections.conftest import World
from tests.integration.projections.test_parking import chained, head, parked
from tests.journals import ordinary_deals
from tests.poison import TWO_MEGABYTES

SECOND = 1
"""The place of an entry that the pipeline must read: the first claim is complete."""


def _with(record: Record, **headers: str) -> Record:
    return replace(record, headers=tuple({**dict(record.headers), **headers}.items()))


def _large(record: Record) -> Record:
    return replace(record, value=b'{"sentence":"' + b"x" * TWO_MEGABYTES + b'"}')


@pytest.mark.parametrize(
    "spoil",
    [lambda one: replace(one, value=b"{not json"), _large, lambda one: replace(one, value=b"")],
    ids=["invalid JSON", "two megabytes", "no value"],
)
async def test_an_entry_that_cannot_be_read_is_set_aside_and_the_rest_flows(
    world: World, spoil: Callable[[Record], Record]
) -> None:
    journal = ordinary_deals("maven", 3)
    records = [*journal.records]
    records[SECOND] = spoil(records[SECOND])
    await world.log.append("journal", chained(records))
    await world.project(PIPELINE)
    assert SECOND + 1 in await parked(world)
    assert await head(world) == journal.seq
    shown = await world.pool.fetchval("SELECT count(DISTINCT registration_id) FROM projections.pipeline")
    assert shown >= 2
    report = await verify(world.pool, world.log, [PIPELINE])
    assert not report.holds


async def test_an_entry_of_a_type_that_no_view_declares_passes(world: World) -> None:
    journal = ordinary_deals("maven", 2)
    records = [*journal.records]
    records[SECOND] = _with(records[SECOND], ce_type="dealreg.moon.landed")
    await world.log.append("journal", chained(records))
    await world.project(CREDITS)
    assert await head(world, CREDITS) == journal.seq
    assert await parked(world, CREDITS) == {}


@pytest.mark.parametrize("bare", [True, False], ids=["no headers", "no value, chain broken"])
async def test_a_record_that_breaks_the_chain_halts_with_everything_before_it_applied(world: World, bare: bool) -> None:
    journal = ordinary_deals("maven", 2)
    records = [*journal.records]
    records[SECOND] = replace(records[SECOND], headers=()) if bare else replace(records[SECOND], value=b"")
    await world.log.append("journal", records)
    with pytest.raises(Halted, match="maven"):
        await world.project(PIPELINE)
    assert await head(world) == SECOND
