"""The `then` of a scenario: each part of it compared with what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from services.attribution.scenarios.expected import Comparing, Difference
from services.attribution.scenarios.found import Found
from services.attribution.scenarios.problems import Source, inner

Payload = dict[str, Any]
CHECKED = (
    "states", "registrations", "opportunities", "partners", "cases", "credit", "rewards", "balances", "findings",
    "entries", "entries_exactly", "no_entries",
)  # fmt: skip
"""What a `then` may name."""
_LISTS = ("rewards", "entries", "entries_exactly", "no_entries")
Check = Callable[[Any, str], Iterator[Difference]]


class Then:
    """Compares one `then` with the state now and the entries written since the last one."""

    def __init__(self, source: Source, comparing: Comparing, found: Found, entries: list[Payload]) -> None:
        self._source = source
        self._comparing = comparing
        self._entries = entries
        same, whole = comparing.subset, comparing.exact
        self._checks: dict[str, Check] = {
            "states": lambda said, path: same(said, found.states(), path),
            "registrations": lambda said, path: same(said, found.registrations(), path),
            "opportunities": lambda said, path: same(said, found.opportunities(), path),
            "partners": lambda said, path: same(said, found.partners(), path),
            "cases": lambda said, path: whole(said, found.cases(), path),
            "credit": lambda said, path: self._credit(said, found.credit(), path),
            "rewards": lambda said, path: same(said, found.rewards(), path),
            "balances": lambda said, path: self._balances(said, found.balances(), path),
            "findings": lambda said, path: self._findings(said, found.findings(), path),
            "entries": self._in_order,
            "entries_exactly": lambda said, path: same(_patterns(said), _like(said, entries), path),
            "no_entries": self._none_of,
        }
        assert tuple(self._checks) == CHECKED

    def differences(self, said: dict[str, Any], path: str) -> Iterator[Difference]:
        """Tell everything that is otherwise; raises `ScenarioInvalid` where it says what nothing compares."""
        for name, value in said.items():
            where = inner(path, name)
            if name not in self._checks:
                raise self._source.refuses(where, f"no such key; known: {', '.join(CHECKED)}")
            self._shaped(name, value, where)
            yield from self._checks[name](value, where)

    def _shaped(self, name: str, value: Any, path: str) -> None:
        """Refuse what has not the shape that the key's comparison reads."""
        if name in _LISTS:
            self._refuse_unless(isinstance(value, list), path, "write a list")
            for index, one in enumerate(value):
                right = isinstance(one, dict) or (isinstance(one, str) and name != "rewards")
                self._refuse_unless(right, inner(path, index), "write a type, or a mapping of fields")
            return
        self._refuse_unless(isinstance(value, dict), path, "write a mapping by name")
        for one, more in value.items():
            where = inner(path, one)
            if name == "findings":
                right = isinstance(more, list) and all(isinstance(finding, dict) for finding in more)
                self._refuse_unless(right, where, "write a list of findings, each with clause and outcome")
            elif name == "credit":
                right = isinstance(more, dict) and all(isinstance(parties, dict) for parties in more.values())
                self._refuse_unless(right, where, "write {} or the shares: {sourced: {PARTNER: AMOUNT}}")
            elif name == "balances":
                self._refuse_unless(isinstance(more, dict), where, "write {} or amounts by account")

    def _refuse_unless(self, right: bool, path: str, remedy: str) -> None:
        if not right:
            raise self._source.refuses(path, remedy)

    def _credit(self, said: dict[str, Any], found: dict[str, Any], path: str) -> Iterator[Difference]:
        for opportunity, roles in said.items():
            where, stands = inner(path, opportunity), found.get(opportunity, {})
            yield from self._comparing.exact(_flat(roles), _flat(stands), where)

    def _balances(self, said: dict[str, Any], found: dict[str, Any], path: str) -> Iterator[Difference]:
        for partner, accounts in said.items():
            yield from self._comparing.exact(accounts, found.get(partner, {}), inner(path, partner))

    def _findings(self, said: dict[str, Any], found: dict[str, Any], path: str) -> Iterator[Difference]:
        for registration, wanted in said.items():
            told = found.get(registration, [])
            for index, one in enumerate(wanted):
                if not any(self._comparing.fits(one, other) for other in told):
                    where = inner(inner(path, registration), index)
                    yield Difference(where, self._comparing.shown(one), self._comparing.shown(told))

    def _in_order(self, said: list[Any], path: str) -> Iterator[Difference]:
        left = iter(self._entries)
        for index, pattern in enumerate(_patterns(said)):
            if not any(self._comparing.fits(pattern, one) for one in left):
                yield self._missing(pattern, inner(path, index))
                return

    def _missing(self, pattern: Payload, path: str) -> Difference:
        near = [one for one in self._entries if one["type"] == pattern.get("type")]
        if len(near) == 1:
            first = next(self._comparing.subset(pattern, near[0], path), None)
            if first is not None:
                return first
        types = ", ".join(one["type"] for one in self._entries) or "nothing"
        return Difference(path, self._comparing.shown(pattern), f"{types} (in this order)")

    def _none_of(self, said: list[Any], path: str) -> Iterator[Difference]:
        for index, pattern in enumerate(_patterns(said)):
            found = next((one for one in self._entries if self._comparing.fits(pattern, one)), None)
            if found is not None:
                yield Difference(inner(path, index), f"no {self._comparing.shown(pattern)}", found["type"])


def _patterns(said: list[Any]) -> list[Payload]:
    return [{"type": one} if isinstance(one, str) else one for one in said]


def _like(said: list[Any], entries: list[Payload]) -> list[Payload]:
    """Return the entries, by their types alone where their number is wrong: that is what a reader has to see."""
    return entries if len(said) == len(entries) else [{"type": one["type"]} for one in entries]


def _flat(roles: dict[str, Any]) -> dict[str, Any]:
    return {f"{role} {party}": amount for role, parties in roles.items() for party, amount in parties.items()}
