"""`dealreg demo`, and the demo's part of `dealreg run --demo`."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console

from dealreg.demo import history
from dealreg.demo.day import Day
from dealreg.demo.export import DATA, Export, read_export
from dealreg.demo.importing import DECIDE_SECONDS, begun, gone_live, imported, report
from dealreg.demo.result import NotReconciled, differences, read_book, result
from dealreg.demo.shown import Shown, table_of
from dealreg.demo.welcome import console_lines, welcome
from dealreg.runtime.backlog import drained
from dealreg.runtime.components import Runtime, runtime
from dealreg.runtime.everything import Running, running
from dealreg.runtime.loopback import loopback_client
from dealreg.runtime.process import run as run_loop
from dealreg.runtime.process import stop_signal, unless_stopped
from dealreg.runtime.views import VIEWS
from services.projections.verify import journal_digest, verify
from shared.observability import configure_logging
from shared.settings import Settings, load_settings
from shared.values.written import written_json

CLIENT_SECONDS = 120.0
POOL_SIZE = 4
LOGS = "dealreg.log"
INTERRUPTED = 130
"""The exit code that a shell expects of a command that a signal ended."""


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the data in DEALREG_DATA_DIR. Default: a temporary folder.")
    ] = False,
    data: Annotated[
        Path, typer.Option(help="Folder of another export of the same four files.", show_default=False)
    ] = DATA,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the JSON.")] = False,
) -> None:
    """Import the sample pipeline with its original dates, decide it, and print the result as JSON on the last line."""
    run_loop(_demo(load_settings(port=0), data, keep=keep, quiet=as_json))


async def _demo(settings: Settings, data: Path, *, keep: bool, quiet: bool) -> None:
    shown = Shown(silent=quiet)
    export = read_export(data)
    listed = report(settings.data_dir, export.left)
    async with stop_signal() as stop, _folder(settings, keep=keep) as placed:
        logs = placed.data_dir / LOGS
        placed.data_dir.mkdir(parents=True, exist_ok=True)
        with logs.open("a", encoding="utf-8") as output:
            configure_logging("demo", stream=output)
            shown.say(f"starting PostgreSQL{' and Kafka' if placed.log == 'kafka' else ''} and dealreg")
            async with running(placed, logs=logs) as started:
                work = started.unless_broken(_from_nothing(started, export, shown))
                printed = await unless_stopped(work, stop)
    if printed is None:
        raise typer.Exit(INTERRUPTED)
    if not quiet:
        Console().print(table_of(printed))
        shown.say(f"{len(export.left):,} lines could not be registered; {listed} has the reason for each")
    print(written_json(printed).decode(), flush=True)
    if unlike := differences(export, printed):
        raise NotReconciled("the result does not reconcile with the file: " + "; ".join(unlike))


async def _from_nothing(started: Running, export: Export, shown: Shown) -> dict[str, Any]:
    async with runtime(started.settings, "demo", pool_size=POOL_SIZE) as found, _client(started) as client:
        memory = await begun(found, started.settings.data_dir, export, moved=False)
        seconds = await imported(found, client, export, memory, shown)
        memory.kept(imported=True)
        digests = await _digests(found, shown)
        return result(export, await read_book(client, memory.vendor_key), digests, seconds)


async def _digests(found: Runtime, shown: Shown) -> dict[str, Any]:
    """Return the digests of the journal and the views, after recomputing and comparing each; raise `NotReconciled`."""
    with shown.phase("verifying", 0) as advanced:
        read = 0

        def on_progress(records: int, total: int) -> None:
            nonlocal read
            shown.expect(total)
            advanced(records - read)
            read = records

        report = await verify(found.pool, found.log, VIEWS, on_progress)
    if not report.holds:
        raise NotReconciled("; ".join(map(str, report.differences)))
    return {"journal": await journal_digest(found.log, history.VENDOR), "views": dict(sorted(report.digests.items()))}


async def staying(started: Running, export: Export) -> None:
    """Import the demo, go live with a day's work that waits, and print what to try."""
    shown = Shown()
    folder = started.settings.data_dir
    async with runtime(started.settings, "demo", pool_size=POOL_SIZE) as found, _client(started) as client:
        memory = await begun(found, folder, export, moved=True)
        if not memory.imported:
            listed = report(folder, export.left)
            await imported(found, client, export, memory, shown)
            await gone_live(found, client, memory)
            await Day.of(client, memory, export).told()
            await drained(found, seconds=DECIDE_SECONDS)
            memory = memory.kept(imported=True)
            shown.say(f"{len(export.left):,} lines could not be registered; {listed} has the reason for each")
        print(await console_lines(found, started.base_url, memory), end="")
        print(await welcome(client, started.base_url, memory), flush=True)


@asynccontextmanager
async def _folder(settings: Settings, *, keep: bool) -> AsyncIterator[Settings]:
    """Yield the settings of the configured data folder, or of a temporary one."""
    if keep:
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="dealreg-demo-", ignore_cleanup_errors=True) as folder:
        yield settings.model_copy(update={"data_dir": Path(folder)})


def _client(started: Running) -> httpx.AsyncClient:
    return loopback_client(base_url=started.base_url, timeout=CLIENT_SECONDS)
