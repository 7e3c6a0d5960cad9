"""`dealreg projections rebuild | rollback | drop`: versions of the read models, built beside what is read."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from dealreg.commands.projections import Json, named, projections
from dealreg.runtime.components import runtime
from dealreg.runtime.place import working
from dealreg.tools.progress import shown
from shared.projection.rebuild import Rebuild, Rebuilt, drop, rollback
from shared.projection.versions import Stored
from shared.values.written import written_json

Name = Annotated[str, typer.Argument(metavar="VIEW", help="The view.", show_default=False)]


def register(app: typer.Typer) -> None:
    """The group `projections` has the commands of this module."""
    for name, command in (("rebuild", rebuild_command), ("rollback", rollback_command), ("drop", drop_command)):
        projections.command(name)(command)


def rebuild_command(
    name: Name,
    keep: Annotated[
        bool, typer.Option("--keep", help="Feed the old version until it is dropped: `rollback` returns to it.")
    ] = False,
    accept_differences: Annotated[
        bool, typer.Option("--accept-differences", help="Switch though the new version is not what readers see.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Fold a view anew beside the one that is read, compare, and switch in one transaction.

    Safe beside a running service. What was interrupted goes on where it was. Exit code 1 where nothing was switched.
    """
    done = asyncio.run(_rebuild(name, keep=keep, accept_differences=accept_differences, quiet=as_json))
    if as_json:
        print(written_json(asdict(done)).decode())
        return
    compared = "the same as what was read" if done.compared else "not compared with what was read"
    rate = f", {done.entries / done.seconds:,.0f} entries/s" if done.entries else ""
    print(
        f"{name}: version {done.version} is read now ({done.entries} entries in {done.seconds:.1f} s{rate}); {compared}"
    )
    print(f"version {done.replaced} is {'kept and fed until it is dropped' if done.kept else 'gone'}")


def rollback_command(name: Name) -> None:
    """Let readers see the version that was kept last; the other one is kept in its place."""
    left, now = asyncio.run(_rollback(name))
    print(f"{name}: version {now.version} is read now, version {left.version} is kept")


def drop_command(name: Name, version: Annotated[int, typer.Argument(help="Its number.", show_default=False)]) -> None:
    """Take a version away that is not read: one that was kept, or one whose building is given up."""
    asyncio.run(_drop(name, version))
    print(f"{name}: version {version} is gone")


async def _rebuild(name: str, *, keep: bool, accept_differences: bool, quiet: bool) -> Rebuilt:
    async with working() as settings, runtime(settings, "rebuild") as on:
        with shown(quiet=quiet) as on_progress:
            build = Rebuild(on.pool, on.log, on.settings, named(name), on_progress)
            return await build.run(keep=keep, accept_differences=accept_differences)


async def _rollback(name: str) -> tuple[Stored, Stored]:
    async with working() as settings, runtime(settings, "rollback") as on:
        return await rollback(on.pool, on.log, on.settings, named(name))


async def _drop(name: str, version: int) -> None:
    async with working() as settings, runtime(settings, "drop") as on:
        await drop(on.pool, named(name), version)
