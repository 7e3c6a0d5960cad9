"""Comparing: what a scenario expects against what was found, and each difference in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from services.attribution.scenarios.money import in_words, is_money, money_of
from services.attribution.scenarios.problems import inner
from services.attribution.scenarios.times import moment
from shared.events.money import Money
from shared.values import BadValue

MOST_LISTED = 12
"""Names that a difference lists; more would hide it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise than expected; `path` leads to it in the scenario file."""

    path: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"expected {self.expected}, found {self.found}"


@dataclass(frozen=True, slots=True)
class Comparing:
    """Compares plain values; instants are read and shown in the zone of the program."""

    zone: ZoneInfo
    start: datetime

    def subset(self, expected: Any, found: Any, path: str) -> Iterator[Difference]:
        """Tell what of the expected is otherwise: mappings may have more than is named, lists are whole."""
        if isinstance(expected, Mapping) and isinstance(found, Mapping):
            for name, value in expected.items():
                if name not in found and value is not None:
                    yield Difference(inner(path, name), f"{name}: {self.shown(value)}", f"only {_names(found)}")
                else:
                    yield from self.subset(value, found.get(name), inner(path, name))
        elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
            for index, (one, other) in enumerate(zip(expected, found, strict=True)):
                yield from self.subset(one, other, inner(path, index))
        elif not self._equal(expected, found):
            one, other = self.shown(expected), self.shown(found)
            # Text and number look alike; quotes tell them apart.
            yield Difference(path, one, other) if one != other else Difference(path, repr(expected), repr(found))

    def exact(self, expected: Any, found: Any, path: str) -> Iterator[Difference]:
        """Tell what is otherwise, and what is there beside."""
        yield from self.subset(expected, found, path)
        if isinstance(expected, Mapping) and isinstance(found, Mapping):
            for name in found.keys() - expected.keys():
                yield Difference(path, f"no {name}", f"{name}: {self.shown(found[name])}")

    def fits(self, expected: Any, found: Any) -> bool:
        """Whether nothing of the expected is otherwise."""
        return next(self.subset(expected, found, ""), None) is None

    def _equal(self, expected: Any, found: Any) -> bool:
        if isinstance(found, datetime):
            try:
                return moment(expected, self.zone, self.start, time.min) == found
            except BadValue:
                return False
        if isinstance(found, date):
            return bool(found.isoformat() == expected)
        if isinstance(expected, str) and is_money(expected) and isinstance(found, str):
            try:
                return in_words(money_of(expected)) == found
            except BadValue:
                return False
        return type(expected) is type(found) and bool(expected == found)

    def shown(self, value: Any) -> str:
        """Return the value as a scenario would write it."""
        if isinstance(value, datetime):
            local = value.astimezone(self.zone)
            return local.strftime("%Y-%m-%d" if local.time() == time.min else "%Y-%m-%d %H:%M:%S")
        if value is None:
            return "nothing"
        if isinstance(value, Mapping):
            return "{" + ", ".join(f"{name}: {self.shown(one)}" for name, one in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self.shown, value)) + "]"
        return str(value).lower() if isinstance(value, bool) else str(value)


def _names(found: Mapping[str, Any]) -> str:
    names = list(found)
    return ", ".join(names[:MOST_LISTED]) + ("…" if len(names) > MOST_LISTED else "") if names else "nothing"


def plain(value: Any) -> Any:
    """Return an event's content as scenarios compare it: amounts in words, what is absent left out."""
    if isinstance(value, Money):
        return in_words(value)
    if isinstance(value, Mapping):
        if value.keys() == {"amount", "currency"}:
            return f"{value['amount']} {value['currency']}"
        return {name: plain(one) for name, one in value.items() if one is not None}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(one) for one in value]
    return value
