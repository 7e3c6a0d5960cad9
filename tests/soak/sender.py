"""The channel at work: a stated rate while everything holds, and each request under its key until it is accepted.

Raw keep-alive connections: on two cores whatever the sender takes, the services lack.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from random import Random
from urllib.parse import urlsplit

import orjson
from standardwebhooks import Webhook

from tests.bench.load import Connection
from tests.soak.plan import Plan
from tests.soak.site import Account
from tests.soak.traffic import Claim, Request, Traffic

TRY_SECONDS = 5.0
"""A request unanswered for so long is ambiguous: it is sent again, to whichever edge is next."""
RETRY_SECONDS = 0.2
SIGN_AGAIN_SECONDS = 1.1
"""A signed message that is sent again needs a later timestamp, which counts whole seconds."""
PATIENCE_SECONDS = 180.0
"""Beyond this a request that nobody accepts is a failure."""
AVOIDED_SECONDS = 2.0
"""Who did not answer is not asked so long, where another can be: as a proxy in front of them would have it."""
CATCH_UP_SECONDS = 1.0
"""What the sender could not send is made up for so long at most; beyond it the rate was not reached."""
HELD_POLL_SECONDS = 0.05
REPEATED = 0.02
"""Of the claims: sent again although they were answered, as by a client that lost the answer."""
LOOKED_AT = 0.02
"""Of the claims: read back by a client that waits until its own write can be seen."""
WAIT_SECONDS = 10


class Wrong(Exception):
    """An answer that no correct system gives, or none at all."""


class Line(Connection):
    """A connection that knows when it is of no use any more."""

    lost = False

    @classmethod
    async def open(cls, url: str) -> Line:
        line = await super().open(url)
        assert isinstance(line, Line)
        return line

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        super().connection_lost(error)


@dataclass(slots=True)
class Tally:
    """What came of it so far."""

    registrations: int = 0
    accepted: int = 0
    again: Counter[str] = field(default_factory=Counter)
    """Why something was sent again."""
    repeated: int = 0
    seen: list[float] = field(default_factory=list)
    """Seconds from 202 until the registration could be read by whoever asked to wait."""
    not_seen: Counter[str] = field(default_factory=Counter)
    held_up_seconds: float = 0.0
    """How long the sender waited because the lag was at its limit."""


@dataclass(slots=True)
class Sender:
    """Sends for all vendors until told to stop; what is under way then is accepted too."""

    plan: Plan
    edges: Sequence[str]
    queries: Sequence[str]
    traffics: Sequence[Traffic]
    lag: Callable[[], int]
    tally: Tally = field(default_factory=Tally)
    _idle: defaultdict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    _turn: count[int] = field(default_factory=count)
    _avoided: dict[str, float] = field(default_factory=dict)
    """Until when."""
    _due: float = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Raises `Wrong` for the first answer that must not be."""
        self._due = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(self.plan.in_flight):
                traffic = self.traffics[number % len(self.traffics)]
                group.create_task(self._work(traffic, Random(f"{self.plan.seed}-{number}"), stop))
        for line in (line for lines in self._idle.values() for line in lines):
            line.close()

    async def _work(self, traffic: Traffic, chance: Random, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._appointed(stop)
            if stop.is_set():
                return
            claim = traffic.claim()
            await self._accepted(traffic, claim)
            self.tally.registrations += 1
            if chance.random() < REPEATED:
                await self._tell(claim)
                self.tally.repeated += 1
            if chance.random() < LOOKED_AT:
                await self._look(traffic.account, claim.claim)
            if (more := traffic.follow_up()) is not None:
                await self._accepted(traffic, more)

    async def _appointed(self, stop: asyncio.Event) -> None:
        """The next claim's time has come, and the services are not too far behind."""
        self._due = max(self._due + 1 / self.plan.rate, time.monotonic() - CATCH_UP_SECONDS)
        await asyncio.sleep(max(0.0, self._due - time.monotonic()))
        while self.lag() > self.plan.lag_limit and not stop.is_set():
            self.tally.held_up_seconds += HELD_POLL_SECONDS / self.plan.in_flight
            await asyncio.sleep(HELD_POLL_SECONDS)

    async def _accepted(self, traffic: Traffic, request: Request) -> None:
        await self._tell(request)
        traffic.done(request)
        self.tally.accepted += 1

    async def _tell(self, request: Request) -> None:
        """It is accepted under its fact, at once or after repetitions under its key."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            edge = self._next_of(self.edges)
            try:
                status, body = await self._ask(edge, _rendered(request, edge))
                why = str(status)
                if status == 202:
                    fact = orjson.loads(body)["fact"]
                    if fact != request.fact:
                        raise Wrong(f"{request.key} of {request.account.vendor} is {request.fact}, answered {fact}")
                    return
                if status not in (429, 503):
                    raise Wrong(f"{request.method} {request.path} ({request.key}) was answered {status}: {body!r}")
            except (OSError, TimeoutError) as error:
                why = type(error).__name__
            self.tally.again[why] += 1
            if time.monotonic() > end:
                raise Wrong(f"nobody accepted {request.key} of {request.account.vendor}: {self.tally.again}")
            await asyncio.sleep(SIGN_AGAIN_SECONDS if request.of_the_crm else RETRY_SECONDS)

    async def _look(self, account: Account, claim: Claim) -> None:
        """Reads the registration as a client that wants to see its own write; who dies meanwhile is not asked again."""
        query, began = self._next_of(self.queries), time.monotonic()
        where = f"/v1/registrations/{claim.id}?min_position={claim.fact}&wait={WAIT_SECONDS}"
        get = f"GET {where} HTTP/1.1\r\nHost: soak\r\nAuthorization: Bearer {account.key}\r\n\r\n"
        try:
            status, body = await self._ask(query, get.encode(), WAIT_SECONDS + TRY_SECONDS)
        except (OSError, TimeoutError) as error:
            self.tally.not_seen[type(error).__name__] += 1
            return
        if status == 200:
            self.tally.seen.append(time.monotonic() - began)
        elif status == 503:
            self.tally.not_seen["503"] += 1
        else:
            raise Wrong(f"GET {where} was answered {status}: {body!r}")

    def _next_of(self, urls: Sequence[str]) -> str:
        now, place = time.monotonic(), next(self._turn)
        well = [url for url in urls if self._avoided.get(url, 0.0) <= now]
        return well[place % len(well)] if well else urls[place % len(urls)]

    async def _ask(self, url: str, request: bytes, seconds: float = TRY_SECONDS) -> tuple[int, bytes]:
        try:
            async with asyncio.timeout(seconds):
                line = await self._line(url)
                try:
                    answer = await line.ask(request)
                except BaseException:
                    line.close()
                    raise
        except (OSError, TimeoutError):
            self._avoided[url] = time.monotonic() + AVOIDED_SECONDS
            raise
        self._idle[url].append(line)
        return answer

    async def _line(self, url: str) -> Line:
        idle = self._idle[url]
        while idle:
            if not (line := idle.pop()).lost:
                return line
        return await Line.open(url)


def _rendered(request: Request, url: str) -> bytes:
    """As it goes over the wire; a signed message is signed anew each time."""
    media_type = "application/merge-patch+json" if request.method == "PATCH" else "application/json"
    headers = {"Host": urlsplit(url).netloc, "Content-Type": media_type, "Content-Length": str(len(request.body))}
    account = request.account
    if request.of_the_crm:
        now = datetime.now(UTC)
        headers["Webhook-Id"] = request.key
        headers["Webhook-Timestamp"] = str(int(now.timestamp()))
        headers["Webhook-Signature"] = Webhook(account.secret).sign(request.key, now, request.body.decode())
    else:
        headers |= {"Authorization": f"Bearer {account.key}", "Idempotency-Key": request.key}
    if request.if_match is not None:
        headers["If-Match"] = f'"{request.if_match}"'
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{request.method} {request.path} HTTP/1.1\r\n{head}\r\n".encode() + request.body
