"""The view supervisor: starts and ends a runner for each version of a view that must be kept up to date."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import structlog

from shared.errors import Unavailable
from shared.log.port import EventLog
from shared.projection.metrics import forget
from shared.projection.port import View
from shared.projection.reading import Halt
from shared.projection.runner import Runner
from shared.projection.versions import FED, numbered, versions_of
from shared.settings import Settings

LOOK_SECONDS = 1.0
"""How often to look for versions: a new one waits at most so long for workers."""

_log = structlog.get_logger(__name__)


class ViewSupervisor:
    """Runs every version of the view that this code folds."""

    def __init__(self, view: View, pool: Any, log: EventLog, settings: Settings) -> None:
        self.view = view
        self._pool, self._log, self._settings = pool, log, settings
        self._running: dict[int, _Fed] = {}
        self._fed = True

    @property
    def halted(self) -> dict[tuple[int, int], Halt]:
        """What this process gave up, by version and partition."""
        return {
            (version, partition): halt
            for version, fed in self._running.items()
            for partition, halt in fed.runner.halted.items()
        }

    @property
    def missing(self) -> list[str]:
        """Return what keeps the view from being updated."""
        halted = [
            f"view {self.view.name} version {version} halted on partition {partition}: {halt}"
            for (version, partition), halt in sorted(self.halted.items())
        ]
        return halted if self._fed else [f"view {self.view.name} was folded by another release: rebuild it", *halted]

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set, surviving failing servers; then release every partition."""
        try:
            while not stop.is_set():
                with contextlib.suppress(Unavailable):
                    await self._look()
                await self._until(stop)
                for fed in self._running.values():
                    if fed.task.done():
                        fed.task.result()
        finally:
            await asyncio.gather(*(fed.end() for fed in self._running.values()))

    async def _look(self) -> None:
        versions = await versions_of(self._pool, self.view)
        wanted = {one.version for one in versions if one.state in FED and one.shape == self.view.version}
        self._fed = any(one.version in wanted and one.state == "current" for one in versions)
        for version in self._running.keys() - wanted:
            await self._running.pop(version).end()
            forget(self.view.name, version)
            _log.info("view version ended", view=self.view.name, version=version)
        for version in wanted - self._running.keys():
            runner = Runner(numbered(self.view, version), self._pool, self._log, self._settings)
            self._running[version] = _Fed(runner)

    async def _until(self, stop: asyncio.Event) -> None:
        stopping = asyncio.ensure_future(stop.wait())
        tasks = {fed.task for fed in self._running.values()}
        await asyncio.wait({stopping, *tasks}, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()


class _Fed:
    """One running runner."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self._stop = asyncio.Event()
        self.task = asyncio.create_task(runner.run(self._stop), name=f"view-{runner.view.name}-{runner.view.version}")

    async def end(self) -> None:
        self._stop.set()
        await self.task
