"""The queue of a deal: who moves up when a claim ends or is protected."""

from __future__ import annotations

from collections.abc import Iterable

from services.attribution.domain.book import Book
from services.attribution.domain.conflict import (
    between,
    blockers,
    candidates,
    found_by,
    reach,
    rivals,
    separated,
)
from services.attribution.domain.evolve import evolve
from services.attribution.domain.review import detect, hold, judge, resolve, wait
from services.attribution.domain.state import Registration
from shared.events.base import Step
from shared.events.opportunity import OpportunityLinked
from shared.policy.schema import Policy

_MOVABLE = frozenset({"conflict", "review", "customer_match", "confirmation"})
"""Holds that a change among rivals can end; the others wait for their own partner, or for a person alone."""


def settle(book: Book, id_: str, former: Iterable[str] = ()) -> None:
    """Every undecided claim that this one concerns stands behind just those that keep it out; first ones move up.

    Called whenever a claim became able to keep others out or stopped being so. `former` are customer keys that
    it reached until now.
    """
    pending = [(id_, tuple(former))]
    while pending:
        turned, keys = pending.pop()
        concerned = _concerned(book, book.at(turned), keys)
        for one in concerned:
            before = book.at(one.id)
            _move(book, before, turned, concerned)
            if book.at(one.id).life != before.life:
                pending.append((one.id, ()))
                follow(book, one.id)
        _reconcile(book, turned, keys)


def _concerned(book: Book, claim: Registration, former: Iterable[str]) -> list[Registration]:
    """Undecided claims of others that it concerns, in the order in which they move up: that of submission."""
    concerned = []
    for one in candidates(book, claim, former):
        if one.partner == claim.partner or one.life.hold not in _MOVABLE:
            continue
        same, behind = between(book, claim, one).answer == "same", claim.id in one.behind
        # Who stands behind a protected claim already stays there; looking again would be quadratic in the queue.
        if same != behind or claim.id in one.lookalikes or (same and claim.state != "protected"):
            concerned.append(one)
    return concerned


def _move(book: Book, claim: Registration, turned: str, concerned: list[Registration]) -> None:
    hold_ = claim.life.hold
    policy = book.policy(claim)
    same, _ = rivals(book, claim)
    holders = blockers(claim, policy.conflict.order, same)
    if hold_ == "confirmation":
        # Its turn has come: only a claim that is protected all the same goes before it.
        holders = [rival for rival in holders if rival.claim.state == "protected"]
    if holders:
        wait(book, claim, holders, [])
    elif hold_ == "conflict":
        ids = {one.id for one in concerned}
        _move_up(book, claim, policy, [rival.claim for rival in same if rival.claim.id in ids])
    elif turned in claim.lookalikes and not _looks_alike(book, claim, book.at(turned)):
        judge(book, claim.id)


def _looks_alike(book: Book, claim: Registration, other: Registration) -> bool:
    return other.state == "protected" and between(book, claim, other).answer == "look"


def _move_up(book: Book, waiter: Registration, policy: Policy, others: list[Registration]) -> None:
    """The waiter's turn came: it is judged, unless the policy leaves the choice among several to a person."""
    undecided = [one for one in others if one.life.hold in ("conflict", "review")]
    partner = book.partner(waiter.partner)
    assert partner is not None
    if undecided and not separated(policy.conflict.order) and not partner.suspended:
        step = Step(rule="conflict.manual", result="person", rivals=tuple(one.id for one in undecided))
        sentence = "Held for a person: several claims wait and the policy leaves it to people."
        hold(book, waiter, "review", sentence, [step])
        return
    judge(book, waiter.id, promoted=True)


def _reconcile(book: Book, turned: str, former: Iterable[str]) -> None:
    """Protected claims of one deal are in an open conflict until a person decides, and no other one is."""
    claim = book.at(turned)
    outcome = "no_longer_same_deal" if claim.state == "protected" else "holder_ended"
    protected = [one for one in (claim, *candidates(book, claim, former)) if one.state == "protected"]
    for id_ in [one.id for one in protected if one.conflict is not None or len(protected) > 1]:
        one = book.at(id_)
        held = [rival for rival in rivals(book, one)[0] if rival.claim.state == "protected"]
        if one.conflict is not None and not held:
            resolve(book, id_, one.conflict, outcome)
        elif held and not any(each.conflict for each in (one, *(rival.claim for rival in held))):
            opponents = tuple(rival.opponent(one) for rival in held)
            sentence = "Two protected registrations turned out to be the same deal; a person decides."
            detect(book, one, opponents, sentence, contested=True)


def follow(book: Book, id_: str) -> None:
    """Open opportunities of the partner's ended registrations of the deal belong to this claim, or its original."""
    claim = book.at(id_)
    if claim.original is not None:
        claim = book.at(claim.original)
    if not claim.live:
        return
    for earlier in found_by(
        book, reach(book, claim), lambda one: one.open and not one.live and one.partner == claim.partner
    ):
        if earlier.program == claim.program and between(book, claim, earlier).answer == "same":
            for opportunity in earlier.open:
                link(book, opportunity, claim.id, by="followed", previous=earlier.id)


def link(book: Book, opportunity: str, registration: str, *, by: str, previous: str | None = None) -> None:
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
    evolve(book, linked)


def depart(book: Book, id_: str, conflict: str | None, outcome: str) -> None:
    """A claim that left its deal's order: its own conflict is over and the queue moves."""
    resolve(book, id_, conflict, outcome)
    settle(book, id_)
