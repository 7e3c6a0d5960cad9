"""The data of a timeline; its JSON has the same fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from shared.events.money import Money


class Row(NamedTuple):
    """One entry as its reader has it; a partner's has a number of its own, and no principal."""

    seq: int
    n: int | None
    type: str
    version: int
    decision: bool
    clock: datetime
    known_at: datetime | None
    cause: str | None
    principal: str | None
    subjects: list[str]
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """A registration that the timeline is about or names."""

    registration: str
    partner: str
    customer: str
    state: str
    protected_until: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: when, by whom or which rules, and its sentence."""

    seq: int
    at: datetime
    type: str
    registration: str | None
    """The registration whose life it belongs to, if any."""
    by: str | None
    """The principal of a fact; None where the rules decided."""
    sentence: str
    policy: str | None
    findings: list[dict[str, Any]]
    """The clauses that were applied, each with its own sentence."""


@dataclass(frozen=True, slots=True)
class Share:
    """A current share of a deal's value; without a partner it is the house's."""

    opportunity: str
    partner: str | None
    role: str
    portion: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Owed:
    """One reward: what is left of it, when it is due, and what holds it."""

    reward: str
    name: str
    """In the policy."""
    partner: str
    opportunity: str | None
    amount: Money
    left: Money
    status: str
    """`held`, `payable` or `reversed`."""
    due_at: datetime | None
    """Held: the end of the hold; payable: since when; reversed: None."""
    cases: tuple[str, ...]
    """Open cases that hold it beyond `due_at`, until a reviewer decides them."""
    blocked: str | None
    """`partner.suspended` while that keeps it from being paid."""


@dataclass(slots=True)
class Story:
    """A timeline: its lines in order, and the state at the end."""

    vendor: str
    about: str
    kind: str
    """`registration`, `opportunity`, `reward`, `case` or `conflict`."""
    title: str
    as_of: int
    """The vendor's last entry that was known."""
    complete: bool
    """False where there are more entries than are told."""
    zone: str = "UTC"
    """Whose days and times the sentences have: that of the last policy that decided."""
    partners: dict[str, str] = field(default_factory=dict)
    """Names by id."""
    claims: list[Claim] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    credit: list[Share] = field(default_factory=list)
    rewards: list[Owed] = field(default_factory=list)
