"""Postings: the lines of a double entry, which sum to zero in each currency."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.events.base import Id, Part
from shared.values.fields import Currency
from shared.values.money import MAX_MINOR

Account = Literal["expense", "accrued", "held", "payable", "paid", "reversed"]


class Posting(Part):
    """One line: a partner's account in a program and currency, debited (positive) or credited (negative)."""

    account: Account
    partner: Id
    program: Id
    currency: Currency
    amount_minor: Annotated[int, Field(ge=-MAX_MINOR, le=MAX_MINOR)]


class Posted(Part):
    """Something with postings; whatever writes it, they balance."""

    postings: tuple[Posting, ...] = Field(min_length=2, max_length=20)

    @model_validator(mode="after")
    def _balances(self) -> Self:
        sums: dict[str, int] = {}
        for posting in self.postings:
            sums[posting.currency] = sums.get(posting.currency, 0) + posting.amount_minor
        unbalanced = [currency for currency, total in sums.items() if total]
        if unbalanced:
            raise ValueError(f"postings in {', '.join(unbalanced)} do not sum to zero")
        return self
