"""The queue of a deal: who moves up when a claim ends or is protected."""

from __future__ import annotations

from services.attribution.domain.book import Book
from services.attribution.domain.conflict import (
    between,
    blockers,
    found_by,
    ranked,
    rivals,
    separated,
)
from services.attribution.domain.evolve import evolve
from services.attribution.domain.review import hold, judge, resolve, wait
from services.attribution.domain.state import Registration
from shared.events.base import Step
from shared.events.opportunity import OpportunityLinked


def settle(book: Book, id_: str) -> None:
    """Every waiter that the claim concerns stands behind just those that keep it out; first ones move up.

    Called whenever a claim was protected, or stopped being so, or left the deal's order.
    """
    pending = [id_]
    while pending:
        concerned = _waiters(book, book.at(pending.pop()))
        for waiter in concerned:
            before = book.at(waiter.id)
            if before.life.hold == "conflict" and before.live:
                _move(book, before, concerned)
                if book.at(waiter.id).state == "protected":
                    pending.append(waiter.id)
                    follow(book, waiter.id)


def _waiters(book: Book, claim: Registration) -> list[Registration]:
    rivals_listed = found_by(book, claim.keys, lambda one: one.live and one.partner != claim.partner)
    waiting = [other for other in rivals_listed if other.life.hold == "conflict"]
    return ranked(
        book, [one for one in waiting if claim.id in one.behind or between(book, claim, one).answer == "same"]
    )


def _move(book: Book, waiter: Registration, concerned: list[Registration]) -> None:
    policy = book.policy(waiter)
    same, _ = rivals(book, waiter)
    holders = blockers(waiter, policy.conflict.order, same)
    if holders:
        wait(book, waiter, holders, [])
        return
    partner = book.partner(waiter.partner)
    assert partner is not None
    if partner.suspended:
        if waiter.behind:
            step = Step(rule="partner.suspended", result="passed_over")
            hold(book, waiter, "conflict", "Its turn came while its partner is suspended; it waits.", [step])
        return
    others = [one for one in concerned if one.id != waiter.id and book.at(one.id).life.hold in ("conflict", "review")]
    if others and not separated(policy.conflict.order):
        step = Step(rule="conflict.manual", result="person", rivals=tuple(one.id for one in others))
        hold(
            book, waiter, "review", "Held for a person: several claims wait and the policy leaves it to people.", [step]
        )
        return
    judge(book, waiter.id, promoted=True)


def follow(book: Book, id_: str) -> None:
    """Open opportunities of the partner's ended registrations of the deal, and unlinked ones, belong to this claim."""
    claim = book.at(id_)
    if not claim.live or claim.completed_at is None:
        return
    for earlier in found_by(book, claim.keys, lambda one: one.open and not one.live and one.partner == claim.partner):
        if earlier.program == claim.program and between(book, claim, earlier).answer == "same":
            for opportunity in earlier.open:
                link(book, opportunity, id_, by="followed", previous=earlier.id)


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
