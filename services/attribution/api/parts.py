"""The components of the attribution API, wired once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, cast

from fastapi import Request

from services.attribution.check_log import CheckLog
from services.attribution.checking import Looked, look
from services.attribution.metrics import CHECKS
from services.attribution.trials import Trials
from shared.credentials import RateLimit
from shared.errors import TooMany
from shared.events.registration import RegistrationSubmitted
from shared.observability import Health, unanswered
from shared.partitions.following import DECIDER, Following
from shared.settings import Settings

AT_A_TIME = 3
"""Checks that may hold a connection at once. The other connections are for the rest of the process."""


class ChecksTooMany(TooMany):
    """The credential or the partner has used up its rate of checks."""

    def __init__(self, detail: str, retry_after_seconds: int) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True)
class Checks:
    """Components of the service."""

    settings: Settings
    pool: Any
    log: CheckLog
    rate: RateLimit
    room: asyncio.Semaphore
    following: Following
    trials: Trials

    async def health(self) -> Health:
        """Report whether checks are answered, and whether the decider lags, which makes answers stale."""
        found = await unanswered({"database": lambda: self.pool.fetchval("SELECT 1")})
        return found if found.missing else await self.following.degraded([DECIDER])

    def limit(self, request: Request, *callers: str) -> None:
        """Count the check against the rates of credential and partner; raise `ChecksTooMany`.

        The response's headers show the tighter of these rates, beside that of all requests.
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
        """Check the claim, and record who asked."""
        async with self.room:
            looked = await look(self.pool, vendor, asked)
        answer = "refused" if isinstance(looked.found, tuple) else looked.found.answer
        # Before the response: no answer without its row.
        await self.log.write(vendor, principal, asked, answer)
        CHECKS.labels(answer).inc()
        return looked


def checks_of(request: Request) -> Checks:
    """Return the components that serve this request."""
    return cast(Checks, request.app.state.checks)
