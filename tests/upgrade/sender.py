"""A partner's system that never stops: it claims deals, gives some up, and repeats what was not answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from tests.until import PATIENT_SECONDS

PAUSE_SECONDS = 0.1
"""Some twenty requests a second: hardly an instant without one, and little beside the processes that start."""
WITHDRAW_EVERY = 3
RETRY_SECONDS = 0.05


@dataclass(slots=True)
class Accepted:
    """A request that was answered 202."""

    vendor: str
    kind: str
    location: str
    fact: str
    tries: int


@dataclass(slots=True)
class Sender:
    """Sends to whichever edge answers, under one key for each request however often it is repeated."""

    edges: list[str]
    keys: Mapping[str, str]
    """By vendor."""
    accepted: list[Accepted] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Answers that no repetition can help; a correct system gives none."""
    repeated: list[str] = field(default_factory=list)
    """Why something was sent again."""
    _numbers: count[int] = field(default_factory=count)
    _turns: count[int] = field(default_factory=count)

    async def run(self, stop: asyncio.Event) -> None:
        """Every vendor's requests in turn until told to stop; the last one is answered."""
        async with httpx.AsyncClient(timeout=PATIENT_SECONDS) as client:
            while not stop.is_set():
                for vendor in self.keys:
                    await self.claim(client, vendor)
                await asyncio.sleep(PAUSE_SECONDS)

    async def claim(self, client: httpx.AsyncClient, vendor: str) -> Accepted:
        """One more customer is claimed; every third claim is given up at once."""
        n = next(self._numbers)
        customer = {"legal_name": f"Customer {n}", "country": "EG", "tax_id": str(100_000_000 + n)}
        body = {"program": "hunting", "partner": "a", "customer": customer, "products": ["X"]}
        claim = await self.send(client, vendor, "claim", "/v1/registrations", body)
        if n // len(self.keys) % WITHDRAW_EVERY == 0:
            await self.send(client, vendor, "withdrawal", f"{claim.location}/withdrawal", {"reason": "postponed"})
        return claim

    async def send(
        self, client: httpx.AsyncClient, vendor: str, kind: str, path: str, body: Mapping[str, Any]
    ) -> Accepted:
        """The request is accepted, at the latest after some repetitions under its key."""
        told = {"Authorization": f"Bearer {self.keys[vendor]}", "Idempotency-Key": f"request-{next(self._numbers)}"}
        deadline = asyncio.get_running_loop().time() + PATIENT_SECONDS
        for tries in count(1):
            edge = self.edges[next(self._turns) % len(self.edges)]
            try:
                answer = await client.post(f"{edge}{path}", json=body, headers=told)
                if answer.status_code == 202:
                    found = Accepted(vendor, kind, answer.headers["Location"], answer.json()["fact"], tries)
                    self.accepted.append(found)
                    return found
                if answer.status_code != 503 or "Retry-After" not in answer.headers:
                    self.refused.append(answer.text)
                    raise AssertionError(answer.text)
                self.repeated.append(answer.text)
            except httpx.TransportError as error:
                self.repeated.append(type(error).__name__)
            assert asyncio.get_running_loop().time() < deadline, self.repeated[-1]
            await asyncio.sleep(RETRY_SECONDS)
        raise AssertionError


@asynccontextmanager
async def sending(sender: Sender) -> AsyncIterator[None]:
    """It sends all through the block; the block ends with it where an answer is one that it cannot get over."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(sender.run(stop))
        try:
            yield
        finally:
            stop.set()
