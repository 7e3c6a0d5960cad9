"""The queues of deals: who moves up when a claim ends or is protected. The decider drains them; handlers only note."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from operator import attrgetter
from typing import Literal

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.amendments import settle, waiting_among
from services.attribution.domain.handlers.contest import is_open
from services.attribution.domain.handlers.deals import Rival, between, candidates, found_by, reach, rivals, stands_alone
from services.attribution.domain.handlers.exclusivity import EXCLUSIVITY, is_full, keeping_out
from services.attribution.domain.handlers.ranking import Blocking, blockers, contender, in_order
from services.attribution.domain.handlers.review import detect, evaluate, hold, in_question, keep_out, resolve
from services.attribution.domain.rules.subject import asks
from shared.events.conflict import Outcome
from shared.events.lifecycle import HOLDS
from shared.events.opportunity import LinkedBy, OpportunityLinked
from shared.events.protection import LossLifted

MOST_TURNS = 5
"""How often one claim's hold may change in one drain; a claim that goes on changing is left to a person."""


def drain(working_set: WorkingSet) -> None:
    """Move the queues of every claim whose standing changed, the lowest place first, until all are quiet."""
    turns: Counter[str] = Counter()
    while working_set.stirred:
        id_ = min(working_set.stirred, key=lambda one: working_set.registration(one).place)
        former = working_set.stirred.pop(id_)
        relink_opportunities(working_set, id_)
        _advance(working_set, id_, former, turns)


def _advance(working_set: WorkingSet, turned: str, former: tuple[str, ...], turns: Counter[str]) -> None:
    """Let every undecided claim that this one concerns stand behind just those that block it; first ones move up."""
    settle(working_set, turned)
    claim = working_set.registration(turned)
    # Whom a won deal closes ends by its timer, some at a time.
    for one in _concerned(working_set, claim, former) if claim.live or not claim.holds else ():
        if one.held is not None:
            settle(working_set, one.id)
            continue
        before = working_set.registration(one.id)
        _move(working_set, before, turned)
        if working_set.registration(one.id).life == before.life:
            continue
        turns[one.id] += 1
        if turns[one.id] > MOST_TURNS:
            hold(working_set, working_set.registration(one.id), "unsettled", [asks("always.unsettled")])
        working_set.stir(one.id)
    _reconcile(working_set, turned, former)


def _concerned(working_set: WorkingSet, claim: Registration, former: Iterable[str]) -> list[Registration]:
    """Undecided claims and held amendments of others that it concerns, in the order in which they move up."""
    others, alone = candidates(working_set, claim, former), stands_alone(working_set, claim)
    # Claims in a window move each other only when it closes.
    contested = is_open(claim)
    concerned = waiting_among(working_set, tuple(one for one in others if one.partner != claim.partner))
    for one in others:
        if one.partner == claim.partner or one.life.hold is None or not HOLDS[one.life.hold].movable:
            continue
        if (alone and stands_alone(working_set, one)) or (contested and is_open(one)):
            continue
        same, behind = between(working_set, claim, one).answer == "same", claim.id in one.behind
        # Who stands behind a protected claim already stays there; looking again would be quadratic in the queue.
        if same != behind or claim.id in one.lookalikes or (same and claim.state != "protected"):
            concerned.append(one)
    return in_order(working_set, sorted(concerned, key=attrgetter("place")))


def _move(working_set: WorkingSet, claim: Registration, turned: str) -> None:
    held = claim.life.hold
    if held is None or not HOLDS[held].movable:
        return
    same, similar = rivals(working_set, claim)
    blocking = _blocking(working_set, claim, same)
    if any(rival.claim.closes_at is not None for rival, _ in blocking):
        return
    if blocking:
        keep_out(working_set, claim, blocking, [])
    elif held == "conflict":
        evaluate(working_set, claim.id, promoted=True)
    elif held == "customer_match" and not _asked_still(working_set, claim, turned, same, similar):
        evaluate(working_set, claim.id)


