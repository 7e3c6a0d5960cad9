"""Faults: unexpected exceptions of a decision, and when there are too many of them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

import asyncpg

from services.attribution.domain.documents.working_set import FactRejected
from shared.errors import Corrupt, DealregError, Fenced, Misconfigured, Unavailable, Unfoldable

CODE = "decider.fault"
MOST_FAULTS = 20
"""A bug that affects one claim in a thousand stays below this; a release that can decide nothing exceeds it at once."""
FAULT_SECONDS = 60.0

What = Literal["fact", "timer"]

_INFRASTRUCTURE = (
    Unavailable, Fenced, Corrupt, Misconfigured, OSError, asyncpg.PostgresError, asyncpg.InterfaceError,
    MemoryError, RecursionError,
)  # fmt: skip
"""Not the fact's doing: the worker begins again from what is committed, or stops. Deep recursion is a matter of the
stack that happened to be left, so the same fact may be decided well by the next worker."""


class Fault(Exception):
    """Deciding a fact, or a timer before it, raised for the first time; its changes are dropped."""

    def __init__(self, vendor: str, subject: str) -> None:
        super().__init__(subject)
        self.vendor, self.subject = vendor, subject


class Halted(Exception):
    """A vendor whose facts cannot or must not be refused: they wait in order, and other vendors continue."""

    def __init__(self, vendor: str, reason: str, subject: str = "") -> None:
        super().__init__(reason)
        self.vendor, self.reason, self.subject = vendor, reason, subject


class TooManyFaults(DealregError):
    """The release is at fault, not the facts: the partition stops before it refuses them all."""

    code = "decider.faults"


@dataclass(frozen=True, slots=True)
class Concluded:
    """A fact to refuse, or a timer to disarm, because it raised twice."""

    what: What
    subject: str
    fact_id: str
    error: Exception


class Recent:
    """Counts the faults committed within the last minute of the loop's clock."""

    def __init__(self) -> None:
        self._at: deque[float] = deque(maxlen=MOST_FAULTS)

    def add(self, count: int, now: float) -> None:
        self._at.extend([now] * count)

    def full(self, now: float) -> bool:
        """Return whether one more would be too many."""
        return len(self._at) == MOST_FAULTS and now - self._at[0] < FAULT_SECONDS


def is_infrastructure(error: BaseException) -> bool:
    """Return whether the error is not caused by the fact, so that it is retried instead of refused."""
    if isinstance(error, Unfoldable):
        return False
    return isinstance(error, _INFRASTRUCTURE) or not isinstance(error, Exception)


def refusal() -> FactRejected:
    """The refusal for the sender of such a fact. It omits the exception, which may quote personal data."""
    return FactRejected("decider.fault", status=409)
