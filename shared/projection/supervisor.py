"""The view supervisor: folds the live versions of all views together, and each version beside them by itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import structlog

from shared.errors import Unavailable
from shared.log.port import EventLog
from shared.projection.joint_runner import JointRunner
from shared.projection.metrics import forget
from shared.projection.port import View
from shared.projection.reading import Halt
from shared.projection.runner import Runner
from shared.projection.versions import FED, numbered, versions_of
from shared.settings import Settings

LOOK_SECONDS = 1.0
"""How often to look for versions: a new one waits at most so long for workers."""

_log = structlog.get_logger(__name__)

Version = tuple[str, int]
"""View and version."""


class ViewSupervisor:
    """Runs every version of the views that this code folds."""

    def __init__(self, views: Sequence[View], pool: Any, log: EventLog, settings: Settings) -> None:
        self.views = tuple(views)
        self._pool, self._log, self._settings = pool, log, settings
        self._live = JointRunner(views, pool, log, settings)
        self._live.follow(())
        self._joint: dict[Version, View] = {}
        """Live versions, folded together."""
        self._beside: dict[Version, _Fed] = {}
        """Versions that follow or are kept, each folded by itself."""
        self._unfed: tuple[str, ...] = ()
        """Views whose live version another release folds."""

    @property
    def halted(self) -> dict[tuple[str, int, int], Halt]:
        """What this process gave up, by view, version and partition."""
        live = {place: halt for place, halt in self._live.halted.items() if place[:2] in self._joint}
        return live | {
            (*version, partition): halt
            for version, fed in self._beside.items()
            for partition, halt in fed.runner.halted.items()
        }

    @property
    def missing(self) -> list[str]:
        """Return what keeps the views from being updated."""
        return [
            *(f"view {name} was folded by another release: rebuild it" for name in self._unfed),
            *(
                f"view {name} version {version} halted on partition {partition}: {halt}"
                for (name, version, partition), halt in sorted(self.halted.items())
            ),
        ]

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set, surviving failing servers; then release every partition."""
        ending = asyncio.Event()
        live = asyncio.create_task(self._live.run(ending), name="views")
        try:
            while not stop.is_set():
                with contextlib.suppress(Unavailable):
                    await self._look()
                await self._until(stop, live)
                for task in (live, *(fed.task for fed in self._beside.values())):
                    if task.done():
                        task.result()
        finally:
            ending.set()
            await asyncio.gather(live, *(fed.end() for fed in self._beside.values()))

    async def _look(self) -> None:
        """Start and end what the stored versions ask for."""
        joint: dict[Version, View] = {}
        beside: dict[Version, View] = {}
        unfed = []
        for view in self.views:
            versions = await versions_of(self._pool, view)
            fed = {one.version: one.state for one in versions if one.state in FED and one.shape == view.version}
            for version, state in fed.items():
                (joint if state == "current" else beside)[view.name, version] = numbered(view, version)
            if "current" not in fed.values():
                unfed.append(view.name)
        self._unfed = tuple(unfed)
        # First, so that a version that becomes live is free when the others want it.
        for name, version in self._beside.keys() - beside.keys():
            await self._beside.pop((name, version)).end()
            forget(name, version)
            _log.info("view version ended", view=name, version=version)
        if joint.keys() != self._joint.keys():
            self._joint = joint
            self._live.follow(joint.values())
        for place in beside.keys() - self._beside.keys():
            self._beside[place] = _Fed(Runner(beside[place], self._pool, self._log, self._settings))

    async def _until(self, stop: asyncio.Event, live: asyncio.Task[None]) -> None:
        stopping = asyncio.ensure_future(stop.wait())
        tasks = {live, *(fed.task for fed in self._beside.values())}
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
