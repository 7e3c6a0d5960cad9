"""Winning: how a won opportunity counts for the registration it belongs to."""

from __future__ import annotations

from datetime import timedelta

from services.attribution.domain.documents.calendar import midnight
from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.deals import rivals
from services.attribution.domain.handlers.queue import leave_queue
from services.attribution.domain.handlers.settlement import on_classified
from shared.events.base import Finding
from shared.events.opportunity import OpportunityClassified, WinOutcome
from shared.events.protection import ProtectionConverted
from shared.events.registration import RegistrationClosed


def classify(working_set: WorkingSet, opportunity: str) -> None:
    """The row of the won table that applies is on record, and the registration converts or ends by it."""
    now = working_set.opportunity(opportunity)
    claim = working_set.find_registration(now.registration) if now.registration else None
    case, holder = _case(working_set, claim) if claim else ("unlinked", None)
    found = Finding(
        clause="always.win", outcome="passed", code=f"win.{case}", inputs={"state": claim.state if claim else None},
        rivals=(holder,) if holder else (), rival_count=int(holder is not None),
    )  # fmt: skip
    classified = OpportunityClassified(
        opportunity=opportunity,
        registration=claim.id if claim else None,
        case=case,
        holder=holder,
        findings=(found,),
        policy=working_set.label(claim) if claim else None,
    )
    evolve(working_set, classified)
    on_classified(working_set, opportunity)
    if claim is not None:
        _conclude(working_set, claim, case, opportunity)


def _case(working_set: WorkingSet, claim: Registration) -> tuple[WinOutcome, str | None]:
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


def _conclude(working_set: WorkingSet, claim: Registration, case: WinOutcome, opportunity: str) -> None:
    conflict = claim.conflict
    if case in ("protected", "late"):
        converted = ProtectionConverted(
            registration=claim.id,
            opportunity=opportunity,
            late=case == "late",
            policy=working_set.label(claim),
        )
        evolve(working_set, converted)
        leave_queue(working_set, claim.id, conflict, "closed")
    elif case in ("breach", "unprotected") and claim.live:
        closed = RegistrationClosed(registration=claim.id, code="won_unprotected", policy=working_set.label(claim))
        evolve(working_set, closed)
        leave_queue(working_set, claim.id, conflict, "closed")
