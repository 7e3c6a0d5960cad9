"""Winning: how a won opportunity counts for the registration it belongs to."""

from __future__ import annotations

from datetime import timedelta

from services.attribution.domain.documents.calendar import midnight
from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.queue import leave_queue
from services.attribution.domain.handlers.settlement import on_classified
from services.attribution.domain.rules.requirements import label
from services.attribution.domain.rules.same_deal import rivals
from shared.events.base import Step
from shared.events.opportunity import OpportunityClassified
from shared.events.protection import ProtectionConverted
from shared.events.registration import RegistrationClosed

_SENTENCES = {
    "protected": "Won under protection: the registration converts.",
    "further": "A further win within the registration's own protection.",
    "late": "Won late, but soon enough after protection and with no rival holding: the registration converts.",
    "breach": "Won by a partner that does not hold the deal while a rival does.",
    "unprotected": "Won without protection, and nobody holds the deal.",
    "unlinked": "Won, and belongs to no registration.",
}


def classify(working_set: WorkingSet, opportunity: str) -> None:
    """The row of the won table that applies is on record, and the registration converts or ends by it."""
    now = working_set.opportunity(opportunity)
    claim = working_set.find_registration(now.registration) if now.registration else None
    case, holder = _case(working_set, claim) if claim else ("unlinked", None)
    step = Step(
        rule="won_table",
        result=case,
        inputs={"state": claim.state if claim else None},
        rivals=(holder,) if holder else (),
    )
    classified = {
        "opportunity": opportunity,
        "registration": claim.id if claim else None,
        "case": case,
        "holder": holder,
        "sentence": _SENTENCES[case],
        "steps": (step,),
        "policy": label(working_set, claim) if claim else None,
    }
    evolve(working_set, OpportunityClassified.model_validate(classified))
    on_classified(working_set, opportunity)
    if claim is not None:
        _conclude(working_set, claim, case, opportunity)


def _case(working_set: WorkingSet, claim: Registration) -> tuple[str, str | None]:
    """The case of the won table for a claim as it stands now, and the rival that holds the deal, if any."""
    if claim.state == "protected":
        return "protected", None
    until = claim.protected_until
    if claim.state == "converted" and until is not None and working_set.clock < until:
        return "further", None
    holder = next((rival.claim.id for rival in rivals(working_set, claim)[0] if rival.claim.state == "protected"), None)
    if claim.state == "expired" and until is not None and holder is None:
        policy = working_set.policy(claim)
        last = until.astimezone(policy.zone).date() + timedelta(days=policy.credit.late_win_days)
        if working_set.clock < midnight(last, policy.zone):
            return "late", None
    return ("breach", holder) if holder else ("unprotected", None)


def _conclude(working_set: WorkingSet, claim: Registration, case: str, opportunity: str) -> None:
    conflict = claim.conflict
    if case in ("protected", "late"):
        converted = ProtectionConverted(
            registration=claim.id,
            opportunity=opportunity,
            late=case == "late",
            sentence=_SENTENCES[case],
            policy=label(working_set, claim),
        )
        evolve(working_set, converted)
        leave_queue(working_set, claim.id, conflict, "closed")
    elif case in ("breach", "unprotected") and claim.live:
        sentence = "Lost: the deal was won while this claim was not protected."
        closed = RegistrationClosed(
            registration=claim.id, code="won_unprotected", sentence=sentence, policy=label(working_set, claim)
        )
        evolve(working_set, closed)
        leave_queue(working_set, claim.id, conflict, "closed")
