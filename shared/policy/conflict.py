"""Conflict: how claims on one deal are ranked, and how waiters move up."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import model_validator

from shared.policy.parameters import EACH_WORD, Family
from shared.policy.periods import PeriodOrNone


class Conflict(Family):
    """How claims on one deal are ranked (the first rule that separates them decides) and how waiters move up."""

    order: Annotated[tuple[Literal["approved_first", "first_complete_submission", "manual"], ...], EACH_WORD] = (
        "approved_first",
        "first_complete_submission",
    )
    """Who goes first: the first of these rules that separates two claims decides."""
    waiter_confirm: PeriodOrNone = "none"
    """How long a waiter whose turn came may take to confirm; `none` promotes it at once."""
    on_lost: PeriodOrNone = "none"
    """How long the holder may object once the CRM reports the deal lost; `none` ends protection at once."""

    @model_validator(mode="after")
    def _order_means_something(self) -> Self:
        if not self.order or len(set(self.order)) != len(self.order):
            raise ValueError("order: name each rule once, and at least one")
        if "manual" in self.order[:-1]:
            raise ValueError("order: manual decides everything, so nothing can stand after it")
        return self
