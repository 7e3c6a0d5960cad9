"""The port of a view: a name, a version, the events that it declares, and a fold from entries to rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, Self, runtime_checkable

from shared.events.envelope import Entry


class View(Protocol):
    """A fold of the journal into tables. It has no side effects but its rows, reads nothing but its own rows,
    and takes no clock, no random number and no identity column: the same entries give the same rows."""

    name: str
    version: int
    declares: frozenset[str] | None
    """Event types that it folds; others are skipped. None: every entry, and an unknown type halts it.

    Whoever declares everything promises an order without gaps: such a view sets nothing aside, it halts.
    """
    tables: tuple[str, ...]
    """Schema-qualified names of its tables, each with a `vendor` column and a primary key."""

    def at(self, schema: str) -> Self:
        """Return the same view over tables of the same names in another schema, to recompute it."""
        ...

    async def load(self, connection: Any, entries: Sequence[Entry]) -> Any:
        """Load the current rows that these entries may change, in few queries."""
        ...

    def fold(self, rows: Any, entries: Sequence[Entry]) -> Any:
        """Return the changes that the entries make to the rows. Pure; entries in journal order, vendors mixed."""
        ...

    async def write(self, connection: Any, changes: Any) -> None:
        """Write the changes within the caller's transaction, in bulk."""
        ...


class Tabled(Protocol):
    """What is built beside the live one: a view, or the decider's documents."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the schema-qualified names of its tables."""
        ...


Touched = tuple[str, str]
"""Vendor and subject."""


@runtime_checkable
class Linking(Protocol):
    """A view whose entries change rows of subjects that they do not name, because an earlier entry linked them."""

    async def links(self, connection: Any, touched: Iterable[Touched]) -> Mapping[Touched, Sequence[str]]:
        """Return, for each vendor and subject, the other subjects whose rows change with it."""
        ...


@runtime_checkable
class Looking(Protocol):
    """A view that looks up current rows by more than their key."""

    lookups: tuple[str, ...]
    """Indexes that the fold needs; the others only serve readers."""


@runtime_checkable
class Carrying(Protocol):
    """A view that can continue to fold before its last changes are written."""

    name: str
    version: int

    def carry(self, rows: Any, changes: Any | None) -> Any:
        """Return the loaded rows with these changes of the last batch applied."""
        ...
