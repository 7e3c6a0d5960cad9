"""A view with a bug: it cannot fold certain entries, whatever batch they come in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from shared.events.envelope import Entry
from shared.projection.port import View


def broken(view: View, numbers: Collection[int]) -> Any:
    """The same view, but the entries of these numbers raise."""
    kind: Any = type(view)

    class Broken(kind):  # type: ignore[misc]
        def at(self, schema: str) -> Any:
            return Broken(schema)

        def fold(self, rows: Any, entries: Sequence[Entry]) -> Any:
            if any(entry.seq in numbers for entry in entries):
                raise KeyError("a bug")
            return super().fold(rows, entries)

    return Broken()
