"""A receiver of webhooks that keeps what came, and answers as a test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from tests.until import until

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
BUSY = b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n"
HANGS = b""
"""An answer that never comes."""


@dataclass(frozen=True, slots=True)
class Received:
    """One request: headers by their names in lower case, and the body."""

    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self.body)
        return found


@dataclass(slots=True)
class Receiver:
    """A server on a port of its own; `answers` says what to answer a request with."""

    answers: Callable[[Received], bytes] = lambda _: OK
    came: list[Received] = field(default_factory=list)
    port: int = 0
    _connections: set[asyncio.StreamWriter] = field(default_factory=set)
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def taken(self) -> list[Received]:
        """What it answered with a 2xx, in order."""
        return [one for one in self.came if self.answers(one).startswith(b"HTTP/1.1 2")]

    async def until(self, condition: Callable[[Receiver], Any]) -> None:
        async def met() -> Any:
            return condition(self)

        await until(met)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for one in list(self._connections):
            one.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        try:
            # One that came just before the end is begun after it, when nobody aborts it any more.
            while self._server is not None and self._server.is_serving():
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = dict(line.split(": ", 1) for line in head[1:] if line)
                received = Received(headers, await reader.readexactly(int(headers["content-length"])))
                self.came.append(received)
                answer = self.answers(received)
                if answer is HANGS:
                    await reader.read()
                    return
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._connections.discard(writer)
            writer.close()


@asynccontextmanager
async def receiving(answers: Callable[[Received], bytes] = lambda _: OK) -> AsyncIterator[Receiver]:
    """A running receiver."""
    receiver = Receiver(answers)
    await receiver.start()
    try:
        yield receiver
    finally:
        await receiver.stop()
