"""Exclusivity: whether a claim still finds a place on its deal beside those that hold it. The smallest limit counts."""

from __future__ import annotations

from collections.abc import Sequence

from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.deals import Rival
from services.attribution.domain.rules.order import excludes
from services.attribution.domain.rules.subject import finding
from shared.events.base import Finding, Value
from shared.policy.schema import Policy

EXCLUSIVITY = "exclusivity"
"""The clause by which so many and no more hold one deal."""


def is_full(
    working_set: WorkingSet, claim: Registration, others: Sequence[Registration], beside: Sequence[Registration] = ()
) -> bool:
    """Whether the others, and those beside them, leave the claim no place, by the smallest limit that any pinned.

    Without others it has one: with those beside it shares deals already.
    """
    if not others:
        return False
    limit = working_set.policy(claim).exclusivity.limit
    if limit > 1:
        limit = min(limit, *(working_set.policy(one).exclusivity.limit for one in (*others, *beside)))
    return len(others) + len(beside) >= limit


def keeping_out(
    working_set: WorkingSet,
    claim: Registration,
    same: Sequence[Rival],
    *,
    invited: bool = True,
    beside: Sequence[Registration] = (),
) -> list[Rival]:
    """The rivals that hold the claim's deal, and those that are asked to, where they leave it no place; else none.

    A deal that is won and closed has no place, however few hold it. Without `invited`, only those that hold it count.
    """
    taken = [rival for rival in same if (excludes(rival.claim) if invited else rival.claim.holds)]
    if any(rival.claim.state == "converted" for rival in taken):
        return taken
    return taken if is_full(working_set, claim, [rival.claim for rival in taken], beside) else []


def found_a_place(policy: Policy) -> Finding:
    """A deal with a place for the claim as a finding, with the limit where the policy states more than one."""
    rules = policy.exclusivity
    if rules.mode == "shared":
        return Finding(clause=EXCLUSIVITY, outcome="passed", code="exclusivity.shared")
    if rules.mode == "none":
        return Finding(clause=EXCLUSIVITY, outcome="passed", code="exclusivity.none")
    if rules.limit > 1:
        return finding(EXCLUSIVITY, passed=True, most=rules.limit)
    return finding(EXCLUSIVITY, passed=True)


def seen_of_holders(policy: Policy, holders: Sequence[Registration]) -> dict[str, Value]:
    """What the finding of a claim without a place says of those that hold its deal: since when the first one does."""
    since = holders[0].protected_from if holders[0].state == "protected" else None
    day = since.astimezone(policy.zone).date().isoformat() if since is not None else None
    most = policy.exclusivity.limit
    # Where fewer hold it, another policy's limit decided, which is not the claimant's to read.
    return {"held_since": day, **({"most": most} if 1 < most <= len(holders) else {})}
