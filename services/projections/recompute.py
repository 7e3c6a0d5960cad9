"""Recompute one view into temporary tables and compare it with the live one, row by row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from services.projections.difference import Difference
from services.projections.digests import Digest, Table, describe, rows_of
from services.projections.progress import Progress
from shared.compression import content_of
from shared.errors import DealregError
from shared.events.envelope import Entry
from shared.projection.parking import parked_of
from shared.projection.port import View
from shared.projection.reading import BEGINNING, Head
from shared.projection.tables import add_lookups
from shared.projection.versions import current_of

SCRATCH = "pg_temp"
MAX_SHOWN = 300
"""Characters of a value shown in a difference."""


class Refold:
    """One view recomputed into temporary tables, up to the live one's heads."""

    def __init__(
        self,
        connection: Any,
        beside: Any,
        view: View,
        tables: list[Table],
        heads: dict[str, Head],
        parked: dict[tuple[str, int], str],
        progress: Progress,
    ) -> None:
        self.view = view
        self.heads = heads
        self.parked = parked
        """Entries that the live view has parked, and why: they are not folded here either."""
        self.progress = progress
        self.failed: Difference | None = None
        self.complete = False
        self._connection, self._beside = connection, beside
        self._tables = tables
        self._scratch = view.at(SCRATCH)

    @classmethod
    async def of(cls, connection: Any, beside: Any, view: View) -> Refold:
        """Begin with what `connection` sees in its transaction; `beside` has the temporary tables, and no transaction.

        A dead version of a row is cleared away only once the transaction that left it has ended. A row that every
        batch changes would leave one for each, and whoever looks for it would pass all of them.
        """
        tables = [await describe(connection, name) for name in view.tables]
        for table, scratch in zip(tables, view.at(SCRATCH).tables, strict=True):
            key = ", ".join(table.key)
            await beside.execute(f"CREATE TEMP TABLE {scratch} (LIKE {table.name} INCLUDING DEFAULTS)")
            await beside.execute(f"ALTER TABLE {scratch} ADD PRIMARY KEY ({key})")
        await add_lookups(beside, view, view.at(SCRATCH))
        stored = await current_of(connection, view)
        version = stored.version
        rows = await connection.fetch(
            "SELECT vendor, seq, hash FROM projections.head WHERE view = $1 AND version = $2", view.name, version
        )
        heads = {row["vendor"]: Head(row["seq"], row["hash"]) for row in rows}
        parked = await parked_of(connection, view.name, version)
        refold = cls(
            connection, beside, view, tables, heads, parked, await Progress.of(connection, view, version, heads)
        )
        if stored.shape != view.version:
            content = f"folded by this release ({view.version})", f"folded by another ({stored.shape}): rebuild it"
            refold.failed = Difference(view.name, "", "projections.version", f"version {version}", "shape", *content)
        return refold

    def set_aside(self) -> Difference | None:
        """Return the first entry that the live view has parked: there it differs from the journal."""
        if not self.parked:
            return None
        (vendor, seq), reason = min(self.parked.items())
        content = "an entry that is applied", f"set aside, as {len(self.parked)} are: {_shown(reason)}"
        return Difference(self.view.name, vendor, "projections.parked", f"entry {seq}", "(row)", *content)

    async def fold(self, entries: Sequence[Entry]) -> None:
        """Fold the entries that the live view has folded."""
        mine = []
        for entry in entries:
            head = self.heads.get(entry.vendor, BEGINNING)
            if entry.seq == head.seq and entry.hash != head.hash:
                self._fail(entry, "head", entry.hash, head.hash)
            declared = self.view.declares is None or entry.event.type in self.view.declares
            if declared and entry.seq <= head.seq and (entry.vendor, entry.seq) not in self.parked:
                mine.append(entry)
        if self.failed is not None or not mine:
            return
        try:
            async with self._beside.transaction():
                rows = await self._scratch.load(self._beside, mine)
                await self._scratch.write(self._beside, self._scratch.fold(rows, mine))
        except DealregError as error:
            self._fail(mine[0], "fold", "entries that can be folded", error.detail)

    def _fail(self, entry: Entry, column: str, expected: str, found: str) -> None:
        self.failed = self.failed or Difference(
            self.view.name, entry.vendor, "projections.head", f"entry {entry.seq}", column, expected, found
        )

    def finish(self, heads: Mapping[str, Head], ends: Sequence[int]) -> int:
        """Return how many entries the live view is behind; a view ahead of its journal is a difference."""
        self.complete = True
        behind = 0
        for vendor in sorted(heads.keys() | self.heads.keys()):
            journal, mine = heads.get(vendor, BEGINNING), self.heads.get(vendor, BEGINNING)
            behind += max(0, journal.seq - mine.seq)
            if mine.seq > journal.seq and self.failed is None:
                content = f"a journal of at least {mine.seq} entries", f"{journal.seq} entries"
                self.failed = Difference(self.view.name, vendor, "projections.head", vendor, "seq", *content)
        self.failed = self.failed or self.progress.difference(ends)
        return behind

    async def compare(self) -> tuple[Difference | None, str]:
        """Return the first row, in key order, that differs from the journal, and the live view's digest."""
        difference, digest = self.failed, Digest()
        for table, scratch in zip(self._tables, self._scratch.tables, strict=True):
            found = digest.passing(table, rows_of(self._connection, table))
            # With a damaged journal there is nothing to compare with, but the digest is still needed.
            if difference is None and self.complete:
                async with self._beside.transaction():
                    expected = rows_of(self._beside, table, scratch)
                    difference = await self._first_difference(table, expected, found)
            async for _ in found:
                pass
        return difference, digest.hex

    async def _first_difference(
        self, table: Table, expected: AsyncIterator[Any], found: AsyncIterator[Any]
    ) -> Difference | None:
        while True:
            wanted, there = await anext(expected, None), await anext(found, None)
            if wanted == there:
                if wanted is None:
                    return None
                continue
            if wanted is None or (there is not None and table.key_of(there) < table.key_of(wanted)):
                return self._difference(table, there, "(row)", "no row", "a row")
            if there is None or table.key_of(there) > table.key_of(wanted):
                return self._difference(table, wanted, "(row)", "a row", "no row")
            for column in table.columns:
                if _content(wanted[column]) != _content(there[column]):
                    return self._difference(table, wanted, column, _shown(wanted[column]), _shown(there[column]))

    def _difference(self, table: Table, row: Any, column: str, expected: str, found: str) -> Difference:
        key = ", ".join(f"{name}={row[name]}" for name in table.key if name != "vendor")
        return Difference(self.view.name, row["vendor"], table.name, key, column, expected, found)


def _content(value: Any) -> Any:
    """Compressed content as what it is of: another release's compressor may give other bytes for it."""
    return content_of(value) if isinstance(value, bytes) else value


def _shown(value: Any) -> str:
    content = _content(value)
    text = content.decode(errors="replace") if isinstance(content, bytes) else str(content)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"
