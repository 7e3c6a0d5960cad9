"""Repeat requests that are safe to repeat: reads, and writes under an idempotency key."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
AGAIN = frozenset({429, 502, 503, 504})
"""Statuses that say nothing of the request itself. 503 may follow a write that was taken: its key makes that safe."""


@dataclass(frozen=True)
class Retries:
    """How often and how long a request is repeated."""

    attempts: int = 6
    """Requests in all, the first one included."""
    seconds: float = 60.0
    """No repetition begins later than so long after the first request."""
    first_delay: float = 0.2
    """The wait before the first repetition is at most this; it doubles each time."""
    longest_delay: float = 10.0
    """Also the most of what a `Retry-After` is obeyed without giving the answer back."""


class Retrying(httpx.BaseTransport):
    """A transport that repeats; after the last attempt the answer, or the error, is the caller's."""

    def __init__(
        self,
        inner: httpx.BaseTransport,
        retries: Retries,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inner, self._retries, self._sleep, self._clock = inner, retries, sleep, clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, again where that is safe and may help."""
        request.read()  # the body is sent again as it is
        may_repeat = request.method in SAFE or "idempotency-key" in request.headers
        began, attempt = self._clock(), 1
        while True:
            answer: httpx.Response | None = None
            try:
                answer = self._inner.handle_request(request)
                if answer.status_code not in AGAIN:
                    return answer
            except httpx.TransportError:
                if not may_repeat or attempt >= self._retries.attempts:
                    raise
            delay = self._delay(attempt, answer)
            late = self._clock() - began + delay > self._retries.seconds
            if answer is not None:
                if not may_repeat or attempt >= self._retries.attempts or late or delay > self._retries.longest_delay:
                    return answer
                answer.close()
            elif late:
                raise httpx.ConnectError("no answer in time", request=request)
            self._sleep(delay)
            attempt += 1

    def _delay(self, attempt: int, answer: httpx.Response | None) -> float:
        """What the server asked for, or a random part of a bound that doubles, so that not all come back at once."""
        asked = "" if answer is None else answer.headers.get("retry-after", "")
        if asked.isascii() and asked.isdigit():
            return float(asked)
        bound = min(self._retries.longest_delay, self._retries.first_delay * 2 ** (attempt - 1))
        return random.uniform(0, bound)  # noqa: S311 - no secret

    def close(self) -> None:
        self._inner.close()
