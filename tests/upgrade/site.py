"""Processes of another release than that of the test, over the test's database."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

import httpx
import orjson

from dealreg.commands.errors import EXIT_TRY_AGAIN
from tests.e2e.command import servers
from tests.until import until

STARTER = Path(__file__).parent / "starter.py"
COMMAND_SECONDS = 300.0
SHORT = {"DEALREG_LEASE_SECONDS": "6", "DEALREG_IDLE_IN_TRANSACTION_TIMEOUT_MS": "5000"}
"""Workers share their partitions anew every third of a lease."""
SERVICES = {
    "registration": ["serve", "registration"],
    "query": ["serve", "query"],
    "attribution": ["work", "attribution"],
    "projections": ["work", "projections"],
}
END = "\x00"


@dataclass(slots=True)
class Running:
    """One process; its output so far is in two files."""

    pid: int
    folder: Path
    ended: asyncio.Future[int]
    url: str = ""

    def said(self) -> str:
        return (self.folder / "output").read_text() + (self.folder / "errors").read_text()

    async def missing(self) -> list[str]:
        """What it says on `/readyz`."""
        async with httpx.AsyncClient() as client:
            found: list[str] = (await client.get(f"{self.url}/readyz")).json()["missing"]
            return found

    async def end(self) -> None:
        if not self.ended.done():
            os.kill(self.pid, signal.SIGTERM)
        assert await asyncio.wait_for(self.ended, COMMAND_SECONDS) == 0, self.said()


@dataclass(slots=True)
class Release:
    """A source tree from which processes are started, in the order in which they are asked for."""

    process: Process
    _starting: list[asyncio.Future[int]] = field(default_factory=list)
    _ended: dict[int, asyncio.Future[int]] = field(default_factory=dict)

    async def start(self, folder: Path, commands: Sequence[Sequence[str]], variables: dict[str, str]) -> Running:
        """A process that carries the commands out in turn, with no settings but these."""
        for name in ("output", "errors"):
            (folder / name).touch()  # before the process writes to it, there is nothing
        asked = {
            "commands": commands, "end": END, "folder": str(folder), "variables": variables,
            "output": str(folder / "output"), "errors": str(folder / "errors"),
        }  # fmt: skip
        started: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._starting.append(started)
        assert self.process.stdin is not None
        self.process.stdin.write(orjson.dumps(asked) + b"\n")
        pid = await started
        return Running(pid, folder, self._ended[pid])

    async def listen(self) -> None:
        """What the starter tells reaches those who wait for it."""
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            what, pid, *code = line.split()
            if what == b"started":
                self._ended[int(pid)] = asyncio.get_running_loop().create_future()
                self._starting.pop(0).set_result(int(pid))
            else:
                self._ended[int(pid)].set_result(int(code[0]))


@asynccontextmanager
async def release(tree: Path) -> AsyncIterator[Release]:
    """Processes of the tree's release can be started inside the block; none outlives it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DEALREG_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", str(STARTER), stdin=PIPE, stdout=PIPE, env={**kept, "PYTHONPATH": str(tree)}
    )
    found = Release(process)
    listening = asyncio.create_task(found.listen())
    try:
        yield found
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(process.wait(), COMMAND_SECONDS)
        await listening


@dataclass(slots=True)
class Site:
    """What runs of that release over one database."""

    database: str
    folder: Path
    release: Release
    urls: dict[str, str] = field(default_factory=dict)
    _running: list[Running] = field(default_factory=list)

    async def start(self, service: str) -> Running:
        """The service answers, to the end of the block."""
        running = await self._process([SERVICES[service]])
        self._running.append(running)
        running.url = self.urls[service] = await _listening(running)
        return running

    async def fails(self, *arguments: str) -> str:
        """What the command printed, that may be tried again."""
        running = await self._process([arguments])
        assert await asyncio.wait_for(running.ended, COMMAND_SECONDS) == EXIT_TRY_AGAIN, running.said()
        return running.said()

    async def run(self, *commands: str) -> list[str]:
        """What each command printed; all of them went well, one after the other in a single process."""
        # A second one, so that each is followed by its end.
        running = await self._process([command.split() for command in (*commands, "--help")])
        assert await asyncio.wait_for(running.ended, COMMAND_SECONDS) == 0, running.said()
        return (running.folder / "output").read_text().split(END)[: len(commands)]

    async def end(self) -> None:
        for running in self._running:
            await running.end()

    async def _process(self, commands: Sequence[Sequence[str]]) -> Running:
        variables = {**servers(self.database), **SHORT, "DEALREG_PORT": "0"}
        return await self.release.start(Path(mkdtemp(dir=self.folder)), commands, variables)


async def complete(*processes: Running) -> None:
    """Nothing is missing in any of them, once their workers have looked for what was switched."""

    async def ready() -> bool:
        return not any([await one.missing() for one in processes])

    await until(ready)


@asynccontextmanager
async def site(database: str, folder: Path, release: Release) -> AsyncIterator[Site]:
    """Nothing runs yet; what was started inside the block is gone after it."""
    found = Site(database, folder, release)
    try:
        yield found
    finally:
        await found.end()


async def _listening(running: Running) -> str:
    async def said() -> str | None:
        assert not running.ended.done(), running.said()
        found = re.search(r'"event":"listening".*?(http://127\.0\.0\.1:\d+)', running.said())
        return found and found[1]

    found = await until(said)
    assert found is not None
    return found
