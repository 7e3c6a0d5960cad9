"""Run everything on one machine and one port: servers, HTTP, decider and views, in several processes or in one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from typing import TypeVar

import httpx
import orjson
from pydantic import SecretStr

from dealreg.runtime.loading import loading
from dealreg.runtime.loopback import loopback_client
from dealreg.runtime.names import WORKS
from dealreg.runtime.overseer import Overseer
from dealreg.runtime.process import standing
from dealreg.runtime.server import listen, serving, url_of
from dealreg.runtime.supervisor import Child, Supervisor
from shared.errors import Unavailable
from shared.observability import Health, get_logger, health_of
from shared.settings import Settings, variable

READY_SECONDS = 60.0
READY_POLL_SECONDS = 0.1
LOOPBACK = "127.0.0.1"

_log = get_logger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Running:
    """A running dealreg at `base_url`."""

    settings: Settings
    base_url: str
    broken: asyncio.Future[list[None]]
    """Fails if a part of it cannot continue."""

    async def unless_broken(self, work: Awaitable[_T]) -> _T:
        """Await the work; a failure of dealreg fails it too."""
        task = asyncio.ensure_future(work)
        await asyncio.wait((task, self.broken), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.broken.result()
        return await task


@asynccontextmanager
async def running(settings: Settings, *, in_process: bool = False, logs: Path | None = None) -> AsyncIterator[Running]:
    """Run everything inside the block; end it in bounded time."""
    async with standing(settings) as (found, guardian):
        listener = listen(found.host, found.port)
        url = url_of(listener)
        if in_process:
            # It loads every service; a supervisor of processes does without them.
            with loading():
                from dealreg.runtime.in_process import stack

            never: asyncio.Future[list[None]] = asyncio.get_running_loop().create_future()
            async with stack(found, listener, guardian=guardian):
                yield Running(found, url, never)
            return
        health = {name: listen(LOOPBACK, 0) for name in WORKS}
        own = listen(LOOPBACK, 0)
        children = [
            _child("serve", ("serve",), listener, "--overseer", url_of(own)),
            *(_child(name, ("work", name), place) for name, place in health.items()),
        ]
        supervisor = Supervisor(children, environment(found), logs)
        overseer = Overseer(guardian, supervisor, {name: url_of(place) for name, place in health.items()})
        async with serving(overseer.app(), own), supervisor.supervising() as broken:
            started = Running(found, url, broken)
            await started.unless_broken(_ready(url))
            yield started


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment variables that give another process these settings."""
    content: dict[str, str] = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if value is not None:
            content[variable(name)] = str(value)
    return content


def _child(name: str, command: tuple[str, ...], place: socket, *options: str) -> Child:
    descriptor = place.fileno()
    return Child(name, (*command, "--lifeline", "--listen-fd", str(descriptor), *options), (descriptor,))


async def _ready(url: str) -> None:
    """Wait until the services are ready.

    Raises `Unavailable` when none answers for too long. Where they do and a worker still is missing, they serve without
    it: what was accepted can be read while somebody finds out why.
    """
    said = "no answer"
    try:
        async with asyncio.timeout(READY_SECONDS), loopback_client(base_url=url, timeout=READY_SECONDS) as client:
            while True:
                try:
                    answer = await client.get("/readyz")
                    said = answer.text
                    if answer.status_code == 200:
                        return
                except httpx.TransportError as error:
                    said = type(error).__name__
                await asyncio.sleep(READY_POLL_SECONDS)
    except TimeoutError as error:
        health = _health(said)
        if health is None or {"database", "log"} & set(health.missing):
            raise Unavailable(f"not ready after {READY_SECONDS:.0f} s: {said}") from error
        _log.error("served without a worker", reason="; ".join(health.missing))


def _health(said: str) -> Health | None:
    try:
        return health_of(orjson.loads(said))
    except ValueError:
        return None
