"""Cooling off: for how long a partner may not claim again what it had protected and let go."""

from __future__ import annotations

from services.attribution.domain.documents.calendar import after_days
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.deals import between, found_by, reach
from services.attribution.domain.rules.subject import finding
from shared.errors import known
from shared.events.base import Finding
from shared.policy.schema import Policy
from shared.values.written import rfc3339

GIVEN_UP = frozenset({"expired", "released", "revoked"})
"""How protection ends that its partner let go or that was taken from it; a lost deal may come again any day."""


def cooling_off(working_set: WorkingSet, claim: Registration, policy: Policy) -> Finding | None:
    """Say why the partner may not claim the deal again yet; None where it may."""
    days = policy.protection.cooling_off_days
    ended = _ended(working_set, claim) if days else None
    if ended is None:
        return None
    until = after_days(known(ended.ended_at, "end of protection"), days, policy.zone)
    if until <= working_set.clock:
        return None
    # Its partner cannot turn it: time must pass.
    return finding("protection.cooling_off_days", passed=False, ended=ended.id, until=rfc3339(until))


def _ended(working_set: WorkingSet, claim: Registration) -> Registration | None:
    """The partner's own claim of the deal in the program whose protection was given up last."""
    ended = found_by(working_set, reach(working_set, claim), lambda one: not one.live and one.partner == claim.partner)
    same = [
        one
        for one in ended
        if one.state in GIVEN_UP and one.program == claim.program and between(working_set, claim, one).answer == "same"
    ]
    return max(same, key=lambda one: known(one.ended_at, "end of protection"), default=None)
