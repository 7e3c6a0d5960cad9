"""POST small bodies to one receiver over connections that stay open: HTTP/1.1, bounded in time and in memory.

Written out because a general client costs ten to forty times the processor time of these lines for each request
(measured in docs/adr/0041), and does more than is wanted here: redirects, proxies, cookies, whole bodies.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple

import httptools

from shared.outward.guard import AddressRefused, Target
from shared.outward.resolving import NameUnresolved, Outward

CONNECT_SECONDS = 5.0
IDLE_SECONDS = 30.0
"""A connection unused for longer is not used again; the receiver has most likely closed it."""
DRAIN_SECONDS = 0.5
DRAIN_BYTES = 16_384
"""What is read of an answer's body, so that the connection can be used again; nobody looks at it."""
HEAD_BYTES = 32_768
READ_BYTES = 16_384

Failure = Literal["address", "name", "connection", "tls", "timeout", "protocol"]


class Answered(NamedTuple):
    """The status of an answer; None with the reason where there was none."""

    status: int | None
    failure: Failure | None
    seconds: float


class Poster:
    """Connections to one receiver; as many as requests run at once."""

    def __init__(self, target: Target, outward: Outward, seconds: float) -> None:
        self._target, self._outward, self._seconds = target, outward, seconds
        self._idle: list[_Connection] = []
        self._begin = f"POST {target.path} HTTP/1.1\r\nhost: {target.authority}\r\n"

    async def post(self, headers: Mapping[str, str], body: bytes) -> Answered:
        """Send the body once and read the status; whatever goes wrong is in what it returns."""
        began = time.monotonic()
        told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        message = f"{self._begin}{told}content-length: {len(body)}\r\n\r\n".encode() + body
        status: int | None = None
        failure: Failure | None = None
        try:
            async with asyncio.timeout(self._seconds):
                status = await self._sent(message)
        except TimeoutError:
            failure = "timeout"
        except AddressRefused:
            failure = "address"
        except NameUnresolved:
            failure = "name"
        except ssl.SSLError:
            failure = "tls"
        except _Malformed:
            failure = "protocol"
        except OSError:
            failure = "connection"
        return Answered(status, failure, time.monotonic() - began)

    def close(self) -> None:
        """Close every idle connection."""
        while self._idle:
            self._idle.pop().close()

    async def _sent(self, message: bytes) -> int:
        while (one := self._reusable()) is not None:
            try:
                return await self._over(one, message)
            except _Gone:
                # Closed by the receiver while it was idle. A receiver knows the message by its id, so asking again is
                # safe even where the first request did arrive.
                continue
        try:
            return await self._over(await self._connected(), message)
        except _Gone as error:
            raise ConnectionResetError("closed without an answer") from error

    async def _over(self, one: _Connection, message: bytes) -> int:
        try:
            status = await one.ask(message)
        except BaseException:
            one.close()
            raise
        if one.usable:
            self._idle.append(one)
        else:
            one.close()
        return status

    def _reusable(self) -> _Connection | None:
        while self._idle:
            # The one used last: the others grow old and go.
            one = self._idle.pop()
            if one.is_fresh():
                return one
            one.close()
        return None

    async def _connected(self) -> _Connection:
        addresses = await self._outward.addresses(self._target)
        context = _tls() if self._target.scheme == "https" else None
        failed: Exception | None = None
        for address in addresses:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    pair = await asyncio.open_connection(
                        address,
                        self._target.port,
                        ssl=context,
                        server_hostname=self._target.host if context else None,
                        limit=READ_BYTES,
                    )
                return _Connection(*pair)
            except (OSError, TimeoutError) as error:
                failed = error
        raise failed or ConnectionRefusedError("no address")


class _Malformed(Exception):
    """What came is no answer of HTTP/1.1, or its head has no end."""


class _Gone(Exception):
    """The connection ended before the first byte of an answer."""


class _Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._used = time.monotonic()
        self.usable = True

    def is_fresh(self) -> bool:
        return not self._reader.at_eof() and time.monotonic() - self._used < IDLE_SECONDS

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self._writer.transport.abort()

    async def ask(self, message: bytes) -> int:
        """Send the request and return the status; `usable` says whether the connection can take the next one."""
        try:
            self._writer.write(message)
            await self._writer.drain()
            return await self._answer()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise _Gone from error

    async def _answer(self) -> int:
        answer = _Answer()
        while True:
            content = await self._read()
            if not content:
                if answer.size:
                    raise ConnectionAbortedError("closed in the middle of an answer")
                raise _Gone
            answer.feed(content)
            if answer.head_ended:
                break
            if answer.size > HEAD_BYTES:
                raise _Malformed
        status = answer.status
        # The status is the answer: a body that never ends costs the connection, and nothing else.
        with contextlib.suppress(TimeoutError, OSError, _Malformed):
            async with asyncio.timeout(DRAIN_SECONDS):
                while not answer.ended and answer.size < HEAD_BYTES + DRAIN_BYTES and (more := await self._read()):
                    answer.feed(more)
        self.usable = answer.ended and answer.keeps_open
        self._used = time.monotonic()
        return status

    async def _read(self) -> bytes:
        return await self._reader.read(READ_BYTES)


class _Answer:
    """Reads one answer; interim ones (1xx) are skipped."""

    def __init__(self) -> None:
        self.head_ended = self.ended = self.keeps_open = False
        self.status = 0
        self.size = 0
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, content: bytes) -> None:
        self.size += len(content)
        try:
            self._parser.feed_data(content)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            raise _Malformed from error

    # Called by the parser.
    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if not 100 <= status < 200 and not self.head_ended:
            self.status, self.head_ended = status, True
            self.keeps_open = self._parser.should_keep_alive()

    def on_message_complete(self) -> None:
        if self.head_ended:
            # A second answer to one request would be read as the next one's.
            if self.ended:
                self.keeps_open = False
            self.ended = True


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
