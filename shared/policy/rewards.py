"""Rewards: what a program owes for a deal, and what takes it back."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from shared.events.credit import Role
from shared.events.money import Money
from shared.events.reward import RewardedOn, RewardKind
from shared.policy.parameters import DecimalText, PercentageText, Rules, stated
from shared.policy.references import ProductLine
from shared.values import BadValue
from shared.values.fields import Currency, Identifier, as_field_error


class Cap(Rules):
    """The most that a reward pays, e.g. `{amount: 50000, currency: USD, per: deal}`."""

    amount: DecimalText
    currency: Currency
    per: Literal["deal"] = "deal"

    @cached_property
    def money(self) -> Money:
        """The cap as money."""
        return Money(amount=self.amount, currency=self.currency)

    @model_validator(mode="after")
    def _is_money(self) -> Self:
        stated(self.amount, self.currency)
        return self


class When(Rules):
    """What a reward counts: only these product lines, where any are named."""

    lines: tuple[ProductLine, ...] = ()


class Reward(Rules):
    """A percentage of the value, owed to the holder of a role on an event."""

    name: Identifier
    """What entries and reports call it; one reward of the policy has it."""
    kind: RewardKind
    on: RewardedOn = "won"
    when: When = When()
    role: Role = "sourced"
    base: Literal["net"] = "net"
    """`net` is the value as the order or registration states it."""
    pct: PercentageText
    cap: Cap | None = None
    hold_days: Annotated[int, Field(ge=0, le=3650)] = 0

    @cached_property
    def percent(self) -> Decimal:
        """The percentage as a number."""
        return Decimal(self.pct)


def _named_once(rewards: tuple[Reward, ...]) -> tuple[Reward, ...]:
    first: dict[str, int] = {}
    for index, reward in enumerate(rewards):
        before = first.setdefault(reward.name, index)
        if before != index:
            message = f"{reward.name!r} is the name of rewards.{before} too; give each reward a name of its own"
            error = as_field_error(BadValue("name.twice", message))
            twice = InitErrorDetails(type=error, loc=(index, "name"), input=reward.name)
            raise ValidationError.from_exception_data("rewards", [twice])
    return rewards


Rewards = Annotated[tuple[Reward, ...], Field(max_length=20), AfterValidator(_named_once)]
"""The rewards of a policy, each of its own name."""


class Clawback(Rules):
    """What takes credit and rewards back, and for how long after the win."""

    on: tuple[Literal["cancel", "refund"], ...] = ("cancel", "refund")
    within_months: Annotated[int, Field(ge=1, le=120)] = 12
