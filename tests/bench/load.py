"""The load, a process of its own: keep-alive connections that post registrations, in a closed or an open loop."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit

import orjson

from tests.bench.mixed import claim_body

LOOK_EVERY = 10
"""Of the posts in an open loop, one in so many is followed until it is visible."""
LOOK_SECONDS = 0.005


@dataclass
class Load:
    """Where to post, as whom, and what came of it; times in seconds."""

    url: str
    token: str
    prefix: str
    numbers: count[int] = field(default_factory=count)
    accepted: list[float] = field(default_factory=list)
    visible: list[float] = field(default_factory=list)
    failed: int = 0

    def request(self, number: int) -> bytes:
        """A POST of about 900 bytes of JSON under a key of its own."""
        body = orjson.dumps(
            claim_body(f"partner-{number % 60}", hash((self.prefix, number)) % 10**9, "Model 1", sealed=False)
        )
        head = (
            f"POST /v1/registrations HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {self.prefix}-{number}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


class Connection:
    """One keep-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, url: str) -> Connection:
        parts = urlsplit(url)
        return cls(*await asyncio.open_connection(parts.hostname, parts.port))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """The answer's status and body."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
        )
        return int(head[9:12]), await self.reader.readexactly(length)


async def closed(load: Load, connections: int, posts: int) -> float:
    """Posts a second, each connection sending its next request when the last one is answered."""

    async def one(mine: int) -> None:
        connection = await Connection.open(load.url)
        for _ in range(mine):
            status, _ = await connection.ask(load.request(next(load.numbers)))
            load.failed += status != 202
        connection.writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one(posts // connections) for _ in range(connections)))
    return posts / (time.perf_counter() - began)


async def open_loop(load: Load, rate: float, posts: int) -> None:
    """Posts at their appointed times whatever the answers do; latency counts from the appointed time."""
    idle: list[Connection] = []
    began = time.perf_counter() + 0.05

    async def one(number: int) -> None:
        due = began + number / rate
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        connection = idle.pop() if idle else await Connection.open(load.url)
        status, body = await connection.ask(load.request(next(load.numbers)))
        load.accepted.append(time.perf_counter() - due)
        load.failed += status != 202
        if number % LOOK_EVERY == 0 and status == 202:
            await look(connection, orjson.loads(body)["location"], due)
        idle.append(connection)

    async def look(connection: Connection, location: str, due: float) -> None:
        get = f"GET {location} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {load.token}\r\n\r\n".encode()
        while (await connection.ask(get))[0] == 202:
            await asyncio.sleep(LOOK_SECONDS)
        load.visible.append(time.perf_counter() - due)

    await asyncio.gather(*(one(number) for number in range(posts)))


def quantile(values: list[float], part: float) -> float | None:
    """The value that this part of them does not exceed, in milliseconds."""
    ordered = sorted(values)
    return round(ordered[min(int(part * len(ordered)), len(ordered) - 1)] * 1000, 1) if ordered else None


async def main(how: str, url: str, token: str, posts: int, speed: float) -> dict[str, object]:
    """What the run came to, for the process that asked."""
    load = Load(url, token, f"{how}-{time.time_ns()}")
    if how == "closed":
        rate = await closed(load, int(speed), posts)
        return {"posts_per_s": round(rate), "failed": load.failed}
    await open_loop(load, speed, posts)
    told = {"accept_ms": load.accepted, "visible_ms": load.visible}
    return {"failed": load.failed} | {
        name: {"p50": quantile(values, 0.5), "p99": quantile(values, 0.99), "n": len(values)}
        for name, values in told.items()
    }


if __name__ == "__main__":
    _, how, url, token, posts, speed = sys.argv
    print(orjson.dumps(asyncio.run(main(how, url, token, int(posts), float(speed)))).decode())
