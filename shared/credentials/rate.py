"""Rate limits: a bucket a caller, refilled evenly, told to the caller in RateLimit headers."""

from __future__ import annotations

import math
import time
from collections import OrderedDict

MAX_BUCKETS = 50_000
"""Buckets kept; the one unused for longest goes, and would be full again by then."""


class RateLimit:
    """Lets each caller have `most` requests in so many seconds, and as many at once after that long a quiet time."""

    def __init__(self, most: int, seconds: int = 1, name: str = "credential") -> None:
        self.most = most
        self.seconds = seconds
        self._name = name
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str) -> float:
        """What remains after this request; below zero, the request is one too many."""
        now = time.monotonic()
        left, at = self._buckets.get(who, (float(self.most), now))
        left = min(self.most, left + (now - at) * self.most / self.seconds) - 1.0
        # A refused request takes nothing, or a caller that keeps asking would never be let in again.
        self._buckets[who] = (left if left >= 0 else left + 1.0, now)
        self._buckets.move_to_end(who)
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        return left

    def left(self, who: str) -> float:
        """What remains, taking nothing."""
        found = self._buckets.get(who)
        if found is None:
            return float(self.most)
        return min(self.most, found[0] + (time.monotonic() - found[1]) * self.most / self.seconds)

    def wait_seconds(self, left: float) -> int:
        """Whole seconds after which one more request is let in, where `take` left so little."""
        return max(1, math.ceil(-left * self.seconds / self.most))

    def headers(self, left: float) -> dict[str, str]:
        """RateLimit headers (IETF httpapi draft) for what `take` left."""
        return {
            "RateLimit-Policy": f'"{self._name}";q={self.most};w={self.seconds}',
            "RateLimit": f'"{self._name}";r={max(0, int(left))};t={self.seconds}',
        }
