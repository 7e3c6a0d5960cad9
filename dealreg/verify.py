"""`dealreg verify` and `dealreg projections status`: whether the views agree with the journal, and how far they are."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from dealreg.parts import VIEWS, Ground, ground
from services.projections.verify import Report
from services.projections.verify import verify as verify_views
from shared.database import database_errors
from shared.servers import servers
from shared.settings import load_settings

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]

projections = typer.Typer(no_args_is_help=True, help="Look at the read models.")

_POSITIONS = """
SELECT partition, owner, lease_until > clock_timestamp() AS held, next_offset FROM log.ownership
WHERE consumer = $1 ORDER BY partition
"""
_HALTS = """
SELECT partition, vendor, seq, type, reason FROM projections.halted WHERE view = $1 AND version = $2 ORDER BY partition
"""


def register(app: typer.Typer) -> None:
    app.command()(verify)
    app.add_typer(projections, name="projections")


def verify(as_json: Json = False) -> None:
    """Read the journal from its beginning: check its chain, fold every view anew, compare every row, balance the books.

    Safe beside a running service. Exit code 1 where anything differs.
    """
    report = asyncio.run(_verify(quiet=as_json))
    if as_json:
        print(orjson.dumps({**asdict(report), "holds": report.holds}, option=orjson.OPT_INDENT_2).decode())
    else:
        _tell(report)
    raise typer.Exit(0 if report.holds else 1)


@projections.command()
def status(as_json: Json = False) -> None:
    """Show where each view stands on each partition, who folds it, and what halts it."""
    rows = asyncio.run(_status())
    if as_json:
        print(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("view", "version", "partition", "position", "behind", "worker", "halted at"):
        table.add_column(heading)
    for row in rows:
        halted = row["halted"]
        told = f"{halted['vendor']} {halted['seq']} ({halted['type']}): {halted['reason']}" if halted else "–"
        cells = (row["view"], row["version"], row["partition"], row["position"], row["behind"], row["worker"] or "–")
        table.add_row(*(str(cell) for cell in cells), told)
    Console().print(table)


async def _verify(*, quiet: bool) -> Report:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # On standard error, so that --json leaves one document on standard output.
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet) as bar:
        task = bar.add_task("journal entries", total=None)
        async with servers(load_settings()) as addresses, ground(addresses.applied_to(load_settings()), "verify") as on:
            return await verify_views(
                on.pool, on.log, VIEWS, lambda done, total: bar.update(task, completed=done, total=total)
            )


def _tell(report: Report) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for difference in report.differences:
        console.print(f"[red]differs[/red] {str(difference).replace('[', chr(92) + '[')}")
    for view, digest in report.digests.items():
        behind = report.behind.get(view, 0)
        console.print(f"{view:<16}{digest}" + (f"  ({behind} entries behind)" if behind else ""))
    console.print(
        f"{report.entries} entries of {report.vendors} vendors: "
        + ("every view agrees with the journal, and the books balance" if report.holds else "see above")
    )


async def _status() -> list[dict[str, Any]]:
    async with servers(load_settings()) as addresses, ground(addresses.applied_to(load_settings()), "status") as on:
        ends = await on.log.end_offsets("journal")
        return [row for view in VIEWS for row in await _of_view(on, view.name, view.version, ends)]


async def _of_view(on: Ground, view: str, version: int, ends: tuple[int, ...]) -> list[dict[str, Any]]:
    with database_errors():
        positions = await on.pool.fetch(_POSITIONS, f"view:{view}:{version}")
        halts = {row["partition"]: dict(row) for row in await on.pool.fetch(_HALTS, view, version)}
    known = {row["partition"]: row for row in positions}
    rows = []
    for partition, end in enumerate(ends):
        found = known.get(partition)
        position = found["next_offset"] if found else 0
        rows.append(
            {
                "view": view,
                "version": version,
                "partition": partition,
                "position": position,
                "behind": end - position,
                "worker": found["owner"] if found and found["held"] else None,
                "halted": halts.get(partition),
            }
        )
    return rows
