"""`dealreg projections rebuild | rollback | drop`: build versions of a view beside the live one."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from dealreg.commands.projections import Json, named, projections
from dealreg.runtime.components import runtime
from dealreg.runtime.place import working
from dealreg.runtime.sharing import run_share
from dealreg.tools.progress import shown
from shared.projection.processes import MOST_PROCESSES, Processes
from shared.projection.rebuild import Rebuild, Rebuilt, drop, rollback
from shared.projection.versions import Stored
from shared.values.written import written_json

Name = Annotated[str, typer.Argument(metavar="VIEW", help="Name of the view.", show_default=False)]


def register(app: typer.Typer) -> None:
    """The group `projections` has the commands of this module, since that is loaded."""


def rebuild_command(
    name: Name,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the old version up to date, so that `rollback` can return to it.")
    ] = False,
    accept_differences: Annotated[
        bool, typer.Option("--accept-differences", help="Switch even if the new version differs from the live one.")
    ] = False,
    processes: Annotated[
        int,
        typer.Option("--processes", min=1, max=MOST_PROCESSES, help="Fold by so many processes, each its vendors."),
    ] = 1,
    as_json: Json = False,
) -> None:
    """Rebuild a view beside the live version, compare both, and switch in one transaction.

    Safe while the service runs. An interrupted rebuild continues where it
    stopped. Exit code 1 if nothing was switched.
    """
    done = asyncio.run(
        _rebuild(name, keep=keep, accept_differences=accept_differences, processes=processes, quiet=as_json)
    )
    if as_json:
        print(written_json(asdict(done)).decode())
        return
    compared = "equal to the old version" if done.compared else "not compared with the old version"
    rate = f", {done.entries / done.seconds:,.0f} entries/s" if done.entries else ""
    print(f"{name}: version {done.version} is live ({done.entries} entries in {done.seconds:.1f} s{rate}); {compared}")
    print(f"version {done.replaced} is {'kept until it is dropped' if done.kept else 'dropped'}")


def rollback_command(name: Name) -> None:
    """Return to the version that was kept last, and keep the current one."""
    left, now = asyncio.run(_rollback(name))
    print(f"{name}: version {now.version} is live, version {left.version} is kept")


def drop_command(name: Name, version: Annotated[int, typer.Argument(help="Its number.", show_default=False)]) -> None:
    """Drop a version that is not live: a kept one, or an unfinished rebuild."""
    asyncio.run(_drop(name, version))
    print(f"{name}: version {version} is dropped")


async def _rebuild(name: str, *, keep: bool, accept_differences: bool, processes: int, quiet: bool) -> Rebuilt:
    async with working() as settings, runtime(settings, "rebuild") as on:
        with shown(quiet=quiet) as on_progress:
            several = Processes(processes, run_share) if processes > 1 else None
            build = Rebuild(on.pool, on.log, on.settings, named(name), on_progress, several)
            return await build.run(keep=keep, accept_differences=accept_differences)


async def _rollback(name: str) -> tuple[Stored, Stored]:
    async with working() as settings, runtime(settings, "rollback") as on:
        return await rollback(on.pool, on.log, on.settings, named(name))


async def _drop(name: str, version: int) -> None:
    async with working() as settings, runtime(settings, "drop") as on:
        await drop(on.pool, named(name), version)


for _name, _command in (("rebuild", rebuild_command), ("rollback", rollback_command), ("drop", drop_command)):
    projections.command(_name)(_command)
