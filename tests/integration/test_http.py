"""HTTP on a real socket: what is too large, too slow or no HTTP is refused by a problem document, and closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest
import pytest_asyncio
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from dealreg.runtime import http_protocol
from dealreg.runtime.server import listen, serving

SECONDS = 120.0


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    body = await request.body()
    told = f"{request.method} {request.url.path} {request.headers.get('host')} {len(body)}"
    await PlainTextResponse(told)(scope, receive, send)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def port() -> AsyncIterator[int]:
    listener = listen("127.0.0.1", 0)
    async with serving(_echo, listener):
        yield int(listener.getsockname()[1])


async def asked(port: int, raw: bytes) -> bytes:
    """All that is answered until the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(raw)
        async with asyncio.timeout(SECONDS):
            return await reader.read()
    finally:
        writer.transport.abort()


def head(*lines: str, start: str = "GET / HTTP/1.1") -> bytes:
    return "\r\n".join([start, *lines, "", ""]).encode()


REFUSED = {
    "no host": (head(), 400, "http.host"),
    "two hosts": (head("Host: a", "Host: b"), 400, "http.host"),
    "empty host": (head("Host:"), 400, "http.host"),
    "host with a path": (head("Host: a/b"), 400, "http.host"),
    "no request line": (b"GARBAGE\r\n\r\n", 400, "http.malformed"),
    "tls": (b"\x16\x03\x01\x02\x00\x01\x00", 400, "http.malformed"),
    "bare newlines": (b"GET / HTTP/1.1\nHost: a\n\n", 400, "http.malformed"),
    "space before the colon": (head("Host : a"), 400, "http.malformed"),
    "folded header": (head("Host: a", "X: b", " c"), 400, "http.malformed"),
    "length and chunks": (
        head("Host: a", "Content-Length: 5", "Transfer-Encoding: chunked", start="POST / HTTP/1.1") + b"0\r\n\r\n",
        400,
        "http.malformed",
    ),
    "two lengths": (head("Host: a", "Content-Length: 1", "Content-Length: 2"), 400, "http.malformed"),
    "chunk without a size": (
        head("Host: a", "Transfer-Encoding: chunked", start="POST / HTTP/1.1") + b"zz\r\n",
        400,
        "http.malformed",
    ),
    "version": (head("Host: a", start="GET / HTTP/2.0"), 505, "http.version"),
    "expectation": (head("Host: a", "Expect: wonders"), 417, "http.expectation"),
    "long target": (head("Host: a", start=f"GET /{'a' * http_protocol.MAX_TARGET_BYTES} HTTP/1.1"), 414, None),
    "large header": (head("Host: a", f"X: {'a' * http_protocol.MAX_HEAD_BYTES}"), 431, "http.head_too_large"),
    "many headers": (head("Host: a", *["X: a"] * http_protocol.MAX_HEADERS), 431, "http.head_too_large"),
    "endless header": (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20_000_000, 431, "http.head_too_large"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_no_request_is_refused(port: int, what: str) -> None:
    raw, status, code = REFUSED[what]
    answer = await asked(port, raw)
    told, _, body = answer.partition(b"\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 %d " % status), told
    assert b"content-type: application/problem+json" in told
    assert b"connection: close" in told
    document = orjson.loads(body)
    assert document["status"] == status
    assert code is None or document["code"] == code


@pytest.mark.parametrize(
    "raw, answer",
    [
        (head("Host: a:8080", "Connection: close"), b"GET / a:8080 0"),
        (head("Host: [::1]:80", "Connection: close"), b"GET / [::1]:80 0"),
        (head(start="GET / HTTP/1.0"), b"GET / None 0"),
        (head("Host: b", "Connection: close", start="GET http://a/x?y=1 HTTP/1.1"), b"GET /x a 0"),
        (head("Host: b", "Connection: close", start="GET http://a HTTP/1.1"), b"GET / a 0"),
        (
            head("Host: a", "Connection: close", "Transfer-Encoding: chunked", start="POST / HTTP/1.1")
            + b"3\r\nabc\r\n0\r\n\r\n",
            b"POST / a 3",
        ),
        (
            head("Host: a", "Connection: close", "Expect: 100-continue", "Content-Length: 2", start="POST / HTTP/1.1")
            + b"ab",
            b"POST / a 2",
        ),
    ],
)
async def test_what_is_a_request_is_answered(port: int, raw: bytes, answer: bytes) -> None:
    assert (await asked(port, raw)).endswith(answer)


async def test_a_large_body_and_a_further_request_in_the_same_bytes(port: int) -> None:
    body = b"a" * 200_000
    first = head("Host: a", f"Content-Length: {len(body)}", start="POST / HTTP/1.1") + body
    answer = await asked(port, first + head("Host: a", "Connection: close"))
    assert answer.count(b"HTTP/1.1 200") == 2


@pytest.mark.parametrize(
    "raw, refused",
    [
        (b"", False),
        (b"\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-Half", True),
        (head("Host: a", "Content-Length: 10", start="POST / HTTP/1.1") + b"half", True),
        (head("Host: a") + b"GET /", True),
    ],
)
async def test_silence_ends(port: int, raw: bytes, refused: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(http_protocol, "BODY_IDLE_SECONDS", 0.3)
    monkeypatch.setattr(http_protocol, "LINGER_SECONDS", 0.1)
    answer = await asked(port, raw)
    assert (b"HTTP/1.1 408 " in answer) == refused


async def test_bytes_that_trickle_do_not_prolong_the_head(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_SECONDS", 0.5)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def trickle() -> None:
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
        while True:
            writer.write(b"a")
            await asyncio.sleep(0.05)

    trickling = asyncio.create_task(trickle())
    try:
        async with asyncio.timeout(SECONDS):
            assert b" 408 " in await reader.readline()
    finally:
        trickling.cancel()
        writer.transport.abort()


@pytest.mark.parametrize(
    "trusted, client", [("", "127.0.0.1"), ("192.0.2.1", "127.0.0.1"), ("127.0.0.1", "198.51.100.7")]
)
async def test_only_a_trusted_proxy_says_who_the_client_is(trusted: str, client: str) -> None:
    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(f"from {scope['client'][0]}")(scope, receive, send)

    listener = listen("127.0.0.1", 0)
    async with serving(told, listener, trusted):
        raw = head("Host: a", "Connection: close", "X-Forwarded-For: 198.51.100.7")
        answer = await asked(int(listener.getsockname()[1]), raw)
    assert answer.endswith(f"from {client}".encode())
