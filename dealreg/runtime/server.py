"""One HTTP server on one socket, inside a loop that is not its own."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING

import uvicorn
from starlette.types import ASGIApp

from dealreg.runtime.http_protocol import HttpProtocol
from dealreg.runtime.loading import collecting, settled
from shared.errors import Misconfigured
from shared.settings import variable

if TYPE_CHECKING:
    from dealreg.runtime.shortcut import Shortcut

BACKLOG = 2_048
GRACE_SECONDS = 5
"""How long open requests get at the end; their callers retry under the same key."""
KEEP_ALIVE_SECONDS = 75
"""Longer than proxies keep idle connections (60 s), or they send into one that we are closing."""
STARTED_POLL_SECONDS = 0.01


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Signals are for the process, which may have more to end than this server.
        yield


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket; raise `Misconfigured` if that fails."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        taken = error.errno == errno.EADDRINUSE
        why = "another process is listening there" if taken else error.strerror
        raise Misconfigured(
            f"cannot listen on {host}:{port} ({why}): name another port in {variable('port')}, 0 for any free one"
        ) from error
    listener.listen(BACKLOG)
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the socket's URL on this machine."""
    host, port = listener.getsockname()[:2]
    if ip_address(host).is_unspecified:
        host = "::1" if ":" in host else "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@asynccontextmanager
async def serving(
    app: ASGIApp, listener: socket.socket, trusted_proxies: str = "", shortcut: Shortcut | None = None
) -> AsyncIterator[str]:
    """Serve the application inside the block and yield its address; end in bounded time.

    Forwarded client addresses are believed only from these proxies. Plain registrations take the shortcut past it.
    """
    config = uvicorn.Config(
        app,
        http=_protocol(shortcut),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=[one.strip() for one in trusted_proxies.split(",")],
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    url = url_of(listener)
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]), name="http")
    try:
        while not (server.started or task.done()):
            await asyncio.sleep(STARTED_POLL_SECONDS)
        if task.done():
            task.result()
        gc.collect()
        settled()
        async with collecting():
            yield url
    finally:
        server.should_exit = True
        await task


def _protocol(shortcut: Shortcut | None) -> type[asyncio.Protocol]:
    if shortcut is None:
        return HttpProtocol
    # It loads the edge, which most processes do without.
    from dealreg.runtime.direct_protocol import DirectProtocol

    # Called as uvicorn calls a class.
    return partial(DirectProtocol, shortcut=shortcut)  # type: ignore[return-value]
