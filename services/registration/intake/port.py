"""Ports of the intake for keys and persons: PostgreSQL in production, memory in simulations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.registration.intake.submission import Submission
from shared.events.sealed import Sealed
from shared.persons import Personal


@dataclass(frozen=True, slots=True)
class Row:
    """The row of a key; `fresh` if this request inserted it, `appended` if the log is known to have its fact."""

    fresh: bool
    appended: bool
    body_hash: bytes
    recorded_at: datetime
    importing: bool
    signed_at: int | None


class Keys(Protocol):
    """Stores idempotency keys, each with its request."""

    async def enter(self, sent: Sequence[Submission]) -> list[Row]:
        """Insert missing rows and return the row of each submission, in order. Their fact ids are distinct."""
        ...

    async def mark_appended(self, appended: Sequence[Submission]) -> None:
        """Mark that the log has these facts. A lost mark costs a duplicate append, which the decider drops."""
        ...


class Seals(Protocol):
    """Seals personal texts, each under its person's key."""

    async def seal_many(self, asked: Sequence[Personal]) -> list[dict[str, Sealed]]:
        """Seal the texts of each, in order. Every person's key is committed before this returns."""
        ...


@dataclass(frozen=True, slots=True)
class Entered:
    """What is stored of a submission, and its texts as they may be appended."""

    row: Row
    sealed: Mapping[str, Sealed]


class Entry(Protocol):
    """Stores the keys of a batch, of requests and of persons; a log in the same database takes the facts with them."""

    async def enter(self, batch: Sequence[Submission]) -> list[Entered]:
        """Store what is missing and return what there is of each, in order. Their fact ids are distinct.

        The facts of fresh rows that are `appended` are on the log, in the order of the batch. Raises `Unavailable`.
        """
        ...
