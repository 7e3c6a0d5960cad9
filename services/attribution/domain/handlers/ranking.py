"""Ranking: who keeps a claim out now, and in which order claims move up, by the order that they pinned."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key

from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.deals import Rival
from services.attribution.domain.rules.order import (
    BY_STANDING,
    Answer,
    Contender,
    excludes,
    keeps_place,
    ranked,
    score_of,
)


def contender(working_set: WorkingSet, claim: Registration) -> Contender:
    """The claim as it stands: what is held for anything but conflict could not be approved now."""
    automatic = working_set.policy(claim).review.auto_approve_if != "never"
    free = claim.life.hold in (None, "conflict", "review", "confirmation")
    return standing(working_set, claim, automatic and free and not claim.asks)


def standing(working_set: WorkingSet, claim: Registration, approvable: bool) -> Contender:
    """What the rules of an order look at; a version that does not name them looks at neither tier nor evidence."""
    rules, tiers = working_set.policy(claim).conflict, working_set.vendor.document.tiers
    tier = tiers.index(claim.tier) if "tier" in rules.order and claim.tier in tiers else -1
    return Contender(claim, approvable, tier, score_of(rules.evidence, claim))


EXCLUSIVITY = "exclusivity"
"""The clause by which one deal has one holder."""
Blocking = Sequence[tuple[Rival, str]]
"""Rivals that keep a claim waiting, each with the clause by which it does."""


def blockers(working_set: WorkingSet, mine: Contender, same: Sequence[Rival]) -> list[tuple[Rival, str]]:
    """The rivals that block the claim now: protected or invited ones, and held ones that are ahead of it."""
    found = []
    for rival in same:
        if excludes(rival.claim):
            found.append((rival, EXCLUSIVITY))
        elif keeps_place(rival.claim):
            answer, clause = _ranked(working_set, mine, rival.claim)
            if answer == "behind":
                found.append((rival, clause))
    return found


def contested(working_set: WorkingSet, mine: Contender, same: Sequence[Rival]) -> list[Rival]:
    """The undecided rivals among whom, and the claim, the policy lets a person choose."""
    return [
        rival
        for rival in same
        if rival.claim.life.review == "in_review"
        and not excludes(rival.claim)
        and _ranked(working_set, mine, rival.claim)[0] == "person"
    ]


def in_order(working_set: WorkingSet, waiting: list[Registration]) -> list[Registration]:
    """Claims, given in order of their place, as their orders rank them: the first is judged first when a holder ends.

    Rules that ask for nothing but the place, or whether a claim can be approved, need no other order.
    """
    if not any(BY_STANDING.intersection(working_set.policy(one).conflict.order) for one in waiting):
        return waiting
    stands = {one.id: contender(working_set, one) for one in waiting}

    def compare(one: Registration, other: Registration) -> int:
        answer, _ = ranked(_order(working_set, one, other), stands[one.id], stands[other.id])
        return {"ahead": -1, "behind": 1, "person": 0}[answer]

    return sorted(waiting, key=cmp_to_key(compare))


def _ranked(working_set: WorkingSet, mine: Contender, rival: Registration) -> tuple[Answer, str]:
    return ranked(_order(working_set, mine.claim, rival), mine, contender(working_set, rival))


def _order(working_set: WorkingSet, one: Registration, other: Registration) -> tuple[str, ...]:
    """The order that both pinned; claims of different programs or orders are ranked by their place alone."""
    if one.program != other.program:
        return ()
    mine, theirs = working_set.policy(one).conflict, working_set.policy(other).conflict
    return mine.order if (mine.order, mine.evidence) == (theirs.order, theirs.evidence) else ()
