"""Order: who is ahead of two claims on one deal, and the clause that says so. Lexicographic, total, the place last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from services.attribution.domain.documents.registration import Registration
from shared.events.lifecycle import HOLDS
from shared.policy.conflict import EvidenceScore

Answer = Literal["ahead", "behind", "person"]
PLACE = "always.place"
"""The last key of every order: who was complete first."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A claim as an order ranks it."""

    claim: Registration
    approvable: bool
    """Whether rules could approve it now, were it not for its rivals."""
    tier: int = -1
    """Where its partner's tier, pinned at complete submission, stands among the vendor's, the lowest first."""
    score: int = 0
    """What its evidence weighs."""


def score_of(rules: EvidenceScore | None, claim: Registration) -> int:
    """The points of the claim's evidence; how fresh it was is counted back from the complete submission."""
    if rules is None:
        return 0
    oldest = None if rules.fresh_days is None else claim.place[0].date() - timedelta(days=rules.fresh_days)
    return sum(
        rules.weights.get(one.kind, 0)
        for one in claim.claim.evidence
        if (oldest is None or one.on >= oldest) and (not rules.verified_only or one.evidence in claim.verified)
    )


RANKS: dict[str, Callable[[Contender], Any] | None] = {
    "evidence_score": lambda one: -one.score,
    "tier": lambda one: -one.tier,
    "approved_first": lambda one: not one.approvable,
    "first_complete_submission": lambda one: one.claim.place,
    "manual": None,
}
"""Each rule of `conflict.order` by name: a claim's sort key, the lowest first; None where a person chooses."""

BY_STANDING = frozenset({"evidence_score", "tier"})
"""Rules that can put a later claim first though both could be approved."""


def ranked(order: tuple[str, ...], mine: Contender, rival: Contender) -> tuple[Answer, str]:
    """Whether the first is ahead, and the clause that decided: the first one whose keys differ."""
    for name in order:
        rank, clause = RANKS[name], f"conflict.order.{name}"
        if rank is None:
            return "person", clause
        one, other = rank(mine), rank(rival)
        if one != other:
            return ("ahead" if one < other else "behind"), clause
    return ("ahead" if mine.claim.place < rival.claim.place else "behind"), PLACE


def excludes(rival: Registration) -> bool:
    """Whether the rival keeps everybody out: it holds, or is asked whether it takes its turn."""
    return rival.holds or rival.life.hold == "confirmation"


def has_turn(claim: Registration) -> bool:
    """Whether the claim waited, and is decided now: whoever it waited for is gone."""
    return claim.conflict is not None and keeps_place(claim) and claim.life.hold != "contest"


def keeps_place(rival: Registration) -> bool:
    """Whether an undecided rival keeps out those behind it in the order; one that only waits does not."""
    held = rival.life.hold
    return held is not None and rival.life.review != "draft" and HOLDS[held].keeps_place
