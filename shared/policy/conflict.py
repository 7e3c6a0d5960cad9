"""Conflict: how claims on one deal are ranked, and how waiters move up."""

from __future__ import annotations

from typing import Annotated, Literal

from shared.policy.parameters import EACH_WORD, Family
from shared.policy.periods import PeriodOrNone

DECIDES_ALL = {
    "manual": "leaves everything to a person",
    "first_complete_submission": "separates any two claims",
}
"""Rules behind which no other one can separate two claims, and why."""


class Conflict(Family):
    """How claims on one deal are ranked (the first rule that separates them decides) and how waiters move up."""

    order: Annotated[tuple[Literal["approved_first", "first_complete_submission", "manual"], ...], EACH_WORD] = (
        "approved_first",
        "first_complete_submission",
    )
    """Who goes first: the first of these rules that separates two claims decides."""
    waiter_confirm: PeriodOrNone = "none"
    """How long a waiter whose turn came may take to confirm; `none` promotes it at once."""
