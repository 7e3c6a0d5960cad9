"""Trails: the decisions on a subject, short enough to keep all, and which clause first came out otherwise."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import zip_longest
from typing import NamedTuple

import orjson

from shared.events.base import Decision, Event

_SAID = (
    "reason", "code", "protected_until", "until", "late", "amount", "value", "pct", "model", "case", "outcome",
)  # fmt: skip
"""Fields of a decision that say what it came to; ids are left out, since they derive from the entry's number."""
_UNSAID = frozenset({
    "registration.completed", "registration.recognised", "conflict.detected", "conflict.resolved",
})  # fmt: skip
"""Decisions that say no outcome; a conflict is explained by what it leads to."""
BY_TYPE = {
    "protection.extended": "protection.extension",
    "extension.held": "protection.extension",
    "extension.refused": "protection.extension",
    "loss.held": "conflict.on_lost",
    "protection.lost": "conflict.on_lost",
    "protection.converted": "credit.late_win_days",
    "registration.closed": "conflict.on_won",
    "reward.reversed": "clawback",
    "reward.withheld": "rewards",
    "reward.accrued": "rewards",
    "credit.assigned": "credit.roles",
    "credit.revised": "credit.roles",
    "credit.reversed": "clawback",
}
"""The clause by which a decision is made that carries no finding."""
PERIOD = "protection.days"


class Seen(NamedTuple):
    """A finding: its clause, how it came out, and a checksum of its inputs."""

    clause: str
    outcome: str
    inputs: int


class Step(NamedTuple):
    """One decision on a subject."""

    type: str
    said: int
    """A checksum of what it came to."""
    findings: tuple[Seen, ...]


@cache
def _fields(event: type[Event]) -> tuple[str, ...]:
    return tuple(name for name in _SAID if name in event.model_fields)


@cache
def _subjects(event: type[Event]) -> tuple[str, tuple[str, ...]] | None:
    """The kind of subject, and the fields that may name it; the first that does."""
    if not issubclass(event, Decision) or event.type in _UNSAID:
        return None
    names = tuple(name for name in ("opportunity", "registration") if name in event.model_fields)
    if event.type.startswith("reward."):
        return "reward", names
    if "opportunity" in names and event.type.startswith(("credit.", "opportunity.", "case.")):
        return "opportunity", names[:1]
    return ("registration", names[-1:]) if "registration" in names else None


def subject_of(event: Event) -> str | None:
    """The subject whose trail the decision belongs to; None where it decides no outcome."""
    found = _subjects(type(event))
    if found is None:
        return None
    kind, names = found
    id_ = next((one for name in names if (one := getattr(event, name)) is not None), None)
    return None if id_ is None else f"{kind}:{id_}"


def written(event: Decision) -> str:
    """The decision as a trail keeps it."""
    said = "\x1f".join([f"{name}={getattr(event, name)}" for name in _fields(type(event))])
    findings = [[one.clause, one.outcome, _checksum(str(one.inputs))] for one in event.findings]
    return orjson.dumps([event.type, _checksum(said), findings]).decode()


def read(told: str) -> Step:
    """The decision that `written` wrote."""
    type_, said, findings = orjson.loads(told)
    return Step(type_, said, tuple(Seen(*one) for one in findings))


def _checksum(text: str) -> int:
    return zlib.crc32(text.encode())


def cause(published: Sequence[Step], candidate: Sequence[Step], *, of_outcome: bool = False) -> str | None:
    """The clause that came out otherwise at the first decision that differs; None where none does.

    `of_outcome` passes over decisions that differ in dates and amounts alone.
    """
    for one, other in zip_longest(published, candidate):
        if one != other and not (of_outcome and _ends_alike(one, other)):
            return next(_clauses(one, other), None)
    return None


def _ends_alike(one: Step | None, other: Step | None) -> bool:
    return one is not None and other is not None and one.type == other.type and _stopping(one) == _stopping(other)


def _stopping(step: Step | None) -> list[tuple[str, str]]:
    """What kept the claim from going on; of a hold, what it waits for comes last and is said first."""
    found = [seen[:2] for seen in step.findings if seen.outcome != "passed"] if step is not None else []
    return found[::-1] if step is not None and step.type.endswith(".held") else found


def _clauses(one: Step | None, other: Step | None) -> Iterator[str]:
    # What stops it there, and here no longer or for the first time, says more than what else was seen.
    stopped, stops = _stopping(one), _stopping(other)
    yield from (clause for clause, outcome in stops if (clause, outcome) not in stopped)
    yield from (clause for clause, outcome in stopped if (clause, outcome) not in stops)
    # Dates and amounts come last in a decision.
    before, after = (tuple(reversed(step.findings)) if step is not None else () for step in (one, other))
    had, has = ({seen.clause for seen in findings} for findings in (before, after))
    yield from (seen.clause for seen in after if seen.clause in had and seen not in before)
    yield from (seen.clause for seen in after if seen.clause not in had)
    yield from (seen.clause for seen in before if seen.clause not in has)
    for step in (other, one):
        if step is not None:
            yield BY_TYPE.get(step.type, PERIOD)
