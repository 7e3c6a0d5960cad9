"""`dealreg run`: everything on one port, from one command."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from dealreg.demo.command import staying
from dealreg.process import run as run_loop
from dealreg.process import until_told
from dealreg.running import running
from shared.observability import configure_logging
from shared.settings import Settings, load_settings


def register(app: typer.Typer) -> None:
    app.command()(run)


def run(
    demo: Annotated[
        bool, typer.Option("--demo", help="Import the sample pipeline, its dates moved to end now, and go live.")
    ] = False,
    port: Annotated[int | None, typer.Option(help="Else DEALREG_PORT.", min=0, max=65_535)] = None,
    in_process: Annotated[
        bool, typer.Option("--in-process", help="One process instead of four: less memory, slower answers under load.")
    ] = False,
) -> None:
    """Start everything on one port and stay up until told to stop."""
    run_loop(_run(load_settings(port=port), demo=demo, in_process=in_process))


async def _run(settings: Settings, *, demo: bool, in_process: bool) -> None:
    configure_logging("run")
    async with until_told() as stop, running(settings, in_process=in_process) as started:
        if demo:
            arriving = asyncio.ensure_future(started.unless_broken(staying(started)))
            stopping = asyncio.ensure_future(stop.wait())
            await asyncio.wait({arriving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not arriving.done():
                arriving.cancel()
                await asyncio.gather(arriving, return_exceptions=True)
                return
            arriving.result()
        else:
            print(f"dealreg answers at {started.base_url} (documentation: {started.base_url}/docs)", flush=True)
        await started.unless_broken(stop.wait())
