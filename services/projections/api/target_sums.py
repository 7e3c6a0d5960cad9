"""How far a target is at a day's end: the arithmetic, without any reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

_SHARE = Decimal("0.0001")
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Period:
    """The days from the first through the last of a target, seen from the end of one day."""

    first: date
    last: date
    day: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def past(self) -> int:
        """Days of the period up to the day, itself included."""
        return min(max((self.day - self.first).days + 1, 0), self.days)

    @property
    def left(self) -> int:
        """Days of the period after the day."""
        return self.days - self.past

    @property
    def state(self) -> Literal["coming", "running", "over"]:
        return "coming" if self.day < self.first else "running" if self.day <= self.last else "over"


def share(reached: int, wanted: int) -> str:
    """Return what part of the target is reached, to four digits; above 1 where it is exceeded."""
    return str((Decimal(reached) / wanted).quantize(_SHARE, ROUND_HALF_EVEN))


def expected_minor(wanted: int, period: Period) -> int:
    """Return the part of an amount that falls on the days so far, in minor units; halves go to the even one."""
    return int((Decimal(wanted) * period.past / period.days).quantize(Decimal(1), ROUND_HALF_EVEN))


def expected_count(wanted: int, period: Period) -> str:
    """Return the part of a count that falls on the days so far, to a tenth."""
    return str((Decimal(wanted) * period.past / period.days).quantize(_TENTH, ROUND_HALF_EVEN))
