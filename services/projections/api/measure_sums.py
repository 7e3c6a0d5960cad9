"""Measures: what the sums of a group's cells say, as counts, rates and averages, exact to the digits that are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from services.projections.api.documents import money
from services.projections.api.measure_filters import KINDS, NUMBERS
from services.projections.api.sheets import Kind
from services.projections.views.measure_totals import AMOUNTS, APPROVED_PARTS, CONFLICT_PARTS, COUNTED, MINOR

COLUMNS = (
    *NUMBERS, "approved_pct", "won_pct", "win_rate_pct", "churn_pct", "age_days", "days_left", "cycle_days",
    "review_hours", "value", "approved_value", "active_value", "won_value", "average_size",
)  # fmt: skip
SHEET_KINDS: dict[str, Kind] = {one: "integer" if one in NUMBERS else "number" for one in COLUMNS}
"""What each column holds in a file."""
_TENTH = Decimal("0.1")


@dataclass(slots=True)
class Tally:
    """The registrations of a group in one currency; "" where they state no amount."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NUMBERS, 0))
    minor: dict[str, int] = field(default_factory=lambda: dict.fromkeys(AMOUNTS, 0))
    began: int = 0
    ends: int = 0
    cycle_days: int = 0
    review_seconds: int = 0

    def add(self, row: Any, sign: int = 1) -> None:
        """Add one sum of cells, all of one stage, conflict and clock; or take it away."""
        count, minor = sign * int(row.registrations), sign * int(row.amount_minor)
        matching = [one for one, (column, values) in KINDS.items() if getattr(row, column) in values]
        for number in ("registrations", *matching):
            self.counts[number] += count
            if number in self.minor:
                self.minor[number] += minor
        self.counts["reviewed"] += sign * int(row.reviewed)
        self.began += sign * int(row.protected_days)
        self.ends += sign * int(row.protected_to_days)
        self.cycle_days += sign * int(row.cycle_days)
        self.review_seconds += sign * int(row.review_seconds)

    def take(self, other: Tally) -> None:
        """Add another tally of the same currency."""
        for mine, others in ((self.counts, other.counts), (self.minor, other.minor)):
            for number, value in others.items():
                mine[number] += value
        self.began += other.began
        self.ends += other.ends
        self.cycle_days += other.cycle_days
        self.review_seconds += other.review_seconds

    def with_(self, other: Tally) -> Tally:
        """Return both together, whatever their currencies: without amounts."""
        counts = {one: count + other.counts[one] for one, count in self.counts.items()}
        ends = self.began + other.began, self.ends + other.ends
        waits = self.cycle_days + other.cycle_days, self.review_seconds + other.review_seconds
        return Tally(counts, dict.fromkeys(AMOUNTS, 0), *ends, *waits)


Group = dict[str, Tally]
"""By currency."""


def added(groups: dict[Any, Group], key: Any, row: Any, sign: int) -> None:
    """Add the sum of cells to its group, or take it away."""
    groups.setdefault(key, {}).setdefault(row.currency, Tally()).add(row, sign)


def summed(groups: dict[Any, Group], key: Any, row: Any) -> None:
    """Add a sum of totals to its group."""
    told = {one: int(getattr(row, one) or 0) for one in (*COUNTED, *MINOR)}
    told["approved"] = sum(told[one] for one in APPROVED_PARTS)
    told["conflicts"] = sum(told[one] for one in CONFLICT_PARTS)
    tally = Tally(
        {one: told[one] for one in NUMBERS}, {one: told[f"{one}_minor"] for one in AMOUNTS}, told["protected_days"],
        told["protected_to_days"], told["cycle_days"], told["review_seconds"],
    )  # fmt: skip
    groups.setdefault(key, {}).setdefault(row.currency, Tally()).take(tally)


def present(group: Group) -> Group:
    """Return the currencies in which there are registrations."""
    return {currency: tally for currency, tally in group.items() if tally.counts["registrations"]}


def merged(groups: Iterable[Group]) -> Group:
    """Return all groups as one."""
    found: Group = {}
    for group in groups:
        for currency, tally in group.items():
            found.setdefault(currency, Tally()).take(tally)
    return found


def figures(tally: Tally, day: date) -> dict[str, Any]:
    """Counts, and the rates and averages that follow from them; null where there is nothing to divide by."""
    counts = tally.counts
    ended = counts["expired"] + counts["released"] + counts["revoked"]
    number = day.toordinal()
    return counts | {
        "approved_pct": _pct(counts["approved"], counts["registrations"]),
        "won_pct": _pct(counts["won"], counts["registrations"]),
        "win_rate_pct": _pct(counts["won"], counts["won"] + counts["lost"]),
        "churn_pct": _pct(ended, counts["approved"]),
        "age_days": _average(number * counts["active"] - tally.began, counts["active"]),
        "days_left": _average(tally.ends - number * counts["active"], counts["active"]),
        "cycle_days": _average(tally.cycle_days, counts["won"]),
        "review_hours": hours(tally.review_seconds, counts["reviewed"]),
    }


def document(group: Group, day: date) -> dict[str, Any]:
    """The group: all its registrations, and amounts by currency."""
    whole = Tally()
    for tally in group.values():
        whole = whole.with_(tally)
    stated = [(currency, tally) for currency, tally in sorted(group.items()) if currency]
    return figures(whole, day) | {
        "value": _amounts("registrations", stated),
        "approved_value": _amounts("approved", stated),
        "active_value": _amounts("active", stated),
        "won_value": _amounts("won", stated),
        "average_size": [money(_size(tally), name) for name, tally in stated if tally.counts["registrations"]],
    }


def lines(key: str | None, group: Group, day: date) -> Iterable[dict[str, Any]]:
    """The group as rows of a table, one a currency: their counts add up to the group's."""
    for currency, tally in sorted(group.items()):
        amounts = {
            f"{name}_value": money(tally.minor[name], currency or None) for name in AMOUNTS if name != "registrations"
        }
        value = money(tally.minor["registrations"], currency or None)
        average = money(_size(tally), currency or None) if tally.counts["registrations"] else None
        yield {"key": key, "currency": currency or None, **figures(tally, day), "value": value, **amounts,
               "average_size": average}  # fmt: skip


def hours(seconds: int | None, count: int = 1) -> str | None:
    """Seconds as hours, on average."""
    return None if seconds is None else _average(Decimal(seconds) / 3_600, count)


def _amounts(number: str, stated: Iterable[tuple[str, Tally]]) -> list[Any]:
    return [money(tally.minor[number], name) for name, tally in stated if tally.counts[number]]


def _size(tally: Tally) -> int:
    """The average amount, to the minor unit; halves go to the even one."""
    average = Decimal(tally.minor["registrations"]) / tally.counts["registrations"]
    return int(average.quantize(Decimal(1), ROUND_HALF_EVEN))


def _pct(part: int, whole: int) -> str | None:
    return _average(Decimal(100) * part, whole)


def _average(total: Decimal | int, count: int) -> str | None:
    return str((Decimal(total) / count).quantize(_TENTH, ROUND_HALF_EVEN)) if count else None
