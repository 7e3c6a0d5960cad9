"""What a read model is: a name, a version, the events it declares, and a fold from entries to rows."""

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
    """Wire names that it folds; others pass it by. None: every entry, and an unknown type halts it.

    Whoever declares everything promises an order without gaps: such a view sets nothing aside, it halts.
    """
    tables: tuple[str, ...]
    """Schema-qualified names of the tables that hold its rows, each with a `vendor` column and a primary key."""

    def at(self, schema: str) -> Self:
        """The same view over tables of the same names in another schema: where a verification refolds it."""
        ...

    async def load(self, connection: Any, entries: Sequence[Entry]) -> Any:
        """The current rows that these entries may change, in few queries."""
        ...

    def fold(self, rows: Any, entries: Sequence[Entry]) -> Any:
        """The changes that the entries make to the rows; pure, entries in journal order, several vendors mixed."""
        ...

    async def write(self, connection: Any, changes: Any) -> None:
        """The changes written within the caller's transaction, in bulk."""
        ...


Touched = tuple[str, str]
"""Vendor and subject."""


@runtime_checkable
class Linking(Protocol):
    """A view whose entries change rows of subjects that they do not name, since an earlier one linked the two."""

    async def links(self, connection: Any, touched: Iterable[Touched]) -> Mapping[Touched, Sequence[str]]:
        """For each vendor and subject, the other subjects whose rows change with it."""
        ...


@runtime_checkable
class Looking(Protocol):
    """A view that looks current rows up by more than their key."""

    lookups: tuple[str, ...]
    """Indexes that it needs from the first row on; the others serve readers alone."""


@runtime_checkable
class Carrying(Protocol):
    """A view that can fold on before its last changes are written."""

    name: str
    version: int

    def carry(self, rows: Any, changes: Any | None) -> Any:
        """The rows that were loaded, as they are once these changes of the last batch are written."""
        ...
