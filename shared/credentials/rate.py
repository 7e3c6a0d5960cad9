"""Rate limits: a bucket a credential, refilled evenly, told to the caller in RateLimit headers."""

from __future__ import annotations

import time
from collections import OrderedDict

MAX_BUCKETS = 50_000
"""Buckets kept; the one unused for longest goes, and would be full again by then."""


class RateLimit:
    """Lets each caller have `per_second` requests a second, and as many at once after a quiet second."""

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._policy = f'"credential";q={per_second};w=1'

    def take(self, who: str) -> float:
        """What remains after this request; below zero, the request is one too many."""
        now = time.monotonic()
        left, at = self._buckets.get(who, (float(self.per_second), now))
        left = min(self.per_second, left + (now - at) * self.per_second) - 1.0
        # A refused request takes nothing, or a caller that keeps asking would never be let in again.
        self._buckets[who] = (left if left >= 0 else left + 1.0, now)
        self._buckets.move_to_end(who)
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        return left

    def headers(self, left: float) -> dict[str, str]:
        """RateLimit headers (IETF httpapi draft) for what `take` left."""
        return {"RateLimit-Policy": self._policy, "RateLimit": f'"credential";r={max(0, int(left))};t=1'}
