"""Rate limits: one bucket per caller, refilled evenly, reported in RateLimit headers."""

from __future__ import annotations

import math
import time
from collections import OrderedDict

MAX_BUCKETS = 50_000
"""Buckets kept. The one unused for longest is dropped; it would be full again by then."""


class RateLimit:
    """Allows each caller `most` requests per period, in one burst after a quiet period."""

    def __init__(self, most: int, seconds: int = 1, name: str = "credential") -> None:
        self.most = most
        self.seconds = seconds
        self._name = name
        self._policy = f'"{name}";q={most};w={seconds}'
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str) -> float:
        """Take one request and return what remains; below zero, it is one too many."""
        now = time.monotonic()
        left, at = self._buckets.get(who, (float(self.most), now))
        left = min(self.most, left + (now - at) * self.most / self.seconds) - 1.0
        # A refused request takes nothing; otherwise a caller that keeps asking would never be admitted again.
        self._buckets[who] = (left if left >= 0 else left + 1.0, now)
        self._buckets.move_to_end(who)
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        return left

    def left(self, who: str) -> float:
        """Return what remains, without taking a request."""
        found = self._buckets.get(who)
        if found is None:
            return float(self.most)
        return min(self.most, found[0] + (time.monotonic() - found[1]) * self.most / self.seconds)

    def anybody(self) -> bool:
        """Return whether anybody took a request lately."""
        return bool(self._buckets)

    def wait_seconds(self, left: float) -> int:
        """Return whole seconds until one more request is admitted, given what `take` left."""
        return max(1, math.ceil(-left * self.seconds / self.most))

    def headers(self, left: float) -> dict[str, str]:
        """Return RateLimit headers (IETF httpapi draft) for what `take` left."""
        return {
            "RateLimit-Policy": self._policy,
            "RateLimit": f'"{self._name}";r={max(0, int(left))};t={self.seconds}',
        }
