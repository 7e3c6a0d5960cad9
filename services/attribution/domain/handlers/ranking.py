"""Ranking: who keeps a claim out now, and in which order claims move up, by the order that they pinned."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key

from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.contest import is_open
from services.attribution.domain.handlers.deals import Rival
from services.attribution.domain.handlers.exclusivity import EXCLUSIVITY, is_full, keeping_out, seen_of_holders
from services.attribution.domain.rules.order import (
    BY_STANDING,
    Answer,
    Contender,
    excludes,
    has_turn,
    keeps_place,
    ranked,
    score_of,
)
from services.attribution.domain.rules.same_deal import met
from services.attribution.domain.rules.subject import against, asks, finding
from shared.events.base import Finding
from shared.policy.schema import Policy


def contender(working_set: WorkingSet, claim: Registration) -> Contender:
    """The claim as it stands: what is held for anything but conflict could not be approved now."""
    automatic = working_set.policy(claim).review.auto_approve_if != "never"
    free = claim.life.hold in (None, "conflict", "contest", "review", "confirmation")
    return standing(working_set, claim, automatic and free and not claim.asks)


def standing(working_set: WorkingSet, claim: Registration, approvable: bool) -> Contender:
    """What the rules of an order look at; a version that does not name them looks at neither tier nor evidence."""
    rules, tiers = working_set.policy(claim).conflict, working_set.vendor.document.tiers
    ranks = "tier" in rules.order or "tier" in (rules.runner_up_order or ())
    tier = tiers.index(claim.tier) if ranks and claim.tier in tiers else -1
    return Contender(claim, approvable, tier, score_of(rules.evidence, claim))


RUNNER_UP = "conflict.runner_up_order"
"""The clause by which those who wait have their turn."""
Blocking = Sequence[tuple[Rival, str]]
"""Rivals that keep a claim waiting, each with the clause by which it does."""


def blockers(
    working_set: WorkingSet, mine: Contender, same: Sequence[Rival], beside: Sequence[Registration] = ()
) -> list[tuple[Rival, str]]:
    """The rivals that block the claim now: those that hold the deal or are asked to, and held ones ahead of it.

    They block it only if they take every place together, with the holders `beside` them that it meets already. Where
    those that hold leave a place, whoever is ahead decides, and stands first.
    """
    holders, ahead = [], []
    for rival in same:
        if excludes(rival.claim):
            holders.append(rival)
        elif keeps_place(rival.claim):
            answer, clause = _ranked(working_set, mine, rival.claim)
            if answer == "behind":
                ahead.append((rival, clause))
    if keeping_out(working_set, mine.claim, holders, beside=beside):
        kept_out = [*((rival, EXCLUSIVITY) for rival in holders), *ahead]
        return sorted(kept_out, key=lambda one: one[0].claim.place) if ahead else kept_out
    counted = [rival.claim for rival in (*holders, *(rival for rival, _ in ahead))] if ahead else []
    if not is_full(working_set, mine.claim, counted, beside):
        return []
    return [*ahead, *((rival, ahead[0][1]) for rival in holders)]


def why_behind(working_set: WorkingSet, claim: Registration, blocking: Blocking) -> tuple[Finding, ...]:
    """Why the claim waits: what makes it the same deal as the first of those that block it, and the clause, last.

    Where that one was chosen as their common window closed, the rule of the order by which it was.
    """
    ids = tuple(rival.claim.id for rival, _ in blocking)
    # A holder decides before anybody who is only ahead.
    first, clause = min(blocking, key=lambda one: one[1] != EXCLUSIVITY)
    keys = list(first.keys)
    same = met(working_set.policy(claim), working_set.vendor, claim.deal, first.claim.deal, first.keys)
    if clause != EXCLUSIVITY:
        return *same, against(clause, ids, keys=keys)
    holders = [rival.claim for rival, by in blocking if by == clause]
    held = against(clause, ids, keys=keys, **seen_of_holders(working_set.policy(claim), holders))
    if is_open(claim) and claim.contest_until == first.claim.protected_from == working_set.clock:
        answer, clause = _ranked(working_set, contender(working_set, claim), first.claim)
        if answer == "behind":
            return *same, held, against(clause, ids, keys=keys)
    return *same, held


def contested(
    working_set: WorkingSet, mine: Contender, same: Sequence[Rival], beside: Sequence[Registration] = ()
) -> list[tuple[Rival, str]]:
    """The undecided rivals among whom, and the claim, the policy lets a person choose: there is no place for all."""
    chosen, first = [], [*beside]
    for rival in same:
        if excludes(rival.claim):
            first.append(rival.claim)
        elif rival.claim.life.review == "in_review":
            answer, clause = _ranked(working_set, mine, rival.claim)
            if answer == "person":
                chosen.append((rival, clause))
            elif answer == "behind" and keeps_place(rival.claim):
                first.append(rival.claim)
    return chosen if is_full(working_set, mine.claim, [rival.claim for rival, _ in chosen], first) else []


def to_choose(chosen: Blocking) -> Finding:
    """Rivals among whom, and the claim, a person chooses as a finding, by the clause that leaves it to a person."""
    ids = [rival.claim.id for rival, _ in chosen]
    if any(clause == RUNNER_UP for _, clause in chosen):
        return asks(RUNNER_UP, code="conflict.runner_up_order.manual", rivals=ids)
    return asks("conflict.order.manual", rivals=ids)


def turn_came(policy: Policy, claim: Registration) -> tuple[Finding, ...]:
    """That a claim which waited has its turn as a finding, where its policy ranks those who wait."""
    waits = claim.conflict is not None and policy.conflict.runner_up_order is not None
    return (finding(RUNNER_UP, passed=True),) if waits else ()


def in_order(working_set: WorkingSet, waiting: list[Registration]) -> list[Registration]:
    """Claims, given in order of their place, as their orders rank them: the first is judged first when a holder ends.

    Those that waited go first, by the order of those who wait where their policies state one. Rules of the other order
    that ask for nothing but the place, or whether a claim can be approved, need no sorting.
    """
    rules = [working_set.policy(one).conflict for one in waiting]
    if any(one.runner_up_order for one in rules):
        waited = [one for one in waiting if one.conflict is not None]
        return [*_sorted(working_set, waited), *_sorted(working_set, [one for one in waiting if one.conflict is None])]
    return _sorted(working_set, waiting) if any(BY_STANDING.intersection(one.order) for one in rules) else waiting


def _sorted(working_set: WorkingSet, claims: list[Registration]) -> list[Registration]:
    stands = {one.id: contender(working_set, one) for one in claims}

    def compare(one: Registration, other: Registration) -> int:
        order = _order(working_set, one, other)
        if one.conflict is not None and other.conflict is not None:
            order = runner_up_order(working_set, one, other) or order
        answer, _ = ranked(order, stands[one.id], stands[other.id])
        return {"ahead": -1, "behind": 1, "person": 0}[answer]

    return sorted(claims, key=cmp_to_key(compare))


def _ranked(working_set: WorkingSet, mine: Contender, rival: Registration) -> tuple[Answer, str]:
    theirs = contender(working_set, rival)
    queue = runner_up_order(working_set, mine.claim, rival)
    answer = _in_queue(queue, mine, theirs) if queue is not None else None
    if answer is not None:
        return answer, RUNNER_UP
    return ranked(_order(working_set, mine.claim, rival), mine, theirs)


def _in_queue(order: tuple[str, ...], mine: Contender, theirs: Contender) -> Answer | None:
    """Who goes first of two of which at least one waited: whoever has its turn; None where the queue does not say.

    A turn is kept whatever comes, so that nobody else who waits, and no newcomer, overtakes a claim in review. Being
    judged never makes a claim's own answer worse: it would stand before a rival that goes before it.
    """
    turns = has_turn(mine.claim), has_turn(theirs.claim)
    if not any(turns) and not (_waits(mine.claim) and _waits(theirs.claim)):
        return None
    answer, _ = ranked(order, mine, theirs)
    if answer == "person" or turns[0] == turns[1]:
        return answer
    return "ahead" if turns[0] else "behind"


def _waits(claim: Registration) -> bool:
    # Claims in a window are ranked as it closes, by the order that picks the winner.
    return claim.conflict is not None and not is_open(claim)


def _order(working_set: WorkingSet, one: Registration, other: Registration) -> tuple[str, ...]:
    """The order that both pinned; claims of different programs or orders are ranked by their place alone."""
    if one.program != other.program:
        return ()
    mine, theirs = working_set.policy(one).conflict, working_set.policy(other).conflict
    return mine.order if (mine.order, mine.evidence) == (theirs.order, theirs.evidence) else ()


def runner_up_order(working_set: WorkingSet, one: Registration, other: Registration) -> tuple[str, ...] | None:
    """The order of those who wait that both pinned; None where either has none, or another one."""
    mine = working_set.policy(one).conflict
    if mine.runner_up_order is None or one.program != other.program:
        return None
    theirs = working_set.policy(other).conflict
    same = (mine.runner_up_order, mine.evidence) == (theirs.runner_up_order, theirs.evidence)
    return mine.runner_up_order if same else None
