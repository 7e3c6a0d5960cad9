"""`dealreg projections`: show how far the views are, what halts them and what they parked; replay it."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from dealreg.runtime.components import Runtime, runtime
from dealreg.runtime.place import working
from dealreg.runtime.views import VIEWS
from shared.database import database_errors
from shared.errors import Misconfigured
from shared.log.port import partition_of
from shared.projection.port import View
from shared.projection.replay import Replayed, replay
from shared.projection.versions import FED, Stored, numbered, versions_of
from shared.values.written import written_json

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

projections = typer.Typer(no_args_is_help=True, help="Show, rebuild and repair the read models.")

_POSITIONS = """
SELECT partition, owner, lease_until > clock_timestamp() AS held, next_offset FROM log.ownership
WHERE consumer = $1 ORDER BY partition
"""
_HALTS = """
SELECT partition, vendor, seq, type, reason FROM projections.halted WHERE view = $1 AND version = $2 ORDER BY partition
"""
_HEADS = "SELECT vendor, seq FROM projections.head WHERE view = $1 AND version = $2 ORDER BY vendor"
# The first parked entry of a vendor is the cause; the others only wait for it.
_PARKED = """
SELECT p.partition, p.vendor, count(*) AS entries, min(p.seq) AS since_seq,
       (array_agg(p.type ORDER BY p.seq))[1] AS type, (array_agg(p.reason ORDER BY p.seq))[1] AS reason,
       (SELECT array_agg(DISTINCT s ORDER BY s) FROM projections.parked q, unnest(q.subjects) AS s
        WHERE q.view = $1 AND q.version = $2 AND q.vendor = p.vendor) AS subjects
FROM projections.parked p WHERE p.view = $1 AND p.version = $2 GROUP BY p.partition, p.vendor ORDER BY p.vendor
"""


def register(app: typer.Typer) -> None:
    app.add_typer(projections, name="projections")


@projections.command()
def status(as_json: Json = False) -> None:
    """Show each view's position, owner, halts and parked entries, per partition."""
    rows = asyncio.run(_status())
    if as_json:
        print(written_json(rows, indented=True).decode())
        return
    console = Console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("view", "version", "state", "partition", "position", "behind", "worker", "set aside", "halted at"):
        table.add_column(heading)
    for row in rows:
        halted = row["halted"]
        detail = f"{halted['vendor']} {halted['seq']} ({halted['type']}): {halted['reason']}" if halted else "–"
        cells = [row[name] for name in ("view", "version", "state", "partition", "position", "behind")]
        table.add_row(*(str(cell) for cell in cells), row["worker"] or "–", str(row["parked_entries"] or "–"), detail)
    console.print(table)
    for row in rows:
        for one in row["parked"]:
            place = f"{row['view']} version {row['version']}: vendor {one['vendor']}, since entry {one['since_seq']}"
            subjects = f"{one['entries']} entries of {len(one['subjects'])} subjects parked"
            console.print(f"{place} ({one['type']}): {one['reason']}; {subjects}", markup=False, soft_wrap=True)


@projections.command("replay-parked")
def replay_parked(
    name: Annotated[
        str | None, typer.Argument(metavar="[VIEW]", help="Only this view. Default: all views.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Apply the entries that views have parked, in order, after the cause is repaired.

    Safe while the service runs. Exit code 1 if entries still cannot be applied.
    """
    done = asyncio.run(_replay(VIEWS if name is None else (named(name),)))
    if as_json:
        print(written_json([asdict(one) for one in done], indented=True).decode())
    else:
        for one in done:
            if one.applied or one.left:
                print(f"{one.view}: {one.applied} entries applied, {one.left} still parked")
            if one.first:
                print(f"  {one.first}")
    raise typer.Exit(1 if any(one.left for one in done) else 0)


def named(name: str) -> View:
    """Return the view of this name; raise `Misconfigured` if there is none."""
    found = next((view for view in VIEWS if view.name == name), None)
    if found is None:
        raise Misconfigured(f"there is no view {name}; known views: {', '.join(view.name for view in VIEWS)}")
    return found


async def _replay(views: tuple[View, ...]) -> list[Replayed]:
    async with working() as settings, runtime(settings, "replay") as on:
        versions = [(view, one) for view in views for one in await versions_of(on.pool, view) if one.state in FED]
        ours = [numbered(view, one.version) for view, one in versions if one.shape == view.version]
        return [await replay(on.pool, view) for view in ours]


async def _status() -> list[dict[str, Any]]:
    async with working() as settings, runtime(settings, "status") as on:
        ends = await on.log.end_offsets("journal")
        versions = [(view, one) for view in VIEWS for one in await versions_of(on.pool, view)]
        return [row for view, one in versions for row in await _of_version(on, view.name, one, ends)]


async def _of_version(on: Runtime, view: str, stored: Stored, ends: tuple[int, ...]) -> list[dict[str, Any]]:
    version = stored.version
    with database_errors():
        positions = await on.pool.fetch(_POSITIONS, f"view:{view}:{version}")
        halts = {row["partition"]: dict(row) for row in await on.pool.fetch(_HALTS, view, version)}
        heads = {row["vendor"]: row["seq"] for row in await on.pool.fetch(_HEADS, view, version)}
        parked = [dict(row) for row in await on.pool.fetch(_PARKED, view, version)]
    known = {row["partition"]: row for row in positions}
    rows = []
    for partition, end in enumerate(ends):
        found = known.get(partition)
        position = found["next_offset"] if found else 0
        mine = [one for one in parked if one["partition"] == partition]
        rows.append(
            {
                "view": view,
                "version": version,
                "state": stored.state,
                "partition": partition,
                "position": position,
                "behind": end - position,
                "worker": found["owner"] if found and found["held"] else None,
                "halted": halts.get(partition),
                "parked_entries": sum(one["entries"] for one in mine),
                "parked": mine,
                "heads": {vendor: seq for vendor, seq in heads.items() if partition_of(vendor, len(ends)) == partition},
            }
        )
    return rows
