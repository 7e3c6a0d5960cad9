"""What a clause may look at, and how it answers: never the working set, so that it serves what-if unchanged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from services.attribution.domain.documents.partner import Partner
from services.attribution.domain.documents.rates import Rate, Rates
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.vendor import Vendor
from shared.events.base import MOST_RIVALS, Finding, Need, Value


@dataclass(frozen=True, slots=True)
class Subject:
    """One claim as a clause sees it."""

    claim: Registration
    partner: Partner
    vendor: Vendor
    clock: datetime
    """When the claim is judged."""
    zone: ZoneInfo
    """The program's, whose midnights end days."""
    counted: bool = True
    """Whether its partner's open registrations include it for the first time, so that the cap is asked."""
    rates: tuple[Rates, ...] = ()
    """Exchange rates as they were published, where an amount of the claim is in another currency than the policy's."""

    def rate(self, source: str, target: str) -> Rate | None:
        """The rate between two currencies as it was known at the complete submission: the latest one, if any."""
        at = self.claim.place
        found = (one.between(source, target, self.day_of(at[0]), at) for one in self.rates)
        return max((one for one in found if one is not None), key=lambda one: one.day, default=None)

    @property
    def today(self) -> date:
        """The day on which the claim is judged, where the program is."""
        return self.day_of(self.clock)

    def day_of(self, instant: datetime) -> date:
        """The day of the instant where the program is."""
        return instant.astimezone(self.zone).date()


Rule = Callable[[Any, Subject], Finding]
"""One clause: its parameters as the policy has them, and whom it is asked about."""


Needs = Callable[[], Need | Sequence[Need]]


def finding(clause: str, *, passed: bool, needs: Needs = tuple, **inputs: Value) -> Finding:
    """A clause that held or did not, with what it saw and, asked only where it did not, what would have turned it."""
    if passed:
        return held(clause, **inputs)
    turning = needs()
    all_of = (turning,) if isinstance(turning, Need) else tuple(turning)
    return Finding(clause=clause, outcome="failed", code=clause, inputs=inputs, needs=all_of)


def held(clause: str, **inputs: Value) -> Finding:
    """A clause that held; made once for the same inputs, since most claims of a program pass its clauses alike."""
    told: tuple[tuple[str, type, Any], ...] = ()
    for name, value in inputs.items():
        if isinstance(value, list):
            return _made(clause, inputs)
        told += ((name, type(value), value),)  # 1 equals True, and is another input
    return _held(clause, told)


@lru_cache(maxsize=4_096)
def _held(clause: str, told: tuple[tuple[str, type, Any], ...]) -> Finding:
    return _made(clause, {name: value for name, _, value in told})


def _made(clause: str, inputs: dict[str, Value]) -> Finding:
    return Finding(clause=clause, outcome="passed", code=f"{clause}.passed", inputs=inputs)


def passed(findings: Sequence[Finding]) -> bool:
    """Whether all of them did."""
    return all(one.outcome == "passed" for one in findings)


def asks(clause: str, *, code: str | None = None, rivals: Sequence[str] = (), **inputs: Value) -> Finding:
    """A clause that leaves the claim to a person."""
    return Finding(
        clause=clause, outcome="person", code=code or clause, inputs=inputs, rivals=tuple(rivals[:MOST_RIVALS]),
        rival_count=len(rivals),
    )  # fmt: skip


def against(clause: str, rivals: Sequence[str], **inputs: Value) -> Finding:
    """A clause by which rivals keep the claim waiting, or ended it."""
    return Finding(
        clause=clause, outcome="failed", code=clause, inputs=inputs, rivals=tuple(rivals[:MOST_RIVALS]),
        rival_count=len(rivals),
    )  # fmt: skip
