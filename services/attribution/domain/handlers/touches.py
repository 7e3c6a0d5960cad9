"""Touches: what is known of who worked a deal and when, in order."""

from __future__ import annotations

from datetime import UTC, datetime, time

from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.deals import between, found_by, reach
from services.attribution.domain.rules.weights import Touch


def touches_of(working_set: WorkingSet, claim: Registration) -> list[Touch]:
    """The touches of the claim's deal up to now, earliest first; among equal times, in order of completion."""
    claims = [claim]
    claims += [
        other
        for other in found_by(working_set, reach(working_set, claim), lambda one: one.registration != claim.id)
        if between(working_set, claim, other).answer == "same"
    ]
    found = [touch for one in sorted(claims, key=lambda one: one.place) for touch in _of(one)]
    return sorted((touch for touch in found if touch.at <= working_set.clock), key=lambda touch: touch.at)


def _of(claim: Registration) -> list[Touch]:
    touches = [Touch(claim.completed_at, claim.partner)] if claim.completed_at is not None else []
    for evidence in claim.claim.evidence:
        if evidence.evidence in claim.verified:
            at = datetime.combine(evidence.on, time.min, UTC)
            touches.append(Touch(at, claim.partner, verified=True))
    return touches
