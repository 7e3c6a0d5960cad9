"""Exchange rates as they were known: tables by day of one base currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

MOST_TABLES = 400
"""Daily rates of more than a year: a claim that waits for longer is judged by a person."""


@dataclass(frozen=True, slots=True)
class RateTable:
    """What one unit of the base buys from a day on, and when that was known."""

    day: date
    known_at: datetime
    seq: int
    """Sequence number of its publication: it settles what was known first at one instant."""
    rates: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """How many units of one currency a unit of another is, exactly, and the day of the table that says so."""

    value: Fraction
    day: date


@dataclass(frozen=True)
class Rates:
    """The tables of one base currency, as they were published."""

    base: str
    tables: tuple[RateTable, ...] = ()

    def published(self, table: RateTable) -> Rates:
        """These rates with one more table; the oldest publications are forgotten."""
        return Rates(self.base, (*self.tables, table)[-MOST_TABLES:])

    def between(self, source: str, target: str, day: date, known: tuple[datetime, int]) -> Rate | None:
        """The rate that counted on that day as it was known then; None where no table has both currencies."""
        best: RateTable | None = None
        # Mostly the newest counts: the others are then passed over without a look at their currencies.
        for table in reversed(self.tables):
            counts = table.day <= day and (table.known_at, table.seq) <= known
            later = best is None or (table.day, table.seq) > (best.day, best.seq)
            if counts and later and self._buys(table).keys() >= {source, target}:
                best = table
        if best is None:
            return None
        buys = self._buys(best)
        return Rate(Fraction(buys[target]) / Fraction(buys[source]), best.day)

    def _buys(self, table: RateTable) -> dict[str, str]:
        return {**dict(table.rates), self.base: "1"}
