"""`dealreg facts`: send facts to the decider again that it failed to decide."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from dealreg.runtime.components import runtime
from dealreg.runtime.place import working
from dealreg.tools.progress import shown
from dealreg.tools.retelling import Retelling, Retold
from services.registration.intake.operator import assert_vendor
from shared.values.written import written_json

facts = typer.Typer(no_args_is_help=True, help="Retry facts that the decider failed to decide.")


def register(app: typer.Typer) -> None:
    app.add_typer(facts, name="facts")


@facts.callback()
def _group() -> None:
    """Retry facts that the decider failed to decide."""


@facts.command("retell")
def retell_command(
    named: Annotated[
        list[str] | None, typer.Argument(help="Fact ids, as in the 202 response. Without any: all failed facts.")
    ] = None,
    vendor: Annotated[str | None, typer.Option(help="Only facts of this vendor.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be sent again; send nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Send facts again that were refused with decider.fault, so that a repaired release decides them.

    Each fact is appended unchanged under a new id. The sender's original
    location shows the new outcome, and a claim keeps the place of its first
    acceptance. It is safe to run this twice. Exit code 1 if a named fact has not
    failed.
    """
    found = asyncio.run(_retell(named or [], vendor, dry_run=dry_run, quiet=as_json))
    if as_json:
        print(written_json([asdict(one) for one in found]).decode())
    else:
        for one in found:
            print(f"{one.vendor} {one.fact}: {'would be sent' if dry_run else 'sent'} again as {one.again}")
        if not found:
            print("no failed facts")
    if set(named or ()) - {one.fact for one in found}:
        raise typer.Exit(1)


async def _retell(named: Sequence[str], vendor: str | None, *, dry_run: bool, quiet: bool) -> list[Retold]:
    async with working(vendor=vendor) as settings, runtime(settings, "retell") as on:
        if vendor is not None:
            await assert_vendor(on.pool, vendor)
        with shown(quiet=quiet) as on_progress:
            return await Retelling(on.pool, on.log, on_progress).run(named, vendor, dry_run=dry_run)
