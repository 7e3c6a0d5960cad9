"""Faults: what becomes of a decision that raises what nobody expected, and when there are too many of them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

import asyncpg

from services.attribution.domain.documents.working_set import FactRejected
from shared.errors import Corrupt, DealregError, Fenced, Misconfigured, Unavailable, Unfoldable

CODE = "decider.fault"
MOST_FAULTS = 20
"""A mistake that meets one claim in a thousand stays below it; a release that can decide nothing is over it at once."""
FAULT_SECONDS = 60.0

What = Literal["fact", "timer"]

_INFRASTRUCTURE = (
    Unavailable, Fenced, Corrupt, Misconfigured, OSError, asyncpg.PostgresError, asyncpg.InterfaceError,
    MemoryError, RecursionError,
)  # fmt: skip
"""Not the fact's doing: the worker begins again from what is committed, or stops. Deep recursion is a matter of the
stack that happened to be left, so the same fact may be decided well by the next worker."""


class Fault(Exception):
    """Deciding a fact, or a timer before it, raised for the first time; nothing of it stays."""

    def __init__(self, vendor: str, subject: str) -> None:
        super().__init__(subject)
        self.vendor, self.subject = vendor, subject


class Halted(Exception):
    """A vendor whose facts cannot even be refused, or must not be: they wait in order, and the others go on."""

    def __init__(self, vendor: str, reason: str, subject: str = "") -> None:
        super().__init__(reason)
        self.vendor, self.reason, self.subject = vendor, reason, subject


class TooManyFaults(DealregError):
    """The release is at fault, not the facts: the partition stops before it refuses them all."""

    code = "decider.faults"


@dataclass(frozen=True, slots=True)
class Concluded:
    """A fact that is refused, or a timer that is disarmed, since it raised twice."""

    what: What
    subject: str
    fact_id: str
    error: Exception


class Recent:
    """How many faults were committed within the last minute of the loop's clock."""

    def __init__(self) -> None:
        self._at: deque[float] = deque(maxlen=MOST_FAULTS)

    def add(self, count: int, now: float) -> None:
        self._at.extend([now] * count)

    def full(self, now: float) -> bool:
        """Whether one more would be too many."""
        return len(self._at) == MOST_FAULTS and now - self._at[0] < FAULT_SECONDS


def is_infrastructure(error: BaseException) -> bool:
    """Whether the error is no fault of what is decided, so that it is not refused but tried again."""
    if isinstance(error, Unfoldable):
        return False
    return isinstance(error, _INFRASTRUCTURE) or not isinstance(error, Exception)


def refusal() -> FactRejected:
    """What the sender of such a fact is told: nothing of the exception, which may quote what somebody typed."""
    return FactRejected("decider.fault", status=409)
