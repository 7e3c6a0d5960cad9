"""Check that a view's positions and heads agree: both were committed with its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.projections.difference import Difference
from shared.log.port import StoredRecord
from shared.projection.port import View
from shared.projection.reading import BEGINNING, Head

_POSITIONS = "SELECT partition, next_offset FROM log.ownership WHERE consumer = $1"


class Passed(NamedTuple):
    """A record that the verification has read."""

    offset: int
    vendor: str
    seq: int


def passed(records: Sequence[StoredRecord]) -> list[Passed]:
    """Read places from the records' headers."""
    return [
        Passed(one.offset, one.key, int(next(text for name, text in one.headers if name == "ce_seq")))
        for one in records
    ]


class Progress:
    """One view's positions, and the heads that follow from them."""

    def __init__(self, view: View, heads: Mapping[str, Head], positions: Mapping[int, int]) -> None:
        self._view, self._heads, self._positions = view, heads, positions
        self._implied: dict[str, int] = {}

    @classmethod
    async def of(cls, connection: Any, view: View, version: int, heads: Mapping[str, Head]) -> Progress:
        """Load the positions that the connection sees."""
        rows = await connection.fetch(_POSITIONS, f"view:{view.name}:{version}")
        return cls(view, heads, {row["partition"]: row["next_offset"] for row in rows})

    def add(self, partition: int, records: Sequence[Passed]) -> None:
        """Note the records that lie before the view's position."""
        position = self._positions.get(partition, 0)
        for one in records:
            if one.offset >= position:
                return
            if one.seq > self._implied.get(one.vendor, 0):
                self._implied[one.vendor] = one.seq

    def difference(self, ends: Sequence[int]) -> Difference | None:
        """Return the first position beyond its log, or the first head that its position contradicts."""
        for partition, position in sorted(self._positions.items()):
            end = ends[partition] if partition < len(ends) else 0
            if position > end:
                content = f"at most {end}", f"{position}"
                return Difference(
                    self._view.name, "", "log.ownership", f"partition {partition}", "next_offset", *content
                )
        for vendor in sorted(self._implied.keys() | self._heads.keys()):
            wanted, found = self._implied.get(vendor, 0), self._heads.get(vendor, BEGINNING).seq
            if wanted != found:
                content = f"{wanted}, as its position says", f"{found}"
                return Difference(self._view.name, vendor, "projections.head", vendor, "seq", *content)
        return None
