"""What intake asks of the places where it keeps keys and persons; PostgreSQL in production, memory in simulations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.registration.intake.submission import Submission
from shared.events.sealed import Sealed
from shared.persons import Personal


@dataclass(frozen=True, slots=True)
class Row:
    """What the table has under a key; `fresh` where this very request put it there."""

    fresh: bool
    appended: bool
    body_hash: bytes
    recorded_at: datetime
    importing: bool
    signed_at: int | None


class Keys(Protocol):
    """The keys of requests, each with what it stands for."""

    async def enter(self, sent: Sequence[Submission]) -> list[Row]:
        """The row of each submission, in order, inserted where there was none; their fact ids are distinct."""
        ...

    async def mark_appended(self, appended: Sequence[Submission]) -> None:
        """The log is known to have these; forgetting it costs a duplicate append, which the decider drops."""
        ...


class Seals(Protocol):
    """Seals personal texts, each under its person's key."""

    async def seal_many(self, asked: Sequence[Personal]) -> list[dict[str, Sealed]]:
        """The texts of each, in order; every key is committed before this returns."""
        ...
