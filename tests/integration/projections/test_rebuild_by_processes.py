"""A view is rebuilt by several processes to the very rows that one gives, whatever is wrong with a vendor's journal."""

from __future__ import annotations

import os
import signal
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from dealreg.runtime.sharing import run_share
from services.projections.verify import verify, view_digests
from services.projections.views import LEDGER, PIPELINE
from services.registration.directory import VIEW as DIRECTORY
from shared.crash_points import CRASH_AT
from shared.errors import Unavailable
from shared.events.codec import entry_hash
from shared.log import postgres
from shared.log.port import partition_of
from shared.log.postgres import read_headers
from shared.partitions.ownership import Ownership
from shared.projection import processes as module
from shared.projection.bulk import Bulk
from shared.projection.port import View
from shared.projection.processes import Failed, Processes, ShareFailed, Task
from shared.projection.rebuild import Rebuild, Rebuilt
from shared.projection.shares import Share
from shared.projection.versions import versions_of
from tests.integration.projections.conftest import World
from tests.journals import Journal, ordinary_deals
from tests.journals_money import won_deal

VENDORS = ("maven", "other", "third", "fourth", "fifth", "sixth")
HEADS = "SELECT vendor, seq, hash FROM projections.head WHERE view = $1 AND version = $2 ORDER BY vendor"
PARKED = "SELECT vendor, seq, subjects, reason FROM projections.parked WHERE version = $1 ORDER BY vendor, seq"


@pytest.fixture(autouse=True)
def reachable(world: World, database: str) -> None:
    """Other processes find the database by its address."""
    world.settings = world.settings.model_copy(update={"database_url": SecretStr(database)})


def journals(deals: int = 6) -> list[Journal]:
    made = [ordinary_deals(vendor, deals) for vendor in VENDORS]
    for journal in made:
        won_deal(journal, 1)
    return made


async def rebuilt(world: World, view: View = PIPELINE, count: int = 3, run: Any = run_share) -> Rebuilt:
    small = world.settings.model_copy(update={"bulk_entries": 10})
    return await Rebuild(world.pool, world.log, small, view, processes=Processes(count, run)).run(keep=False)


async def leftover(world: World) -> int:
    found: int = await world.pool.fetchval("SELECT count(*) FROM log.ownership WHERE consumer LIKE '%/%'")
    return found


def unreadable(journal: Journal, number: int) -> None:
    """The entry's content fits no class, and everything after it is chained to that, as a faulty writer does it."""
    for place in range(number - 1, journal.seq):
        record = journal.records[place]
        headers = dict(record.headers)
        value = b'{"unheard_of":1}' if place == number - 1 else record.value
        if place >= number:
            headers["ce_previous"] = dict(journal.records[place - 1].headers)["ce_hash"]
        del headers["ce_hash"]
        promised = tuple(headers.items())
        journal.records[place] = replace(
            record, headers=(*promised, ("ce_hash", entry_hash(promised, value))), value=value
        )


def test_each_vendor_belongs_to_one_share_and_the_shares_of_a_partition_are_alike() -> None:
    vendors = [name for name in (f"vendor-{number}" for number in range(4_000)) if partition_of(name, 8) == 3]
    held = [[name for name in vendors if Share(number, 4).has(name)] for number in range(4)]
    assert sorted(name for names in held for name in names) == sorted(vendors)
    assert max(map(len, held)) < 1.5 * min(map(len, held))


async def test_each_share_reads_its_own_vendors_records_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.append(*journals())
    read: list[tuple[str, ...]] = []
    monkeypatch.setattr(postgres, "read_headers", lambda stored: read.append(found := read_headers(stored)) or found)
    ends = await world.log.end_offsets("journal")
    for number in range(2):
        share = Share(number, 2)
        ownership = Ownership(world.pool, f"view:share-{number}", world.log.partitions, "test", 10)
        bulk = Bulk(PIPELINE, world.pool, world.log, ownership, world.settings, share)
        await bulk.take()
        read.clear()
        await bulk.fold(ends, lambda _: None)
        whose = Counter(share.has(dict(headers)["ce_source"].removeprefix("/vendors/")) for headers in read)
        assert whose[True] > 50
        assert whose[False] <= 2 * world.log.partitions  # the last of each, to be remembered
        await bulk.release()


@pytest.mark.parametrize("view", [PIPELINE, LEDGER, DIRECTORY], ids=lambda view: view.name)
async def test_several_processes_give_the_same_rows_heads_and_positions(
    world: World, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROUND_RECORDS", 80)
    if view is DIRECTORY:  # which asks partners to be enrolled
        await world.append(*(ordinary_deals(vendor, 9) for vendor in VENDORS))
    else:
        await world.append(*journals())
    await world.project(view)
    before = await view_digests(world.pool, [view])
    heads = await world.pool.fetch(HEADS, view.name, 1)
    done = await rebuilt(world, view)
    assert (done.version, done.compared) == (2, True)
    assert done.entries > 100
    assert await view_digests(world.pool, [view]) == before
    assert await world.pool.fetch(HEADS, view.name, 2) == heads
    assert await leftover(world) == 0
    assert (await verify(world.pool, world.log, [view])).holds


async def test_what_one_vendor_sets_aside_is_set_aside_again_and_nobody_else_notices(world: World) -> None:
    made = journals()
    unreadable(made[2], 9)
    await world.append(*made)
    await world.project(PIPELINE)
    before = await view_digests(world.pool, [PIPELINE])
    aside = await world.pool.fetch(PARKED, 1)
    assert {row["vendor"] for row in aside} == {VENDORS[2]}
    done = await rebuilt(world)
    assert done.compared
    assert await view_digests(world.pool, [PIPELINE]) == before
    assert await world.pool.fetch(PARKED, 2) == aside


async def test_an_error_of_one_process_is_told_and_nothing_is_switched(world: World) -> None:
    await world.append(*journals())
    await world.project(PIPELINE)
    before = await view_digests(world.pool, [PIPELINE])
    flip = "UPDATE log.journal SET value = set_byte(value, 20, get_byte(value, 20) # 1) WHERE key = 'fourth'"
    await world.pool.execute(flip)
    with pytest.raises(ShareFailed, match=r"vendor fourth, entry \d+ .* was altered"):
        await rebuilt(world)
    assert await leftover(world) == 0
    assert [one.state for one in await versions_of(world.pool, PIPELINE)] == ["current", "building"]
    assert await view_digests(world.pool, [PIPELINE]) == before
    await world.pool.execute(flip)
    assert (await rebuilt(world)).compared
    assert await view_digests(world.pool, [PIPELINE]) == before


def killed_in_the_middle(task: Task) -> Failed | None:
    """The process of the first share of a partition dies after its first batch."""
    if task.share.number == 0 and task.partition == 0:
        module.crash_point = lambda name: os.kill(os.getpid(), signal.SIGKILL)
    return run_share(task)


@pytest.mark.parametrize("count", [1, 3])
async def test_after_one_process_was_killed_any_number_of_them_finishes(world: World, count: int) -> None:
    await world.append(*journals())
    await world.project(PIPELINE)
    before = await view_digests(world.pool, [PIPELINE])
    with pytest.raises(Unavailable, match="ended from outside"):
        await rebuilt(world, run=killed_in_the_middle)
    assert await leftover(world) == 0
    assert await view_digests(world.pool, [PIPELINE]) == before
    assert CRASH_AT not in os.environ
    done = await rebuilt(world, count=count)
    assert (done.version, done.compared) == (2, True)
    assert await view_digests(world.pool, [PIPELINE]) == before
    assert (await verify(world.pool, world.log, [PIPELINE])).holds
