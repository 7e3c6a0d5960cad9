"""Gates: what a registration must reach to be approved."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from shared.events.money import Money
from shared.events.registration import MOST_MONTHS, MOST_UNITS, RegistrationSubmitted
from shared.policy.marks import Inputs
from shared.policy.parameters import DecimalText, Family, Rules, Sees, stated
from shared.values.fields import Currency


class MinAmount(Rules):
    """A least amount, e.g. `{value: 10000, currency: USD, basis: list}`."""

    inputs: ClassVar[Inputs] = {
        "has": "own", "least": "own", "basis": "own", "converted": "own", "rate_on": "own",
    }  # fmt: skip

    value: DecimalText
    """A number such as `10000`."""
    currency: Currency
    """ISO 4217 code."""
    basis: Literal["net", "list"] = "net"
    """Which amount counts: `net` is the claim's `amount`, `list` its `list_amount`."""

    @property
    def field(self) -> str:
        """The field of a claim that is compared."""
        return "list_amount" if self.basis == "list" else "amount"

    def amount_of(self, claim: RegistrationSubmitted) -> Money | None:
        """The amount of the claim that is compared."""
        return claim.list_amount if self.basis == "list" else claim.amount

    @cached_property
    def money(self) -> Money:
        """The amount as money."""
        return Money(amount=self.value, currency=self.currency)

    @model_validator(mode="after")
    def _is_money(self) -> Self:
        stated(self.value, self.currency)
        return self


_COMPARED: Inputs = {"has": "own", "least": "own"}


class Gates(Family):
    """What a registration must reach to be approved at all."""

    min_amount: MinAmount | None = None
    """Least amount to be approved; needs `amount`, or `list_amount`, in `required_fields`. Another
    currency is compared at the rate that was known at the complete submission, or goes to a person."""
    min_units: Annotated[int, Field(ge=0, le=MOST_UNITS), Sees(_COMPARED)] = 0
    """Fewest units to be approved, of all products of the claim together; needs `units` in `required_fields`."""
    min_term_months: Annotated[int, Field(ge=0, le=MOST_MONTHS), Sees(_COMPARED)] = 0
    """Shortest term of the contract; needs `term_months` in `required_fields`."""
    before_rfp: Annotated[bool, Sees({"rfp_on": "own", "completed_on": "own"})] = False
    """Only claims that were complete before the day of the customer's request for proposals (`rfp_on`), which the
    partner states: on that day it is too late, and a claim that names no such day passes."""
    single_end_customer: Annotated[bool, Sees({"further": "own"})] = False
    """Only claims for one end customer: those that name `further_customers` are rejected."""

    def reads(self) -> Iterator[tuple[str, str]]:
        """Each gate that compares a field of the claim, with that field: without it no claim could ever pass."""
        if self.min_amount is not None:
            yield "min_amount", self.min_amount.field
        if self.min_units:
            yield "min_units", "units"
        if self.min_term_months:
            yield "min_term_months", "term_months"
