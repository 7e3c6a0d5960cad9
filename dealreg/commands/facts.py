"""`dealreg facts`: what the decider failed to decide, told to it again once a repaired release runs."""

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

facts = typer.Typer(no_args_is_help=True, help="Tell the decider again what it failed to decide.")


def register(app: typer.Typer) -> None:
    app.add_typer(facts, name="facts")


@facts.callback()
def _group() -> None:
    """Tell the decider again what it failed to decide."""


@facts.command("retell")
def retell_command(
    named: Annotated[list[str] | None, typer.Argument(help="Facts, as 202 named them; all of them where none.")] = None,
    vendor: Annotated[str | None, typer.Option(help="Of this vendor alone.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be told again, and tell nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")] = False,
) -> None:
    """Append facts that were refused as decider.fault once more, so that a repaired release decides them.

    Each is told word for word, under an identity of its own; the address that its sender was given shows what became of
    it, and a claim keeps the place of its first acceptance. Running it twice tells nothing twice. Exit code 1 where a
    fact that was named failed nowhere.
    """
    found = asyncio.run(_retell(named or [], vendor, dry_run=dry_run, quiet=as_json))
    if as_json:
        print(written_json([asdict(one) for one in found]).decode())
    else:
        for one in found:
            print(f"{one.vendor} {one.fact}: {'would be told' if dry_run else 'told'} again as {one.again}")
        if not found:
            print("nothing is to be told again")
    if set(named or ()) - {one.fact for one in found}:
        raise typer.Exit(1)


async def _retell(named: Sequence[str], vendor: str | None, *, dry_run: bool, quiet: bool) -> list[Retold]:
    async with working(vendor=vendor) as settings, runtime(settings, "retell") as on:
        if vendor is not None:
            await assert_vendor(on.pool, vendor)
        with shown(quiet=quiet) as on_progress:
            return await Retelling(on.pool, on.log, on_progress).run(named, vendor, dry_run=dry_run)