def _blocking(working_set: WorkingSet, claim: Registration, same: list[Rival]) -> Blocking:
    if claim.life.hold == "confirmation":
        # Its turn has come: only claims that are protected all the same go before it.
        return [(rival, EXCLUSIVITY) for rival in keeping_out(working_set, claim, same, invited=False)]
    if claim.life.hold in ("customer_match", "contest"):
        # The question and the window come before the order, and after exclusivity.
        return [(rival, EXCLUSIVITY) for rival in keeping_out(working_set, claim, same)]
    return blockers(working_set, contender(working_set, claim), same)


def _asked_still(
    working_set: WorkingSet, claim: Registration, turned: str, same: list[Rival], similar: list[Rival]
) -> bool:
    """Whether a person must say still whether the customers are one, and of the same claims as before."""
    if turned in claim.lookalikes and not _looks_alike(working_set, claim, working_set.registration(turned)):
        return False
    return bool(in_question(working_set, claim, same, similar))


def _looks_alike(working_set: WorkingSet, claim: Registration, other: Registration) -> bool:
    return other.holds and between(working_set, claim, other).answer == "look"


def _reconcile(working_set: WorkingSet, turned: str, former: Iterable[str]) -> None:
    """Protected claims of one deal, if there are more than may hold it, are in an open conflict; no other one is."""
    claim = working_set.registration(turned)
    outcome: Outcome = "no_longer_same_deal" if claim.state == "protected" else "holder_ended"
    protected = [one for one in (claim, *candidates(working_set, claim, former)) if one.state == "protected"]
    left = [one.id for one in protected if one.conflict is not None or len(protected) > 1]
    for id_ in left:
        one = working_set.registration(id_)
        held = [rival for rival in rivals(working_set, one)[0] if rival.claim.state == "protected"]
        full = is_full(working_set, one, [rival.claim for rival in held])
        if one.conflict is not None and not full:
            resolve(working_set, id_, one.conflict, outcome)
            # It may have been the conflict of others as well, who are still too many.
            left += [rival.claim.id for rival in held if rival.claim.id not in left]
        elif full and not any(each.conflict for each in (one, *(rival.claim for rival in held))):
            detect(working_set, one, tuple(rival.opponent(one) for rival in held), contested=True)


def relink_opportunities(working_set: WorkingSet, id_: str) -> None:
    """Link open opportunities of the partner's ended registrations of the deal to this claim, or to its original."""
    claim = working_set.registration(id_)
    if claim.original is not None:
        claim = working_set.registration(claim.original)
    if not claim.live:
        return
    for earlier in found_by(
        working_set, reach(working_set, claim), lambda one: one.open and not one.live and one.partner == claim.partner
    ):
        if earlier.program == claim.program and between(working_set, claim, earlier).answer == "same":
            for opportunity in earlier.open:
                link(working_set, opportunity, claim.id, by="followed", previous=earlier.id)


def link(
    working_set: WorkingSet, opportunity: str, registration: str, *, by: LinkedBy, previous: str | None = None
) -> None:
    """Link the opportunity to the registration."""
    linked = OpportunityLinked(opportunity=opportunity, registration=registration, previous=previous, by=by)
    evolve(working_set, linked)
    spare(working_set, previous)
    spare(working_set, registration)


def spare(working_set: WorkingSet, id_: str | None) -> None:
    """Lift the loss of a registration whose deal goes on, is won, or whose lost opportunity left it."""
    claim = working_set.find_registration(id_) if id_ is not None else None
    if claim is None or claim.loss is None:
        return
    code: Literal["open", "won", "relinked"]
    if claim.open or claim.won:
        code = "won" if claim.won else "open"
    elif working_set.opportunity(claim.loss).registration != claim.id:
        code = "relinked"
    else:
        return
    evolve(working_set, LossLifted(registration=claim.id, opportunity=claim.loss, code=code))


def leave_queue(working_set: WorkingSet, id_: str, conflict: str | None, outcome: Outcome) -> None:
    """Take a claim out of its deal's order: its own conflict is over, and the queue moves."""
    resolve(working_set, id_, conflict, outcome)
    working_set.stir(id_)
