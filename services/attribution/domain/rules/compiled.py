"""A policy compiled once a version, from its text alone: which clauses it states, with their rules and parameters.

Calendars, tiers and lines come with the subject and are never bound: the vendor's document may change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from services.attribution.domain.rules import eligibility, gates
from services.attribution.domain.rules.subject import Rule, Subject
from shared.events.base import Finding
from shared.policy.parameters import is_stated
from shared.policy.schema import Policy

MOST_COMPILED = 2_000
"""As many as parsed texts are kept."""


class Required(NamedTuple):
    """A required field, or alternatives of which one will do."""

    label: str
    """As `a | b`."""
    places: tuple[tuple[str, str], ...]
    """Of each alternative: the field of the registration, and the field within it or nothing."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """The stated clauses, in the order in which they are asked."""

    policy: Policy
    required: tuple[Required, ...]
    requirements: tuple[tuple[Rule, Any], ...]

    def requirements_of(self, subject: Subject) -> list[Finding]:
        """What each clause of eligibility and of the gates finds."""
        return [rule(parameters, subject) for rule, parameters in self.requirements]


def compiled(policy: Policy) -> Compiled:
    """The policy compiled; remembered by the object, which is one for each text."""
    found = _COMPILED.get(id(policy))
    if found is None or found.policy is not policy:
        if len(_COMPILED) >= MOST_COMPILED:
            _COMPILED.clear()
        found = _COMPILED[id(policy)] = Compiled(policy, _required(policy), _requirements(policy))
    return found


_COMPILED: dict[int, Compiled] = {}


def _required(policy: Policy) -> tuple[Required, ...]:
    return tuple(Required(" | ".join(names), tuple(map(_place, names))) for names in policy.required_fields)


def _place(name: str) -> tuple[str, str]:
    head, _, tail = name.partition(".")
    return head, tail


def _requirements(policy: Policy) -> tuple[tuple[Rule, Any], ...]:
    families = ((policy.eligibility, eligibility.RULES), (policy.gates, gates.RULES))
    stated = ((rules[name], getattr(family, name)) for family, rules in families for name in type(family).model_fields)
    return tuple((rule, parameters) for rule, parameters in stated if is_stated(parameters))
