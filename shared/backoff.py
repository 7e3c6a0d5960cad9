"""Pauses between attempts: they grow to a bound, with jitter, so that a returning server is not flooded."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

FACTOR = 2.0
JITTER = (0.5, 1.5)
"""Jitter: callers that lost a server together must not come back together."""

_chance = random.SystemRandom()


@dataclass(slots=True)
class Backoff:
    """The next pause in seconds; `reset` after a success begins again with the first."""

    first_seconds: float
    longest_seconds: float
    """Means, both."""
    chance: random.Random = _chance
    _pause: float = field(init=False)

    def __post_init__(self) -> None:
        self._pause = self.first_seconds

    def next(self) -> float:
        """Wait before the next attempt."""
        pause = self._pause
        self._pause = min(pause * FACTOR, self.longest_seconds)
        return pause * self.chance.uniform(*JITTER)

    def reset(self) -> None:
        """Treat the next failure as the first."""
        self._pause = self.first_seconds
