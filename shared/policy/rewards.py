"""Rewards: what a program owes for a deal, and what takes it back."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from shared.events.credit import Role
from shared.events.money import Money
from shared.events.reward import RewardedOn, RewardKind
from shared.policy.parameters import DecimalText, PercentageText, Rules, stated
from shared.policy.references import ProductLine
from shared.values import BadValue
from shared.values.fields import Currency, Identifier, refuse_at


class Cap(Rules):
    """The most that a reward pays, e.g. `{amount: 50000, currency: USD, per: deal}`."""

    amount: DecimalText
    """A number such as `1000`."""
    currency: Currency
    """ISO 4217 code."""
    per: Literal["deal"] = "deal"
    """Counted for each won opportunity."""

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
    """Product lines that count; empty: all."""


class Reward(Rules):
    """A percentage of the value, owed to the holder of a role on an event."""

    name: Identifier
    """Its name among the policy's rewards, in the form of the program's id; entries and reports carry it."""
    kind: RewardKind
    """`rebate` or `referral_fee`."""
    on: RewardedOn = "won"
    """What it is earned by: `won`, or `approved` (then on the registered amount)."""
    when: When = When()
    role: Role = "sourced"
    """The role whose holder it is owed to."""
    base: Literal["net"] = "net"
    """`net` is the value as the order or registration states it."""
    pct: PercentageText
    """Percent of the base, above 0, at most 100, at most four decimals."""
    cap: Cap | None = None
    """The most it pays; in another currency than the deal's, a person decides."""
    hold_days: Annotated[int, Field(ge=0, le=3650)] = 0
    """How long it is held before it is payable."""

    @cached_property
    def percent(self) -> Decimal:
        """The percentage as a number."""
        return Decimal(self.pct)


def _named_once(rewards: tuple[Reward, ...]) -> tuple[Reward, ...]:
    first: dict[str, int] = {}
    twice = []
    for index, reward in enumerate(rewards):
        before = first.setdefault(reward.name, index)
        if before != index:
            message = f"{reward.name!r} is the name of rewards.{before} too; give each reward a name of its own"
            twice.append(((index, "name"), BadValue("name.twice", message)))
    refuse_at("rewards", twice)
    return rewards


Rewards = Annotated[tuple[Reward, ...], Field(max_length=20), AfterValidator(_named_once)]
"""The rewards of a policy, each of its own name."""


class Clawback(Rules):
    """What takes credit and rewards back, and for how long after the win."""

    on: tuple[Literal["cancel", "refund"], ...] = ("cancel", "refund")
    """What takes credit and rewards back."""
    within_months: Annotated[int, Field(ge=1, le=120)] = 12
    """For how long after the win."""
