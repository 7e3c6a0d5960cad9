"""What the routes of attribution work with, put together once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, cast

from fastapi import Request

from services.attribution.check_log import CheckLog
from services.attribution.checking import Looked, look
from services.attribution.metrics import CHECKS
from shared.credentials import RateLimit
from shared.events.registration import RegistrationSubmitted
from shared.http.problems import TooMany
from shared.observability import Health, unanswered
from shared.partitions.following import DECIDER, Following
from shared.settings import Settings

AT_A_TIME = 3
"""Checks that hold a connection at once: the others of the pool are for the rest of the process."""


class ChecksTooMany(TooMany):
    """The credential or the partner has asked as often as it may for now."""

    def __init__(self, detail: str, retry_after_seconds: int) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True)
class Checks:
    """The parts of the service."""

    settings: Settings
    pool: Any
    log: CheckLog
    rate: RateLimit
    room: asyncio.Semaphore
    following: Following

    async def health(self) -> Health:
        """Whether checks are answered; a decider that stands still leaves the answers old, and is told by name."""
        found = await unanswered({"database": lambda: self.pool.fetchval("SELECT 1")})
        return found if found.missing else await self.following.degraded([DECIDER])

    def limit(self, request: Request, *callers: str) -> None:
        """Counts the check against the rate of each; raises `ChecksTooMany`.

        The answer's headers tell of this rate, of whoever has least left, beside that of all requests.
        """
        left = min(self.rate.take(who) for who in callers)
        own, all_requests = self.rate.headers(left), request.state.answer_headers
        request.state.answer_headers = {name: f"{value}, {own[name]}" for name, value in all_requests.items()}
        if left < 0:
            CHECKS.labels("limited").inc()
            seconds = self.rate.wait_seconds(left)
            detail = f"more than {self.rate.most} checks in {self.rate.seconds} seconds; wait {seconds} seconds"
            raise ChecksTooMany(detail, seconds)

    async def look(self, vendor: str, principal: str, asked: RegistrationSubmitted) -> Looked:
        """What is found, and on file who asked."""
        async with self.room:
            looked = await look(self.pool, vendor, asked)
        answer = "refused" if isinstance(looked.found, tuple) else looked.found.answer
        # Before anybody is told: no answer without its row.
        await self.log.write(vendor, principal, asked, answer)
        CHECKS.labels(answer).inc()
        return looked


def checks_of(request: Request) -> Checks:
    """The parts that serve this request."""
    return cast(Checks, request.app.state.checks)
