"""The queue of a deal: who moves up when a claim ends or is protected."""

from __future__ import annotations

from collections.abc import Iterable

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.review import detect, evaluate, hold, resolve, wait
from services.attribution.domain.rules.same_deal import (
    between,
    blockers,
    candidates,
    found_by,
    reach,
    rivals,
    separated,
)
from shared.events.base import Step
from shared.events.opportunity import OpportunityLinked
from shared.policy.schema import Policy

_MOVABLE = frozenset({"conflict", "review", "customer_match", "confirmation"})
"""Holds that a change among rivals can end; the others wait for their own partner, or for a person alone."""


def advance_queue(working_set: WorkingSet, id_: str, former: Iterable[str] = ()) -> None:
    """Every undecided claim that this one concerns stands behind just those that keep it out; first ones move up.

    Called whenever a claim became able to keep others out or stopped being so. `former` are customer keys that
    it reached until now.
    """
    pending = [(id_, tuple(former))]
    while pending:
        turned, keys = pending.pop()
        concerned = _concerned(working_set, working_set.registration(turned), keys)
        for one in concerned:
            before = working_set.registration(one.id)
            _move(working_set, before, turned, concerned)
            if working_set.registration(one.id).life != before.life:
                pending.append((one.id, ()))
                relink_opportunities(working_set, one.id)
        _reconcile(working_set, turned, keys)


def _concerned(working_set: WorkingSet, claim: Registration, former: Iterable[str]) -> list[Registration]:
    """Undecided claims of others that it concerns, in the order in which they move up: that of submission."""
    concerned = []
    for one in candidates(working_set, claim, former):
        if one.partner == claim.partner or one.life.hold not in _MOVABLE:
            continue
        same, behind = between(working_set, claim, one).answer == "same", claim.id in one.behind
        # Who stands behind a protected claim already stays there; looking again would be quadratic in the queue.
        if same != behind or claim.id in one.lookalikes or (same and claim.state != "protected"):
            concerned.append(one)
    return concerned


def _move(working_set: WorkingSet, claim: Registration, turned: str, concerned: list[Registration]) -> None:
    hold_ = claim.life.hold
    policy = working_set.policy(claim)
    same, _ = rivals(working_set, claim)
    holders = blockers(claim, policy.conflict.order, same)
    if hold_ == "confirmation":
        # Its turn has come: only a claim that is protected all the same goes before it.
        holders = [rival for rival in holders if rival.claim.state == "protected"]
    if holders:
        wait(working_set, claim, holders, [])
    elif hold_ == "conflict":
        ids = {one.id for one in concerned}
        _move_up(working_set, claim, policy, [rival.claim for rival in same if rival.claim.id in ids])
    elif turned in claim.lookalikes and not _looks_alike(working_set, claim, working_set.registration(turned)):
        evaluate(working_set, claim.id)


def _looks_alike(working_set: WorkingSet, claim: Registration, other: Registration) -> bool:
    return other.state == "protected" and between(working_set, claim, other).answer == "look"


def _move_up(working_set: WorkingSet, waiter: Registration, policy: Policy, others: list[Registration]) -> None:
    """The waiter's turn came: it is judged, unless the policy leaves the choice among several to a person."""
    undecided = [one for one in others if one.life.hold in ("conflict", "review")]
    partner = working_set.partner(waiter.partner)
    if undecided and not separated(policy.conflict.order) and not partner.suspended:
        step = Step(rule="conflict.manual", result="person", rivals=tuple(one.id for one in undecided))
        sentence = "Held for a person: several claims wait and the policy leaves it to people."
        hold(working_set, waiter, "review", sentence, [step])
        return
    evaluate(working_set, waiter.id, promoted=True)


def _reconcile(working_set: WorkingSet, turned: str, former: Iterable[str]) -> None:
    """Protected claims of one deal are in an open conflict until a person decides, and no other one is."""
    claim = working_set.registration(turned)
    outcome = "no_longer_same_deal" if claim.state == "protected" else "holder_ended"
    protected = [one for one in (claim, *candidates(working_set, claim, former)) if one.state == "protected"]
    for id_ in [one.id for one in protected if one.conflict is not None or len(protected) > 1]:
        one = working_set.registration(id_)
        held = [rival for rival in rivals(working_set, one)[0] if rival.claim.state == "protected"]
        if one.conflict is not None and not held:
            resolve(working_set, id_, one.conflict, outcome)
        elif held and not any(each.conflict for each in (one, *(rival.claim for rival in held))):
            opponents = tuple(rival.opponent(one) for rival in held)
            sentence = "Two protected registrations turned out to be the same deal; a person decides."
            detect(working_set, one, opponents, sentence, contested=True)


def relink_opportunities(working_set: WorkingSet, id_: str) -> None:
    """Open opportunities of the partner's ended registrations of the deal belong to this claim, or its original."""
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


def link(working_set: WorkingSet, opportunity: str, registration: str, *, by: str, previous: str | None = None) -> None:
    """The opportunity belongs to the registration."""
    words = {
        "number": "the message names it",
        "partner": "it is the partner's own registration of the deal",
        "holder": "it holds the deal and the message names no partner",
        "person": "a person said so",
        "followed": "the partner registered the deal again",
        "duplicate": "the registration named was refused as a duplicate of it",
    }
    linked = OpportunityLinked.model_validate(
        {
            "opportunity": opportunity,
            "registration": registration,
            "previous": previous,
            "by": by,
            "sentence": f"Linked to {registration}: {words[by]}.",
        }
    )
    evolve(working_set, linked)


def leave_queue(working_set: WorkingSet, id_: str, conflict: str | None, outcome: str) -> None:
    """A claim that left its deal's order: its own conflict is over and the queue moves."""
    resolve(working_set, id_, conflict, outcome)
    advance_queue(working_set, id_)
