"""Rewards: what a program owes a partner, accrued on an event, held, payable, reversed; each with its postings."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.events.base import Code, Decision, Id, Moment, distinct, subject
from shared.events.ledger import Posted
from shared.events.money import Money
from shared.values.fields import Percentage

RewardKind = Literal["rebate", "referral_fee"]
RewardedOn = Literal["approved", "won"]


class _OfReward(Decision):
    reward: Id
    name: Id
    """The reward's name in the policy that the registration pinned for its rates."""
    partner: Id
    program: Id
    registration: Id
    opportunity: Id | None = None
    effective_at: Moment
    """When it was earned; a correction keeps it and is dated when it is made."""

    def subjects(self) -> tuple[str, ...]:
        linked = (*subject("registration", self.registration), *subject("opportunity", self.opportunity))
        return distinct((*subject("reward", self.reward), *subject("partner", self.partner), *linked))


class RewardAccrued(_OfReward, Posted):
    """The partner earned a reward: a percentage of the base, at most the cap. Held until `hold_until`, then payable."""

    type: ClassVar[str] = "reward.accrued"

    kind_of_reward: RewardKind
    on: RewardedOn
    role: Code | None = None
    base: Money
    pct: Percentage
    cap: Money | None = None
    amount: Money
    hold_until: Moment
    cases: tuple[Id, ...] = ()
    """Cases that keep it held beyond that."""
    adjusts: Id | None = None
    """The reward that this one adds to, where its base grew."""


class RewardHeld(_OfReward):
    """The hold period is over but the reward stays held; `code` says why."""

    type: ClassVar[str] = "reward.held"

    code: Code


class RewardReleased(_OfReward, Posted):
    """The held amount of the reward became payable."""

    type: ClassVar[str] = "reward.released"

    amount: Money


class RewardReversed(_OfReward, Posted):
    """That amount of the reward was reversed, whatever its status; `code` says why."""

    type: ClassVar[str] = "reward.reversed"

    amount: Money
    code: Code
    total: Annotated[int, Field(ge=0)]
    """Of the reward, in minor units, taken back so far."""


class RewardWithheld(Decision):
    """A rule names a reward but none is owed; a finding says why, for a reviewer to check."""

    type: ClassVar[str] = "reward.withheld"

    name: Id
    """The reward's name in the policy that the registration pinned for its rates."""
    registration: Id
    opportunity: Id | None = None
    partner: Id
    code: Code

    def subjects(self) -> tuple[str, ...]:
        linked = (*subject("registration", self.registration), *subject("opportunity", self.opportunity))
        return distinct((*linked, *subject("partner", self.partner)))
