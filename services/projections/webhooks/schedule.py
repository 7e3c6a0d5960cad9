"""When a message is sent again: pauses grow fourfold up to half a day, with jitter, until three days are over."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

FIRST_SECONDS = 5.0
FACTOR = 4.0
LONGEST_SECONDS = 12 * 3600.0
JITTER = (0.8, 1.2)
"""Messages that failed together must not come back together."""
SPREAD_SECONDS = 30.0
"""After a receiver came back, what waits is sent within so long."""

_chance = random.SystemRandom()


def next_attempt(
    attempts: int, first_at: datetime, now: datetime, retried: timedelta, chance: random.Random = _chance
) -> datetime | None:
    """When to try again after so many attempts; None where that would be too late."""
    pause = min(FIRST_SECONDS * FACTOR ** min(attempts - 1, 20), LONGEST_SECONDS) * chance.uniform(*JITTER)
    at = now + timedelta(seconds=pause)
    return at if at <= first_at + retried else None


def soon(now: datetime, chance: random.Random = _chance) -> datetime:
    """When to send what waits once the receiver is back."""
    return now + timedelta(seconds=chance.uniform(0, SPREAD_SECONDS))
