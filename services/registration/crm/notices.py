"""What an adapter makes of a delivery: subjects to read, and what it leaves out with the reason. It is pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.errors import FieldProblem


@dataclass(frozen=True, slots=True)
class Hint:
    """Something changed about a subject (`deal:…`, `contact:…`): it is to be read again, or erased."""

    subject: str
    merged: tuple[str, ...] = ()
    """Deals that were merged into this one."""
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """One event that asks for nothing, and why."""

    position: int
    code: str


@dataclass(frozen=True, slots=True)
class Notices:
    """A delivery as read."""

    hints: tuple[Hint, ...] = ()
    left: tuple[Left, ...] = ()
    problems: tuple[FieldProblem, ...] = ()
    """What nobody can use; the body is kept and listed with them."""

    @property
    def subjects(self) -> list[str]:
        """Every subject of the delivery, for the erasure of its body."""
        return sorted({one for hint in self.hints for one in (hint.subject, *map(deal, hint.merged))})


@dataclass(slots=True)
class Gathered:
    """Hints of one delivery, those of one subject joined."""

    hints: dict[str, Hint] = field(default_factory=dict)

    def add(self, subject: str, merged: Sequence[str] = (), deleted_at: datetime | None = None) -> None:
        known = self.hints.get(subject, Hint(subject))
        both = tuple(dict.fromkeys((*known.merged, *merged)))
        self.hints[subject] = Hint(subject, both, deleted_at or known.deleted_at)


def deal(id_: str) -> str:
    """The subject of a deal."""
    return f"deal:{id_}"


def contact(id_: str) -> str:
    """The subject of a contact."""
    return f"contact:{id_}"


def is_deal(subject: str) -> bool:
    """Whether the subject is a deal; the others are contacts to erase."""
    return subject.startswith("deal:")


def id_of(subject: str) -> str:
    """The id in a subject."""
    return subject.partition(":")[2]
