"""Gates: what a registration must reach to be approved."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar, Self

from pydantic import model_validator

from shared.events.money import Money
from shared.policy.marks import Inputs
from shared.policy.parameters import DecimalText, Family, Rules, stated
from shared.values.fields import Currency


class MinAmount(Rules):
    """A least amount, e.g. `{value: 10000, currency: USD}`."""

    inputs: ClassVar[Inputs] = {"has": "own", "least": "own"}
    fields: ClassVar[tuple[str, ...]] = ("amount",)

    value: DecimalText
    """A number such as `10000`."""
    currency: Currency
    """ISO 4217 code."""

    @cached_property
    def money(self) -> Money:
        """The amount as money."""
        return Money(amount=self.value, currency=self.currency)

    @model_validator(mode="after")
    def _is_money(self) -> Self:
        stated(self.value, self.currency)
        return self


class Gates(Family):
    """What a registration must reach to be approved at all."""

    min_amount: MinAmount | None = None
    """Least amount to be approved; needs `amount` in `required_fields`. Another currency goes to a person."""
