"""`dealreg verify`: check that the views agree with the journal and that the ledger balances."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from dealreg.runtime.components import runtime
from dealreg.runtime.place import working
from dealreg.runtime.views import VIEWS
from dealreg.tools.agreement import Agreement
from dealreg.tools.recompute_documents import DeciderDocuments
from services.projections.verify import Report
from services.projections.verify import verify as verify_views
from services.projections.webhooks.verification import Delivered
from shared.values.written import written_json

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    app.command()(verify)


def verify(as_json: Json = False) -> None:
    """Check everything against the journal: recompute every view and the decider's documents, and compare.

    Also checks the hash chain, the positions, that the ledger balances, that the
    views agree with the decider, and that no webhook's cursor passed what was
    neither delivered nor waits.

    Safe while the service runs. Exit code 1 if anything differs.
    """
    report = asyncio.run(_verify(quiet=as_json))
    if as_json:
        print(written_json({**asdict(report), "holds": report.holds}, indented=True).decode())
    else:
        _tell(report)
    raise typer.Exit(0 if report.holds else 1)


async def _verify(*, quiet: bool) -> Report:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # On standard error, so that --json leaves one document on standard output.
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet) as bar:
        task = bar.add_task("journal entries", total=None)
        async with working() as settings, runtime(settings, "verify") as on:
            return await verify_views(
                on.pool,
                on.log,
                VIEWS,
                lambda done, total: bar.update(task, completed=done, total=total),
                (DeciderDocuments(joins_transaction=on.log.joins_transaction, agreement=Agreement()), Delivered()),
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
        + (
            "every view and the decider agree with the journal, and the ledger balances"
            if report.holds
            else "see above"
        )
    )
