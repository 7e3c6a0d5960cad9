"""Winning: how a won opportunity counts for the registration it belongs to."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.opportunity import Opportunity
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.amendments import waiting_for
from services.attribution.domain.handlers.credit import UNDER_PROTECTION
from services.attribution.domain.handlers.deals import holders_of, rivals, stands_alone
from services.attribution.domain.handlers.exclusivity import is_full
from services.attribution.domain.handlers.queue import leave_queue, link
from services.attribution.domain.handlers.settlement import on_classified
from services.attribution.domain.rules import reasons
from shared.events.base import Finding
from shared.events.opportunity import OpportunityClassified, OpportunityUnlinked, WinOutcome
from shared.events.protection import ProtectionConverted
from shared.events.registration import RegistrationClosed
from shared.policy.zones import midnight


def classify(working_set: WorkingSet, opportunity: str) -> None:
    """The row of the won table that applies is on record, and the registration converts or ends by it."""
    _settle_winner(working_set, opportunity)
    now = working_set.opportunity(opportunity)
    claim = working_set.find_registration(now.registration) if now.registration else None
    winner = other_winner(now, claim)
    case, holder = _case(working_set, claim, winner) if claim else ("unlinked", None)
    found = Finding(
        clause="always.win", outcome="passed", code=f"win.{case}", inputs={"state": claim.state if claim else None},
        rivals=(holder,) if holder else (), rival_count=int(holder is not None),
    )  # fmt: skip
    classified = OpportunityClassified(
        opportunity=opportunity,
        registration=claim.id if claim else None,
        case=case,
        holder=holder,
        winner=winner,
        shared_with=_shared_with(working_set, claim) if claim and case in UNDER_PROTECTION else (),
        findings=(*_lateness(working_set, claim, case), found),
        policy=working_set.label(claim) if claim else None,
    )
    evolve(working_set, classified)
    on_classified(working_set, opportunity)
    if claim is not None and winner is None:
        _conclude(working_set, claim, case, opportunity)


def _shared_with(working_set: WorkingSet, claim: Registration) -> tuple[str, ...]:
    """The registrations that hold the deal beside the claim at its win, where its policy shares deals; in order."""
    if working_set.policy(claim).exclusivity.mode != "shared":
        return ()
    return tuple(rival.claim.id for rival in rivals(working_set, claim)[0] if rival.claim.holds)


def other_winner(now: Opportunity, claim: Registration | None) -> str | None:
    """The partner named by the CRM, or by the person who linked it, where it is not the registration's."""
    named = now.said_winner if now.by_person else now.latest.partner
    return named if claim is not None and named != claim.partner else None


def _settle_winner(working_set: WorkingSet, opportunity: str) -> None:
    """Link a win that names another partner than its registration's to what it concerns.

    A named partner that itself holds the deal won it, whatever number the win carries. Else a rival that holds it is
    concerned, whether or not the named partner ever registered. A partner that nobody enrolled is left to a person.
    """
    now = working_set.opportunity(opportunity)
    named, linked = now.latest.partner, now.registration
    if named is None or now.by_person:
        return
    claim = working_set.find_registration(linked) if linked is not None else None
    if claim is not None and claim.partner == named:
        return
    if working_set.find_partner(named) is None:
        if claim is not None:
            evolve(working_set, OpportunityUnlinked(opportunity=now.id, previous=claim.id, code="partner_unknown"))
        return
    holders = holders_of(working_set, now)
    own = next((one for one in holders if one.partner == named), None)
    if own is not None and own.id != linked:
        link(working_set, opportunity, own.id, by="partner", previous=linked)
    elif own is None and claim is None:
        kept = next((one for one in holders if not stands_alone(working_set, one)), None)
        if kept is not None:
            link(working_set, opportunity, kept.id, by="holder")


def _case(working_set: WorkingSet, claim: Registration, winner: str | None) -> tuple[WinOutcome, str | None]:
    """The case of the won table for a claim as it stands now, and the rival that holds the deal, if any.

    A win by another partner never converts the claim: its holder's rewards wait, or nobody holds. Claims that keep
    nobody out are not breached.
    """
    if winner is not None and claim.state == "protected":
        return ("unprotected", None) if stands_alone(working_set, claim) else ("breach", claim.id)
    if winner is None and claim.state == "protected":
        return "protected", None
    until = claim.protected_until
    if winner is None and claim.state == "converted" and until is not None and working_set.clock < until:
        return "further", None
    holders = [rival.claim for rival in rivals(working_set, claim)[0] if rival.claim.state == "protected"]
    if winner is not None:
        held = next((one.id for one in holders if one.partner != winner), None)
        return ("breach", held) if held else ("unprotected", None)
    # Where those that hold the deal leave the claim a place, it is not theirs alone.
    holder = holders[0].id if is_full(working_set, claim, holders) else None
    expired = until if claim.state == "expired" and holder is None else None
    if expired is not None and working_set.clock < _last_late_moment(working_set, claim, expired):
        return "late", None
    return ("breach", holder) if holder else ("unprotected", None)


def _last_late_moment(working_set: WorkingSet, claim: Registration, until: datetime) -> datetime:
    """The midnight that closes the days in which a win still converts after protection."""
    policy = working_set.policy(claim)
    last = until.astimezone(policy.zone).date() + timedelta(days=policy.credit.late_win_days)
    return midnight(last, policy.zone)


def _lateness(working_set: WorkingSet, claim: Registration | None, case: WinOutcome) -> tuple[Finding, ...]:
    """What the policy's days after protection came to, where they decided."""
    if (
        claim is None
        or claim.state != "expired"
        or claim.protected_until is None
        or case not in ("late", "unprotected")
    ):
        return ()
    policy = working_set.policy(claim)
    if not policy.credit.late_win_days:
        return ()
    return (
        reasons.late_win(policy, _last_late_moment(working_set, claim, claim.protected_until), late=case == "late"),
    )


def _holds_until(working_set: WorkingSet, claim: Registration) -> datetime | None:
    """Until when a win keeps others out: the end that protection had, where the policy closes a won deal."""
    until = claim.protected_until
    closes = working_set.policy(claim).conflict.on_won == "close"
    return until if closes and until is not None and working_set.clock < until else None


def _conclude(working_set: WorkingSet, claim: Registration, case: WinOutcome, opportunity: str) -> None:
    conflict = claim.conflict
    if case in ("protected", "late"):
        holds_until = _holds_until(working_set, claim) if case == "protected" else None
        others = () if holds_until is None else rivals(working_set, claim)[0]
        converted = ProtectionConverted(
            registration=claim.id,
            opportunity=opportunity,
            late=case == "late",
            holds_until=holds_until,
            closes=any(not rival.claim.holds for rival in others)
            or (holds_until is not None and bool(waiting_for(working_set, claim))),
            policy=working_set.label(claim),
        )
        evolve(working_set, converted)
        leave_queue(working_set, claim.id, conflict, "closed")
    elif case in ("breach", "unprotected") and claim.live:
        closed = RegistrationClosed(registration=claim.id, code="won_unprotected", policy=working_set.label(claim))
        evolve(working_set, closed)
        leave_queue(working_set, claim.id, conflict, "closed")
