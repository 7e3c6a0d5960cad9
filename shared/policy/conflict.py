"""Conflict: how claims on one deal are ranked, and how waiters move up."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shared.events.registration import EvidenceKind
from shared.policy.parameters import EACH_WORD, Family, Rules, parameter_of
from shared.policy.periods import PeriodOrNone

DECIDES_ALL = {
    "manual": "leaves everything to a person",
    "first_complete_submission": "separates any two claims",
}
"""Rules behind which no other one can separate two claims, and why."""
Ranking = Literal["evidence_score", "tier", "approved_first", "first_complete_submission", "manual"]


class EvidenceScore(Rules):
    """What a claim's evidence of work weighs against a rival's."""

    weights: Annotated[dict[EvidenceKind, Annotated[int, Field(ge=1, le=1000)]], Field(min_length=1)]
    """Points of each piece of evidence by its kind; kinds that are not named give none."""
    fresh_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Work done longer before the complete submission gives no points."""
    verified_only: bool = False
    """Whether only evidence that a person found true gives points."""


class Conflict(Family):
    """How claims on one deal are ranked (the first rule that separates them decides) and how waiters move up."""

    order: Annotated[tuple[Ranking, ...], EACH_WORD] = (
        "approved_first",
        "first_complete_submission",
    )
    """Who goes first: the first of these rules that separates two claims decides."""
    runner_up_order: tuple[Ranking, ...] | None = None
    """In which order those who wait have their turn when the holder goes, by the rules of `order`; whoever has its turn
    stays first until it is decided. Absent: by `order`."""
    evidence: Annotated[EvidenceScore | None, parameter_of("order.evidence_score")] = None
    """How `evidence_score` counts."""
    contest_window: PeriodOrNone = "none"
    """How long rules wait after the first complete claim on a deal: claims that come meanwhile are compared with it,
    and `order` decides between them when the time is over; `none` decides each as it comes."""
    on_won: Literal["close", "next"] = "close"
    """What a win by the holder means for the others on the deal: `close` ends them, and keeps others out until the
    winner's protection would have ended; `next` asks the next in line, for deals that repeat."""
    waiter_confirm: PeriodOrNone = "none"
    """How long a waiter whose turn came may take to confirm; `none` promotes it at once."""
    on_lost: PeriodOrNone = "none"
    """How long the holder may object once the CRM reports the deal lost; `none` ends protection at once."""
