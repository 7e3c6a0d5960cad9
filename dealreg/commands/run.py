"""`dealreg run`: start everything on one port."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dealreg.demo.export import DATA, Export, read_export
from dealreg.runtime.everything import running
from dealreg.runtime.place import registered, say_where
from dealreg.runtime.process import run as run_loop
from dealreg.runtime.process import stop_signal, unless_stopped
from shared.observability import configure_logging
from shared.settings import Settings, load_settings


def register(app: typer.Typer) -> None:
    app.command()(run)


def run(
    demo: Annotated[
        bool, typer.Option("--demo", help="Import the sample pipeline, with its dates moved up to today.")
    ] = False,
    data: Annotated[
        Path, typer.Option(help="With --demo: folder of another export of the same four files.", show_default=False)
    ] = DATA,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on. Default: DEALREG_PORT.", min=0, max=65_535)
    ] = None,
    in_process: Annotated[
        bool, typer.Option("--in-process", help="Run one process instead of five: less memory, slower under load.")
    ] = False,
) -> None:
    """Start everything on one port and run until interrupted."""
    settings = load_settings(port=port)
    # Before any server starts, so that an unusable export fails at once.
    export = read_export(data) if demo else None
    run_loop(_run(settings, export, in_process=in_process))


async def _run(settings: Settings, export: Export | None, *, in_process: bool) -> None:
    configure_logging("run")
    say_where(settings)
    async with stop_signal() as stop, running(settings, in_process=in_process) as started:
        with registered(settings, started.base_url):
            if export is not None:
                # The import has a client of its own, and asks the workers how far they are.
                from dealreg.demo.command import staying

                await unless_stopped(started.unless_broken(staying(started, export)), stop)
            else:
                print(f"dealreg answers at {started.base_url} (documentation: {started.base_url}/docs)", flush=True)
            await started.unless_broken(stop.wait())
