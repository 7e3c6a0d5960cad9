"""The supervisor: starts child processes, restarts those that die, ends all in bounded time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from shared.backoff import Backoff
from shared.errors import Misconfigured
from shared.observability import get_logger

EXIT_USAGE = 2
"""Exit code of a child with unusable settings: a restart would not help."""
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
SETTLED_SECONDS = 30.0
"""After running for so long, a child starts with the first pause again."""
STOP_SECONDS = 12.0
"""Longer than a child's own bounds: open requests 5 s, log and database 5 s."""

_log = get_logger(__name__)


class ChildBroken(Misconfigured):
    """A child cannot run with these settings."""

    code = "child.broken"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} cannot run with these settings; its messages above say why")


@dataclass(frozen=True, slots=True)
class Child:
    """One process: a name for the log, the arguments of `dealreg`, the sockets that it takes over."""

    name: str
    arguments: tuple[str, ...]
    sockets: tuple[int, ...] = ()


@dataclass(slots=True)
class Ended:
    """How often in succession a child ended, its last exit, and since when it runs again."""

    exit_code: int
    times: int = 1
    again_since: float | None = None


@dataclass(slots=True)
class Supervisor:
    """Keeps the children running; standard input is their lifeline, so they end when this process is killed."""

    children: Sequence[Child]
    environment: Mapping[str, str]
    output: Path | None = None
    """Where the children's logs go; standard error by default."""
    running: dict[str, Process] = field(default_factory=dict)
    ends: dict[str, Ended] = field(default_factory=dict)
    """Exits of children that ended and have not settled since."""
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a child is started, so that none starts after the end of all."""

    @asynccontextmanager
    async def supervising(self) -> AsyncIterator[asyncio.Future[list[None]]]:
        """Run the children inside the block; the future fails with `ChildBroken` if one cannot run."""
        stopping = asyncio.Event()
        tasks = [asyncio.create_task(self._keep(child, stopping), name=child.name) for child in self.children]
        broken = asyncio.gather(*tasks)
        try:
            yield broken
        finally:
            stopping.set()
            await self._end()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with contextlib.suppress(ChildBroken, asyncio.CancelledError):
                await broken

    def ending(self) -> dict[str, str]:
        """Return children that do not run or keep ending soon after their start, with the last exit code."""
        found = {}
        for name, ended in self.ends.items():
            again = ended.again_since
            if again is None or (ended.times > 1 and time.monotonic() - again < SETTLED_SECONDS):
                times = f"{ended.times} times in succession, the last time " if ended.times > 1 else ""
                found[name] = f"ended {times}with {_exit(ended.exit_code)}; it is started again"
        return found

    async def _keep(self, child: Child, stopping: asyncio.Event) -> None:
        backoff = Backoff(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        while not stopping.is_set():
            started = time.monotonic()
            async with self._starting:
                if stopping.is_set():
                    return
                process = await self._start(child)
            if child.name in self.ends:
                self.ends[child.name].again_since = started
            code = await process.wait()
            if stopping.is_set():
                return
            if code == EXIT_USAGE:
                raise ChildBroken(child.name)
            if time.monotonic() - started > SETTLED_SECONDS:
                backoff.reset()
                self.ends.pop(child.name, None)
            before = self.ends.get(child.name)
            self.ends[child.name] = Ended(code, before.times + 1 if before else 1)
            pause = backoff.next()
            _log.error("child ended", worker=child.name, exit_code=code, pause_seconds=round(pause, 3))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), pause)

    async def _start(self, child: Child) -> Process:
        with contextlib.ExitStack() as opened:
            # A child's output must not mix with our own standard output.
            output = opened.enter_context(self.output.open("ab")) if self.output else sys.stderr
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "dealreg.cli", *child.arguments,
                stdin=PIPE, stdout=output, stderr=output, pass_fds=child.sockets,
                # A Ctrl-C is for us; we end them.
                start_new_session=True, env={**os.environ, **self.environment},
            )  # fmt: skip
        self.running[child.name] = process
        _log.info("child started", worker=child.name, pid=process.pid)
        return process

    async def _end(self) -> None:
        """Ask every child to end, and kill it after `STOP_SECONDS`."""
        async with self._starting:
            alive = [process for process in self.running.values() if process.returncode is None]
        for process in alive:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        waits = [asyncio.ensure_future(process.wait()) for process in alive]
        if waits:
            await asyncio.wait(waits, timeout=STOP_SECONDS)
        for process, wait in zip(alive, waits, strict=True):
            if not wait.done():
                _log.error("child killed", pid=process.pid)
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
        if waits:
            await asyncio.wait(waits)


def _exit(code: int) -> str:
    """Describe an exit code, or the signal that ended a process."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
