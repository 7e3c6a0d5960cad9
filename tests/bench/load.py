"""The load, a process of its own: keep-alive connections that post registrations, in a closed or an open loop.

A raw protocol and requests made before the clock starts: on two cores whatever the load takes, the server lacks.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

import orjson
import uvloop

from tests.bench.mixed import PARTNERS, PRODUCTS, claim_body

WARM_UP_SECONDS = 1.0
"""Sockets open, caches and connection pools filled; not counted."""
READY_CONNECTIONS = 64
WAIT_SECONDS = 10
"""How long a reader asks the query API to wait for its registration."""


@dataclass(frozen=True, slots=True)
class Job:
    """What one run of the load does; `connections` in a closed loop, `rate` in an open one."""

    url: str
    token: str
    run: str
    """Makes the keys of this run, and its customers, unlike those of any other."""
    seconds: float
    connections: int = 0
    rate: int = 0
    look_every: int = 0
    """One post in so many is followed until its registration can be read; 0 follows none."""
    prepared: int = 20_000


def posts(job: Job) -> list[bytes]:
    """Requests of about 620 bytes of JSON, each under a key of its own."""
    host = urlsplit(job.url).netloc
    first = int(job.run) * 1_000_000
    return [_post(job, host, first + number) for number in range(job.prepared)]


def _post(job: Job, host: str, number: int) -> bytes:
    partner, product = f"partner-{number % PARTNERS}", f"Model {number % PRODUCTS}"
    body = orjson.dumps(claim_body(partner, number, product, sealed=False))
    head = (
        f"POST /v1/registrations HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {job.token}\r\n"
        f"Content-Type: application/json\r\nIdempotency-Key: {job.run}-{number}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self.closed = False
        """By the server, which keeps what nobody uses for some seconds alone."""
        self._transport: asyncio.Transport

    @classmethod
    async def open(cls, url: str) -> Connection:
        host, _, port = urlsplit(url).netloc.rpartition(":")
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, int(port))
        return connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own class is none of asyncio's

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = True
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionError("the server closed the connection"))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """The status and the body of the answer."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        self._transport.close()

    def data_received(self, received: bytes) -> None:
        self._buffer += received
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found or self._answer is None:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(rest) >= length and not self._answer.done():
            self._buffer = rest[length:]
            self._answer.set_result((int(head[9:12]), rest[:length]))


@dataclass
class Outcome:
    """What came of the counted part of a run; times in seconds."""

    accepted: list[float] = field(default_factory=list)
    visible: list[float] = field(default_factory=list)
    failed: int = 0
    first_failure: str = ""
    processor_seconds: float = 0.0
    """Of the load itself: near the length of the run, the load is what was measured."""

    def count(self, status: int, body: bytes, seconds: float) -> None:
        if status == 202:
            self.accepted.append(seconds)
            return
        self.failed += 1
        self.first_failure = self.first_failure or f"{status} {body[:300].decode(errors='replace')}"

    def told(self, seconds: float) -> dict[str, Any]:
        """For the process that asked."""
        return {
            "posts": len(self.accepted),
            "per_s": len(self.accepted) / seconds,
            "processor_share": self.processor_seconds / seconds,
            "failed": self.failed,
            "first_failure": self.first_failure,
            "accept_ms": _milliseconds(self.accepted),
            "visible_ms": _milliseconds(self.visible),
        }


async def closed(job: Job) -> dict[str, Any]:
    """As many as the server takes: each connection sends its next post when the last one is answered.

    It ends when the time is over, or when all posts that were prepared are sent.
    """
    prepared, outcome = deque(posts(job)), Outcome()
    counted_from = time.perf_counter() + WARM_UP_SECONDS
    end = counted_from + job.seconds

    async def one(connection: Connection) -> None:
        while prepared and (sent := time.perf_counter()) < end:
            status, body = await connection.ask(prepared.popleft())
            if sent >= counted_from:
                outcome.count(status, body, time.perf_counter() - sent)
        connection.close()

    before = time.process_time()
    await asyncio.gather(*[one(await Connection.open(job.url)) for _ in range(job.connections)])
    outcome.processor_seconds = (time.process_time() - before) * job.seconds / (job.seconds + WARM_UP_SECONDS)
    return outcome.told(time.perf_counter() - counted_from)


async def open_loop(job: Job) -> dict[str, Any]:
    """Posts at their appointed times whatever the answers do; latency counts from the appointed time."""
    warm = int(job.rate * WARM_UP_SECONDS)
    prepared, outcome = posts(job)[: int(job.rate * job.seconds) + warm], Outcome()
    idle = [await Connection.open(job.url) for _ in range(READY_CONNECTIONS)]
    began = time.perf_counter() + 0.1

    async def one(number: int, request: bytes) -> None:
        due = began + number / job.rate
        connection = idle.pop() if idle else None
        while connection is not None and connection.closed:
            connection = idle.pop() if idle else None
        if connection is None:
            connection = await Connection.open(job.url)
        status, body = await connection.ask(request)
        answered = time.perf_counter()
        if number >= warm:
            outcome.count(status, body, answered - due)
            if job.look_every and number % job.look_every == 0 and status == 202:
                await look(connection, orjson.loads(body))
                outcome.visible.append(time.perf_counter() - due)
        idle.append(connection)

    async def look(connection: Connection, accepted: dict[str, str]) -> None:
        """Reads as a client does that wants to see its own write."""
        where = f"{accepted['location']}?min_position={accepted['fact']}&wait={WAIT_SECONDS}"
        get = f"GET {where} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {job.token}\r\n\r\n"
        status, body = await connection.ask(get.encode())
        if status != 200:
            raise RuntimeError(f"reading {where} answered {status} {body[:300]!r}")

    tasks = []
    for number, request in enumerate(prepared):
        await asyncio.sleep(max(began + number / job.rate - time.perf_counter(), 0))
        tasks.append(asyncio.create_task(one(number, request)))
    for task in tasks:  # nearly all are done: a gathering of thousands would hold the last answers up
        await task
    return outcome.told(job.seconds)


def _milliseconds(seconds: list[float]) -> dict[str, float] | None:
    if not seconds:
        return None
    ordered = sorted(seconds)
    return {
        name: round(ordered[min(int(part * len(ordered)), len(ordered) - 1)] * 1_000, 2)
        for name, part in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0))
    }


async def main() -> None:
    """The job comes on standard input, the outcome goes to standard output."""
    job = Job(**orjson.loads(sys.stdin.buffer.read()))
    outcome = await (closed(job) if job.connections else open_loop(job))
    sys.stdout.buffer.write(orjson.dumps(outcome))


if __name__ == "__main__":
    uvloop.run(main())
