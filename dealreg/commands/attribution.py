"""`dealreg attribution`: the decider's own state rebuilt from the journal, and vendors that stand still."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from dealreg.runtime.components import runtime
from dealreg.runtime.place import working
from dealreg.tools.progress import shown
from services.attribution.rebuild import Rebuild, Rebuilt
from services.attribution.resuming import Standing, resume, standing
from shared.values.written import rfc3339, written_json

attribution = typer.Typer(no_args_is_help=True, help="Look after the decider's own state.")


def register(app: typer.Typer) -> None:
    app.add_typer(attribution, name="attribution")


@attribution.callback()
def _group() -> None:
    """Look after the decider's own state."""


@attribution.command("rebuild")
def rebuild_command(
    accept_differences: Annotated[
        bool, typer.Option("--accept-differences", help="Switch though the journal says otherwise than the documents.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")] = False,
) -> None:
    """Fold the decider's documents from the journal beside the live ones, compare, and switch in one transaction.

    Safe beside a running decider, which stands still while they are compared. What was interrupted goes on where it
    was. Exit code 1 where nothing was switched.
    """
    done = asyncio.run(_rebuild(accept_differences=accept_differences, quiet=as_json))
    if as_json:
        print(written_json(asdict(done)).decode())
        return
    print(
        f"the decider works by {done.documents} documents folded anew ({done.entries} entries in {done.seconds:.1f} s)"
    )
    if done.not_compared:
        print(f"not compared, since several releases decided: {', '.join(done.not_compared)}")


@attribution.command("halted")
def halted_command(as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")] = False) -> None:
    """List the vendors whose facts wait while others are decided, and why. Exit code 1 where there is any."""
    found = asyncio.run(_standing())
    if as_json:
        print(written_json([asdict(one) for one in found]).decode())
    else:
        for one in found:
            detail = " (told to go on)" if not one.release else ""
            print(f"{one.vendor}: {one.reason}, since {rfc3339(one.halted_at.replace(microsecond=0))}{detail}")
        if not found:
            print("no vendor stands still")
    if found:
        raise typer.Exit(1)


@attribution.command("resume")
def resume_command(
    vendor: Annotated[str, typer.Argument(help="The vendor that stands still.")],
    skip: Annotated[
        bool, typer.Option("--skip", help="Refuse the fact, or disarm the timer, that stopped an import, and go on.")
    ] = False,
) -> None:
    """Let a halted vendor go on: what stopped it is tried once more, or let go with --skip.

    Safe beside running deciders: the one of its partition begins again and decides what waited, in order. A vendor
    that cannot go on stands still again. Exit code 1 where it did not stand still.
    """
    asyncio.run(_resume(vendor, skip=skip))
    print(f"{vendor} goes on; dealreg attribution halted tells whether it stands still again")


async def _standing() -> Sequence[Standing]:
    async with working() as settings, runtime(settings, "halted") as on:
        return await standing(on.pool)


async def _resume(vendor: str, *, skip: bool) -> None:
    async with working(vendor=vendor) as settings, runtime(settings, "resume") as on:
        await resume(on.pool, vendor, skip=skip)


async def _rebuild(*, accept_differences: bool, quiet: bool) -> Rebuilt:
    async with working() as settings, runtime(settings, "rebuild") as on:
        with shown(quiet=quiet) as on_progress:
            return await Rebuild(on.pool, on.log, on_progress).run(accept_differences=accept_differences)
