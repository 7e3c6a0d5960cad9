"""`dealreg attribution`: rebuild the decider's state from the journal; list and resume halted vendors."""

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

attribution = typer.Typer(no_args_is_help=True, help="Rebuild the decider's state; resume halted vendors.")


def register(app: typer.Typer) -> None:
    app.add_typer(attribution, name="attribution")


@attribution.callback()
def _group() -> None:
    """Rebuild the decider's state; resume halted vendors."""


@attribution.command("rebuild")
def rebuild_command(
    accept_differences: Annotated[
        bool,
        typer.Option("--accept-differences", help="Switch even if the rebuilt documents differ from the live ones."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Rebuild the decider's documents from the journal, compare them with the live ones, and switch to them.

    Safe while the decider runs; it pauses during the comparison. An interrupted
    rebuild continues where it stopped. Exit code 1 if nothing was switched.
    """
    done = asyncio.run(_rebuild(accept_differences=accept_differences, quiet=as_json))
    if as_json:
        print(written_json(asdict(done)).decode())
        return
    print(f"switched to {done.documents} rebuilt documents ({done.entries} entries in {done.seconds:.1f} s)")
    if done.not_compared:
        print(f"not compared, because several releases decided: {', '.join(done.not_compared)}")


@attribution.command("halted")
def halted_command(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List halted vendors, whose facts wait, and why. Exit code 1 if there are any."""
    found = asyncio.run(_standing())
    if as_json:
        print(written_json([asdict(one) for one in found]).decode())
    else:
        for one in found:
            detail = " (resuming)" if not one.release else ""
            print(f"{one.vendor}: {one.reason}, since {rfc3339(one.halted_at.replace(microsecond=0))}{detail}")
        if not found:
            print("no vendor is halted")
    if found:
        raise typer.Exit(1)


@attribution.command("resume")
def resume_command(
    vendor: Annotated[str, typer.Argument(help="Id of the halted vendor.")],
    skip: Annotated[
        bool, typer.Option("--skip", help="Refuse the fact (or disarm the timer) that halted the import, and continue.")
    ] = False,
) -> None:
    """Resume a halted vendor: try what halted it again, or skip it with --skip.

    Safe while deciders run: the decider of its partition decides what waited, in
    order. A vendor that still cannot continue halts again. Exit code 1 if the
    vendor was not halted.
    """
    asyncio.run(_resume(vendor, skip=skip))
    print(f"{vendor} is resuming; check with: dealreg attribution halted")


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
