"""The door of a process: answers from the first moment, with 503 until the application is ready."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from dealreg.runtime.components import POOL_SIZE, Away, Runtime, runtime
from dealreg.runtime.process import unless_stopped
from shared.backoff import Backoff
from shared.errors import Unavailable
from shared.http.health_routes import health_app
from shared.observability import Health, get_logger
from shared.settings import Settings

FIRST_PAUSE_SECONDS = 0.2
HOLD_SECONDS = 3.0
"""How long a request waits for the first attempt to open, which usually takes half a second."""
LONGEST_PAUSE_SECONDS = 5.0
"""Pause between attempts to reach a server that is down."""

_log = get_logger(__name__)


class Door:
    """An application that forwards to another one once that is ready."""

    def __init__(self) -> None:
        self.waits_for = "database"
        """What keeps it from opening, as `/readyz` names it."""
        self._behind: ASGIApp = _closed(self)
        self._tried = asyncio.Event()

    def opens(self, app: ASGIApp) -> None:
        """Forward every request to the application from now on."""
        self._behind = app
        self._tried.set()

    def stays_closed(self, server: str) -> None:
        """Note that it waits for that server, so requests need not wait."""
        self.waits_for = server
        self._tried.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._tried.is_set() and scope.get("path") != "/livez":
            # Callers of a process that just restarted should notice a pause, not a refusal.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._tried.wait(), HOLD_SECONDS)
        await self._behind(scope, receive, send)


def _closed(door: Door) -> Starlette:
    """Answer while closed: alive, not ready, retry later."""

    async def health() -> Health:
        return Health((door.waits_for,))

    async def not_yet(request: Request) -> None:
        raise Unavailable(f"the {door.waits_for} does not answer yet; send the request again")

    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return health_app(health, [Route("/{path:path}", not_yet, methods=methods)])


@asynccontextmanager
async def ground_once_there(
    settings: Settings, name: str, door: Door, stop: asyncio.Event, *, pool_size: int = POOL_SIZE
) -> AsyncIterator[Runtime | None]:
    """Open the runtime, however long its servers are down; None if `stop` came first.

    A process that ended because a server is down would only be restarted. Raises `Misconfigured` and whatever else
    waiting does not mend.
    """
    backoff, content = Backoff(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS), ""
    async with AsyncExitStack() as stack:
        found = None
        while found is None and not stop.is_set():
            entering = stack.enter_async_context(runtime(settings, name, pool_size=pool_size))
            try:
                found = await unless_stopped(entering, stop)
            except Away as away:
                door.stays_closed(away.server)
                # Once per server: its message changes with every attempt.
                if content != away.server:
                    _log.warning("waiting for a server", server=away.server, reason=away.detail)
                content = away.server
                await unless_stopped(asyncio.sleep(backoff.next()), stop)
        if found is not None and content:
            _log.info("server answers", server=content)
        yield found
