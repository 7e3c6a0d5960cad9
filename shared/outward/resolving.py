"""The addresses of a name at the moment of a connection, looked up and guarded."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from shared.errors import Unavailable
from shared.outward.guard import Guard, Target

RESOLVE_SECONDS = 5.0
KEPT_SECONDS = 30.0
"""An answer serves the connections of so long: each is made to the very addresses that were admitted."""
MAX_KEPT = 10_000
THREADS = 16
"""Look-ups that run at once. A name server that hangs holds one thread for each of its names, and no more."""

NOBODYS = (".example", ".invalid", ".test")
"""Set apart for examples and tests (RFC 6761): no name server needs to be asked about them."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a name; raises `OSError` where there are none to be had."""


class NameUnresolved(Unavailable):
    """The name server did not answer, or knows no such name."""

    code = "endpoint.name"


class Outward:
    """Looks names up and admits their addresses; one for a process."""

    def __init__(self, guard: Guard, resolve: Resolve | None = None) -> None:
        self.guard = guard
        self._resolve = resolve or self._by_system
        self._threads: ThreadPoolExecutor | None = None
        self._kept: OrderedDict[tuple[str, int], tuple[float, Sequence[str]]] = OrderedDict()
        self._asking: dict[tuple[str, int], asyncio.Task[Sequence[str]]] = {}

    async def addresses(self, target: Target) -> tuple[str, ...]:
        """The addresses to connect to; raises `AddressRefused` or `NameUnresolved`."""
        if target.literal is not None:
            return self.guard.admit(target, [target.host])
        return self.guard.admit(target, await self._of(target.host, target.port))

    def close(self) -> None:
        """Start no look-up any more."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def _of(self, host: str, port: int) -> Sequence[str]:
        key = (host, port)
        kept = self._kept.get(key)
        if kept is not None and time.monotonic() - kept[0] < KEPT_SECONDS:
            return kept[1]
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.ensure_future(self._ask(key))
            asking.add_done_callback(lambda _: self._asking.pop(key, None))
        try:
            async with asyncio.timeout(RESOLVE_SECONDS):
                # One who gives up must not take the answer from the others.
                return await asyncio.shield(asking)
        except TimeoutError as error:
            raise NameUnresolved("the name server did not answer in time") from error
        except OSError as error:
            raise NameUnresolved("the name is unknown, or its name server does not answer") from error

    async def _ask(self, key: tuple[str, int]) -> Sequence[str]:
        found = await self._resolve(*key)
        self._kept[key] = time.monotonic(), found
        self._kept.move_to_end(key)
        if len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        return found

    async def _by_system(self, host: str, port: int) -> Sequence[str]:
        if host.endswith(NOBODYS):
            raise OSError(f"{host} is a name for examples")
        # Not the loop's own threads: a name server that hangs would take them from everything else.
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, "name")
        return await asyncio.get_running_loop().run_in_executor(self._threads, _addresses, host, port)


def _addresses(host: str, port: int) -> list[str]:
    return [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
