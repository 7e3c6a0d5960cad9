"""Content is kept compressed, and compared by what it is: another release's compressor may give other bytes for it."""

from __future__ import annotations

from typing import Any

import pytest

from services.projections.verify import verify, view_digests
from services.projections.views import FEED, PIPELINE
from shared.compression import compressed, decompressed
from shared.events.base import Finding
from shared.events.sealed import Contact, Sealed
from shared.projection.port import View
from shared.projection.rebuild import Differs
from tests.integration.projections.conftest import World
from tests.integration.projections.test_rebuild import journal_of, rebuilt
from tests.journals import Journal, completed, submitted

TABLES = {"feed": "body", "partner_feed": "body", "pipeline": "sealed"}


def journal() -> Journal:
    """A few deals, one with a sealed contact, and a decision of which its partner reads less than the vendor."""
    found = journal_of(4)
    sealed = Contact(email=Sealed(person="per_1", box="QUJDREVGR0hJSktMTU5PUA=="))
    found.add(submitted("reg_sealed", contact=sealed), cause="fact-sealed")
    rival = Finding(clause="exclusivity", outcome="failed", code="exclusivity", rivals=("reg_x",), rival_count=1)
    found.add(completed("reg_sealed", findings=(rival,)), cause="fact-sealed")
    return found


async def stored(world: World) -> dict[str, list[Any]]:
    """The rows that have something compressed, of each table."""
    found = {}
    for table, column in TABLES.items():
        query = f"SELECT ctid::text AS place, {column} AS content FROM projections.{table} WHERE {column} IS NOT NULL"
        found[table] = await world.pool.fetch(query)
    return found


async def overwrite(world: World, table: str, row: Any, content: bytes) -> None:
    await world.pool.execute(
        f"UPDATE projections.{table} SET {TABLES[table]} = $2 WHERE ctid = $1::text::tid", row["place"], content
    )


@pytest.mark.parametrize("view", [FEED, PIPELINE], ids=lambda view: view.name)
async def test_content_that_was_compressed_otherwise_is_no_difference(world: World, view: View) -> None:
    await world.append(journal())
    await world.project(FEED, PIPELINE)
    before = await view_digests(world.pool, [view])
    found = await stored(world)
    assert all(found.values()), "the journal has nothing to compress for some table"
    for table, rows in found.items():
        for row in rows:
            await overwrite(world, table, row, b"\0" + decompressed(row["content"]))
    assert await view_digests(world.pool, [view]) == before
    assert (await verify(world.pool, world.log, [view])).holds
    assert (await rebuilt(world, view)).compared


@pytest.mark.parametrize("content", [compressed(b"{}"), b"\x01damaged"], ids=["other", "damaged"])
async def test_other_content_is_named_by_verify_and_by_a_rebuild(world: World, content: bytes) -> None:
    await world.append(journal())
    await world.project(FEED)
    row = (await stored(world))["feed"][3]
    await overwrite(world, "feed", row, content)
    [difference] = (await verify(world.pool, world.log, [FEED])).differences
    assert (difference.table, difference.column) == ("projections.feed", "body")
    assert difference.expected.startswith("{"), "told as JSON"
    with pytest.raises(Differs, match=r"projections.feed: vendor=maven, seq=\d+: not the same"):
        await rebuilt(world, FEED)
