"""A release that changes an event, a view and a rule is rolled over a running system, readers first (RULES 30)."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from pathlib import Path

import orjson
import pytest

from dealreg.runtime.backlog import drained
from services.projections.views import FEED, PIPELINE
from shared.errors import Misconfigured
from shared.projection.rebuild import rollback
from shared.release import RELEASE
from shared.settings import Settings
from tests.e2e.channel import POLICY
from tests.until import PATIENT_SECONDS
from tests.upgrade.next.changes import GRACE_DAYS, NEXT
from tests.upgrade.roll import VENDORS, Roll, rolling
from tests.upgrade.sender import sending
from tests.upgrade.site import Release, complete
from tests.upgrade.written import Line, written

WITHDRAWN = "registration.withdrawn"
DAYS: int = POLICY["protection"]["days"]
READERS = ("projections", "query")
CHANGED = ("pipeline", "feed")
"""The view whose shape the release changes, and the one that keeps events as they are now read."""


async def test_a_release_is_rolled_over_a_running_system(
    database: str, settings: Settings, tmp_path: Path, next_: Release
) -> None:
    async with rolling(database, settings, tmp_path, next_) as roll:
        async with sending(roll.sender):
            await _the_old_one_works(roll)
            await _the_schema(roll)
            await _the_views_and_queries(roll)
            await _back_and_forth(roll)
            await _the_decider(roll)
            await _the_edge(roll)
        await drained(roll.runtime, seconds=PATIENT_SECONDS)
        await _nothing_was_lost_or_doubled(roll)
        await _old_decisions_stand(roll)


async def _the_old_one_works(roll: Roll) -> None:
    await roll.decided("withdrawal")
    await roll.shows_more("old")


async def _the_schema(roll: Roll) -> None:
    await roll.next.run("migrate")
    await roll.decided("claim")
    await roll.shows_more("old")


async def _the_views_and_queries(roll: Roll) -> None:
    """Version 2 of the changed views is built beside and switched to; whoever reads, of either release, sees all."""
    workers, query = await asyncio.gather(*(roll.next.start(name) for name in READERS))
    # Before its views are built, the next release's query process says so rather than answer with less.
    assert (await roll.read("next", "/v1/pipeline?wait=0")).status_code == 503
    assert [f"view {name} was folded by an older release: rebuild it" for name in sorted(CHANGED)] == sorted(
        await query.missing()
    )
    await roll.next.run(*(f"projections rebuild {name} --keep" for name in CHANGED))
    await complete(workers, query)
    await roll.shows_more("old")
    await roll.shows_more("next")
    # What the old release wrote is read as the new version; what it writes still is of the old one.
    assert {one["withdrawn_by"] for one in await roll.pages("next", "/v1/pipeline")} == {None, "unknown"}
    shown = [one for one in await roll.pages("next", "/v1/events") if one["type"] == WITHDRAWN]
    assert {(one["version"], one["data"]["by"]) for one in shown} == {(2, "unknown")}
    assert {one.version for one in await written(roll.runtime.log, "journal") if one.type == WITHDRAWN} == {1}


async def _back_and_forth(roll: Roll) -> None:
    """As long as no writer moved, the readers may be those of the old release again."""
    on = roll.runtime
    for view in (PIPELINE, FEED):
        await rollback(on.pool, on.log, on.settings, view)
    await roll.shows_more("old")
    shown = [one for one in await roll.pages("old", "/v1/events") if one["type"] == WITHDRAWN]
    assert {(one["version"], "by" in one["data"]) for one in shown} == {(1, False)}
    assert (await roll.read("next", "/v1/pipeline?wait=0")).status_code == 503
    with pytest.raises(Misconfigured, match="was folded by another release"):
        await rollback(on.pool, on.log, on.settings, PIPELINE)
    await roll.next.run(*(f"projections rollback {name}" for name in CHANGED))
    await roll.shows_more("next")
    for name in READERS:
        await roll.old.end(name)
    await roll.shows_more("next")


async def _the_decider(roll: Roll) -> None:
    """Facts wait while nobody decides; then they are decided by the new rule, and said to be."""
    await roll.old.end("attribution")
    await roll.next.start("attribution")
    await roll.decided("withdrawal")
    lines = await written(roll.runtime.log, "journal")
    for vendor in VENDORS:
        mine = [one for one in lines if one.vendor == vendor]
        [upgraded] = [one.seq for one in mine if one.value.get("release") == NEXT]
        assert [one.value["release"] for one in mine if one.type == "decider.upgraded"] == [RELEASE, NEXT]
        assert {(one.version, one.seq > upgraded) for one in mine if one.type == WITHDRAWN} == {(1, False), (2, True)}
        approved = [one for one in mine if one.type == "registration.approved"]
        assert {(_days(one), one.seq > upgraded) for one in approved} == {(DAYS, False), (DAYS + GRACE_DAYS, True)}
    assert {one.version for one in await written(roll.runtime.log, "facts") if one.type == WITHDRAWN} == {1}


def _days(approved: Line) -> int:
    start, end = (datetime.fromisoformat(approved.value[f"protected_{name}"]) for name in ("from", "until"))
    return (end - start).days


async def _the_edge(roll: Roll) -> None:
    """The next one answers beside the old one, which then ends with requests on their way to it."""
    new = await roll.next.start("registration")
    roll.sender.edges.append(new.url)
    await roll.decided("withdrawal")
    await roll.old.end("registration")
    del roll.sender.edges[0]
    await roll.decided("withdrawal")
    facts = [one for one in await written(roll.runtime.log, "facts") if one.type == WITHDRAWN]
    assert {(one.version, one.value.get("by")) for one in facts} == {(1, None), (2, "vendor")}


async def _nothing_was_lost_or_doubled(roll: Roll) -> None:
    sender = roll.sender
    assert sender.refused == []
    lines = await written(roll.runtime.log, "journal")
    for vendor in VENDORS:
        assert [one.seq for one in lines if one.vendor == vendor] == list(
            range(1, 1 + sum(one.vendor == vendor for one in lines))
        )
    accepted = Counter(one.fact for one in sender.accepted)
    assert Counter(one.cause for one in lines if one.type in ("registration.submitted", WITHDRAWN)) == accepted
    assert set(accepted.values()) == {1}
    assert [one for one in lines if one.type == "fact.refused"] == []
    claims = {one.location.rpartition("/")[2] for one in sender.accepted if one.kind == "claim"}
    shown = [one for vendor in VENDORS for one in await roll.pages("next", "/v1/pipeline", vendor)]
    assert sorted(one["registration"] for one in shown) == sorted(claims)
    assert {one["withdrawn_by"] for one in shown} == {None, "unknown", "vendor"}


async def _old_decisions_stand(roll: Roll) -> None:
    """A refold by the next release gives what the old one decided, and everything agrees with the journal."""
    before, entries = await _documents(roll), await written(roll.runtime.log, "journal")
    report, rebuilt = map(orjson.loads, await roll.next.run("verify --json", "attribution rebuild --json"))
    assert rebuilt["not_compared"] == sorted(VENDORS)
    assert await _documents(roll) == before
    assert await written(roll.runtime.log, "journal") == entries
    assert report["holds"], report["differences"]


async def _documents(roll: Roll) -> list[tuple[str, ...]]:
    rows = await roll.runtime.pool.fetch(
        "SELECT vendor, kind, id, due::text, body::text, packed FROM attribution.document ORDER BY vendor, kind, id"
    )
    return [tuple(row) for row in rows]
