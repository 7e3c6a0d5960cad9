"""HTTP/1.1 on a connection: bound and refuse, with a problem document, what the parser alone would accept.

uvicorn's httptools protocol bounds neither the size of a head nor the time that it may take, needs no `Host`, and
answers what cannot be parsed in plain text.
"""

from __future__ import annotations

import asyncio
import re
from http import HTTPStatus
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from shared.http.problems import MEDIA_TYPE, document

MAX_TARGET_BYTES = 16_384
"""Bytes of path and query: a cursor has 4,000 characters, fifty values of a filter about as many."""
MAX_HEAD_BYTES = 32_768
"""Bytes of request line and headers: proxies allow 8 to 32 KiB."""
MAX_HEADERS = 100
"""Headers: a browser behind two proxies sends about forty."""
HEAD_SECONDS = 10.0
"""Time from the connection, or the first byte of a further request, to the end of its headers."""
BODY_IDLE_SECONDS = 30.0
"""Time without a byte of the body: a phone that is offline for longer retries."""
LINGER_SECONDS = 2.0
"""What still comes after a refusal is read and dropped so long: a connection that is closed at once may lose the
refusal on its way."""

# A name, an IPv4 address or an IPv6 one in brackets, and a port (RFC 9110, section 7.2).
_HOST = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(:[0-9]{0,5})?")
_ABSOLUTE = re.compile(rb"[a-z][a-z0-9+.-]*://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_Refusal = tuple[int, str, str]
_UNREADABLE: _Refusal = (400, "http.malformed", "this is not an HTTP/1.1 request; send one as RFC 9112 defines it")
_HEAD_TOO_LARGE: _Refusal = (
    431,
    "http.head_too_large",
    f"request line and headers may have {MAX_HEAD_BYTES} bytes in {MAX_HEADERS} headers; send fewer",
)
_TARGET_TOO_LONG: _Refusal = (414, "http.target_too_long", f"path and query may have {MAX_TARGET_BYTES} bytes")
_HOST_WRONG: _Refusal = (400, "http.host", "send one Host header with the requested name, such as Host: localhost")
_VERSION: _Refusal = (505, "http.version", "send HTTP/1.1")
_EXPECTATION: _Refusal = (417, "http.expectation", "the only supported expectation is 100-continue; leave Expect out")
_TOO_SLOW: _Refusal = (
    408,
    "http.too_slow",
    f"headers must be complete within {HEAD_SECONDS:.0f} s, and a body never silent for {BODY_IDLE_SECONDS:.0f} s",
)
REFUSALS = (
    _UNREADABLE, _HEAD_TOO_LARGE, _TARGET_TOO_LONG, _HOST_WRONG, _VERSION, _EXPECTATION, _TOO_SLOW,
)  # fmt: skip
"""A refusal before any application sees the request."""


class _Refused(Exception):
    """Ends the parsing; the parser turns it into an error of its own."""


class HttpProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._in_head = self._in_body = self._ended = False
        self._head_bytes = 0
        self._counted = 0
        self._hosts: list[bytes] = []
        self._refusal = _UNREADABLE
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._arm(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._ended:
            return
        was_in_head = self._in_head
        super().data_received(data)
        if self._over():
            return
        if self._in_body:
            self._arm(BODY_IDLE_SECONDS)
        elif self._reads_a_head():
            # Of a head that began within these bytes the parser's calls have counted what is whole.
            self._counted += len(data) if was_in_head else 0
            if self._counted > MAX_HEAD_BYTES:
                self._refuse(_HEAD_TOO_LARGE)
            elif self._timer is None:
                self._arm(HEAD_SECONDS)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._head_bytes = self._counted = 0
        self._hosts = []

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MAX_TARGET_BYTES:
            self._stop(_TARGET_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        # Without uvicorn's own: a request has a dozen of them.
        name = name.lower()
        headers = self.headers
        headers.append((name, value))
        self._head_bytes += len(name) + len(value) + 4
        if self._head_bytes + len(self.url) > MAX_HEAD_BYTES or len(headers) > MAX_HEADERS:
            self._stop(_HEAD_TOO_LARGE)
        if name == b"host":
            self._hosts.append(value)
        elif name == b"expect":
            if value.lower() != b"100-continue":
                self._stop(_EXPECTATION)
            self.expect_100_continue = True

    def on_headers_complete(self) -> None:
        self._check_head()
        self._begin()
        self._in_head, self._in_body = False, True
        self._disarm()

    def _begin(self) -> None:
        """Begin to answer the request, of which the head is there."""
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_body = False
        self._disarm()

    def _check_head(self) -> None:
        version = self.parser.get_http_version()
        if version not in ("1.1", "1.0"):
            self._stop(_VERSION)
        if len(self._hosts) > 1 or (not self._hosts and version == "1.1"):
            self._stop(_HOST_WRONG)
        if self._hosts and not _HOST.fullmatch(self._hosts[0].strip()):
            self._stop(_HOST_WRONG)
        if not self.url.startswith(b"/") and (absolute := _ABSOLUTE.fullmatch(self.url)):
            # The target's own host counts, whatever the header says (RFC 9112, section 3.2.2).
            self.headers[:] = [(n, absolute[1] if n == b"host" else v) for n, v in self.headers]
            self.url = absolute[2] if absolute[2].startswith(b"/") else b"/" + absolute[2]

    def _stop(self, refusal: _Refusal) -> None:
        self._refusal = refusal
        raise _Refused

    def send_400_response(self, msg: str) -> None:
        """What the parser could not read, or we did not let it."""
        self._refuse(self._refusal)

    def _refuse(self, refusal: _Refusal) -> None:
        """Answers, says nothing more, and closes."""
        self._ended = True
        self._disarm()
        under_way = self._answering()
        # An answer to an earlier request, or the rest of one that has begun, must not be mistaken for this one.
        if under_way and (self._in_head or self.cycle.response_started):
            self.transport.close()
            return
        if under_way:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(_written(refusal))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._timer = self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _over(self) -> bool:
        return self._ended or self.transport.is_closing()

    def _reads_a_head(self) -> bool:
        return self._in_head or not self._answering()

    def _answering(self) -> bool:
        cycle: Any = self.cycle  # None before the first request, whatever its type says
        return cycle is not None and not cycle.response_complete

    def _arm(self, seconds: float) -> None:
        self._disarm()
        self._timer = self.loop.call_later(seconds, self._too_slow)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        if self.transport.is_closing():
            return
        if self._in_body and self.flow.read_paused:
            # It is we who do not read.
            self._arm(BODY_IDLE_SECONDS)
        elif self._in_head or self._in_body:
            self._refuse(_TOO_SLOW)
        else:
            self.transport.close()


def _written(refusal: _Refusal) -> bytes:
    status, code, detail = refusal
    body = orjson.dumps(document(status=status, code=code, detail=detail, instance="/"))
    head = f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\n{_HEADERS}\r\n"
    return STATUS_LINE[HTTPStatus(status)] + head.encode() + body


# A request that cannot be read says no language.
_HEADERS = "connection: close\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\ncontent-language: en\r\n"
