"""Completeness: which of the fields that the policy requires are absent."""

from __future__ import annotations

from services.attribution.domain.rules.compiled import compiled
from shared.events.base import Finding, Need
from shared.events.registration import RegistrationSubmitted
from shared.policy.schema import Policy


def missing_fields(policy: Policy, claim: RegistrationSubmitted) -> tuple[str, ...]:
    """The required fields that are absent; of alternatives, all are named as `a | b`."""
    required = compiled(policy).required
    return tuple(one.label for one in required if not any(_present(claim, place) for place in one.places))


def incomplete(absent: tuple[str, ...]) -> Finding:
    """What is still to come."""
    return Finding(
        clause="required_fields", outcome="missing", code="required_fields", inputs={"missing": list(absent)},
        needs=tuple(Need(input="missing", operator="given", value=name) for name in absent),
    )  # fmt: skip


def _present(claim: RegistrationSubmitted, place: tuple[str, str]) -> bool:
    head, tail = place
    value = getattr(claim, head)
    found = getattr(value, tail) if tail else value
    return found is not None and found != ()
