"""The decider's documents of money: refunds of an order, the credit of a win, rewards, breach cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.events.credit import Share
from shared.events.money import Money
from shared.events.timer import Timer


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund, or a cancellation of everything that is left, and what became of it."""

    id: str
    told_at: datetime
    amount: Money | None = None
    """None: a cancellation."""
    source_time: datetime | None = None
    state: Literal["told", "waiting", "counted", "disregarded"] = "told"
    code: str | None = None
    """Why it waits or is disregarded."""
    counted: Money | None = None
    """What it takes of the order, in the currency of the order's value."""


@dataclass(frozen=True, slots=True)
class Credit:
    """How one won opportunity is shared out now; `active` until the win is taken back."""

    opportunity: str
    number: int
    registration: str
    case: str
    holder: str | None
    currency: str
    value_minor: int
    """Of registered and unregistered products together, refunds taken off."""
    effective_at: datetime
    shares: tuple[Share, ...]
    active: bool = True
    rewards: tuple[str, ...] = ()
    breach: str | None = None
    """The case that its rewards wait for, if any was opened."""


@dataclass(frozen=True, slots=True)
class Reward:
    """What a program owes a partner for one event."""

    id: str
    partner: str
    program: str
    registration: str
    opportunity: str | None
    name: str
    """In the policy that the registration pinned for its rates: an adjustment shares it with what it adjusts."""
    currency: str
    amount_minor: int
    effective_at: datetime
    hold_until: datetime
    status: Literal["held", "payable"] = "held"
    reversed_minor: int = 0
    cases: tuple[str, ...] = ()
    blocked: bool = False
    """Its hold was over while its partner was suspended."""
    disarmed: tuple[str, ...] = ()

    @property
    def left_minor(self) -> int:
        """Amount not yet reversed, in minor units."""
        return self.amount_minor - self.reversed_minor

    @property
    def timers(self) -> dict[Timer, datetime]:
        """When its hold is over, unless something else holds it or nothing is left."""
        waits = self.status == "held" and not self.cases and not self.blocked and self.left_minor > 0
        return {"reward.hold": self.hold_until} if waits else {}


@dataclass(frozen=True, slots=True)
class Case:
    """A breach case: the win, the holder's registration, and whether a person decided."""

    id: str
    opportunity: str
    registration: str
    open: bool = True
    reversed: bool = False
    """A person decided that the win earns the holder nothing, whatever its value becomes."""
