"""A proxy between a client and a server that loses the network on command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]

CHUNK_BYTES = 65_536


class Proxy:
    """Forwards loopback connections to a server, byte by byte, until told otherwise."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._server: asyncio.Server | None = None
        self._pairs: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.refusing = False
        """New connections are closed at once, as by a server that is down."""
        self.losing_replies = False
        """Requests reach the server; its next answer on each connection is lost together with the connection."""

        self.lost = 0
        """Answers lost so far."""
        self.forwarded = 0
        """Bytes of requests passed on so far."""
        self.cut_after: int | None = None
        """Everything is cut, and new connections refused, once so many bytes of requests were passed on."""
        self.silent = False
        """Nothing comes through and nothing is closed, as when a cable is pulled."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    def cut(self) -> None:
        """Every connection ends, with whatever was under way."""
        for pair in list(self._pairs):
            for writer in pair:
                writer.transport.abort()

    def _cut_if_due(self) -> None:
        if self.cut_after is not None and self.forwarded >= self.cut_after:
            self.cut_after, self.refusing = None, True
            self.cut()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if self.refusing:
            writer.transport.abort()
            return
        server_reader, server_writer = await self._connect()
        pair = (writer, server_writer)
        self._pairs.add(pair)
        try:
            await asyncio.gather(self._requests(reader, server_writer), self._replies(server_reader, writer))
        except OSError:
            pass  # one side is gone, and so is the other now
        finally:
            self._pairs.discard(pair)
            for side in pair:
                side.transport.abort()

    async def _requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK_BYTES):
            if not self.silent:
                self.forwarded += len(chunk)
                writer.write(chunk)
                await writer.drain()
                self._cut_if_due()
        raise ConnectionResetError

    async def _replies(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK_BYTES):
            if self.losing_replies:
                self.lost += 1
                raise ConnectionResetError
            if not self.silent:
                writer.write(chunk)
                await writer.drain()
        raise ConnectionResetError
