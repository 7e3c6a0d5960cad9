"""Posting to receivers of every kind: each request ends in bounded time with a status or a reason."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from shared.outward import Guard, Outward, networks_of, target_of
from shared.outward.posting import Answered, Poster

Play = Callable[[asyncio.StreamReader, asyncio.StreamWriter, int], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@asynccontextmanager
async def receiver(
    play: Play, *, host: str = "127.0.0.1", seconds: float = 2.0
) -> AsyncIterator[tuple[Poster, list[int]]]:
    """A receiver that plays once for each request, with its number on the connection."""
    connections: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(0)
        place = len(connections) - 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                await reader.readexactly(length)
                connections[place] += 1
                await play(reader, writer, sum(connections))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    outward = Outward(Guard(networks_of("127.0.0.1/32")))
    poster = Poster(target_of(f"http://{host}:{port}/hook"), outward, seconds)
    try:
        yield poster, connections
    finally:
        poster.close()
        outward.close()
        server.close()


async def posted(poster: Poster) -> Answered:
    return await poster.post({"webhook-id": "m"}, b'{"a":1}')


async def test_a_connection_is_used_again_and_one_that_was_closed_meanwhile_costs_nothing() -> None:
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        writer.write(OK)
        if number == 3:
            writer.close()

    async with receiver(play) as (poster, connections):
        for _ in range(5):
            assert (await posted(poster))[:2] == (200, None)
            await asyncio.sleep(0)
        assert sum(connections) == 5
        assert len(connections) == 2


@pytest.mark.parametrize(
    "said, status, failure",
    [
        (b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n", 503, None),
        (b"HTTP/1.1 302 Found\r\nlocation: http://10.0.0.1/\r\ncontent-length: 0\r\n\r\n", 302, None),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, 200, None),
        (b"HTTP/1.0 204 None\r\n\r\n", 204, None),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 10000000\r\n\r\n" + b"x" * 1_000_000, 200, None),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab", 200, None),
        (b"HTTP/1.1 101 Switching\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n", None, "protocol"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", None, "protocol"),
        (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 10_000, None, "protocol"),
        (b"HTTP/1.1 200 OK\r\nx: ", None, "connection"),
        (b"", None, "connection"),
    ],
)
async def test_whatever_the_receiver_says_once_and_closes(said: bytes, status: int | None, failure: str | None) -> None:
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        writer.write(said)
        writer.close()

    async with receiver(play) as (poster, _):
        assert (await posted(poster))[:2] == (status, failure)


async def test_silence_and_a_status_line_without_end_run_into_the_time_out() -> None:
    async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        for one in OK[:-8] if number > 1 else b"":
            writer.write(bytes([one]))
            await asyncio.sleep(0.05)
        await asyncio.sleep(5)

    async with receiver(drips, seconds=0.3) as (poster, connections):
        for _ in range(2):
            found = await posted(poster)
            assert found[:2] == (None, "timeout")
            assert found.seconds < 2
        assert connections == [1, 1], "a connection that timed out is not used again"


async def test_a_body_that_never_ends_is_a_delivery_and_holds_nobody() -> None:
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1\r\nx\r\n")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with receiver(play) as (poster, connections):
        for _ in range(2):
            found = await posted(poster)
            assert found[:2] == (200, None)
            assert found.seconds < 1.5
        assert connections == [1, 1]


async def test_nobody_there_a_refused_address_and_plain_text_under_tls() -> None:
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        writer.write(OK)

    async with receiver(play, host="127.0.0.2") as (elsewhere, connections):
        assert (await posted(elsewhere))[:2] == (None, "address")
        assert connections == []

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    outward = Outward(Guard(networks_of("127.0.0.1/32")))
    assert (await posted(Poster(target_of(f"https://127.0.0.1:{port}/"), outward, 2)))[:2] == (None, "tls")
    server.close()
    await server.wait_closed()
    assert (await posted(Poster(target_of(f"http://127.0.0.1:{port}/"), outward, 2)))[:2] == (None, "connection")
