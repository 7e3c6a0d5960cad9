"""`dealreg attribution`: the decider's own state, rebuilt from the journal."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated

import orjson
import typer

from dealreg.parts import ground
from dealreg.place import working
from dealreg.progress import shown
from services.attribution.rebuild import Rebuild, Rebuilt

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
        print(orjson.dumps(asdict(done)).decode())
        return
    print(
        f"the decider works by {done.documents} documents folded anew ({done.entries} entries in {done.seconds:.1f} s)"
    )
    if done.not_compared:
        print(f"not compared, since several releases decided: {', '.join(done.not_compared)}")


async def _rebuild(*, accept_differences: bool, quiet: bool) -> Rebuilt:
    async with working() as settings, ground(settings, "rebuild") as on:
        with shown(quiet=quiet) as told:
            return await Rebuild(on.pool, on.log, told).run(accept_differences=accept_differences)
