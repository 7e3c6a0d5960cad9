"""The proof that views agree with the journal (G4, G6): the chain is checked, every view refolded and compared.

It reads one snapshot of the database, so it may run beside live workers; what it refolds lives in temporary
tables of its own connection and is gone afterwards, also after a crash.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.projections.books import Books
from services.projections.difference import Difference
from services.projections.digests import Digest, Table, describe, journal_digest, rows_of, view_digests
from services.projections.views import ALL
from shared.database import database_errors
from shared.errors import DealregError
from shared.events.envelope import Entry
from shared.log.port import EventLog
from shared.projection.parking import parked_of
from shared.projection.port import View
from shared.projection.reading import BEGINNING, Head, read
from shared.projection.stored import current_of

__all__ = ["Difference", "Report", "journal_digest", "verify", "view_digests"]

BATCH_ENTRIES = 2_000
SCRATCH = "pg_temp"
MAX_SHOWN = 300
"""Characters of a value in a difference."""

Progress = Callable[[int, int], None]
"""Records read so far, records in all."""


@dataclass(slots=True)
class Report:
    """What a verification found."""

    entries: int = 0
    vendors: int = 0
    differences: list[Difference] = field(default_factory=list)
    behind: dict[str, int] = field(default_factory=dict)
    """Entries of the journal that a view had not folded yet; that alone is no difference."""
    digests: dict[str, str] = field(default_factory=dict)
    read_whole: bool = False
    """False where damage to the journal ended the reading: the books are not closed then."""

    @property
    def holds(self) -> bool:
        return not self.differences


async def verify(pool: Any, log: EventLog, views: Sequence[View] = ALL, progress: Progress | None = None) -> Report:
    """Reads the journal from its beginning, refolds every view and compares every row; raises `Unavailable`."""
    report = Report()
    with database_errors():
        async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
            # The log is read between our statements, and a long journal takes its time.
            await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            # Before the snapshot: a switch of versions would move tables that it has not seen yet.
            for view in views:
                await connection.execute(f"LOCK TABLE {', '.join(view.tables)} IN ACCESS SHARE MODE")
            refolds = [await _Refold.of(connection, view) for view in views]
            books = await Books.of(connection, whole_facts=log.joins_transaction)
            await _read_journal(log, refolds, books, report, progress)
            for refold in refolds:
                difference, report.digests[refold.view.name] = await refold.compare()
                report.differences += [one for one in (difference, refold.set_aside()) if one is not None]
            if report.read_whole and (difference := await books.close(connection)) is not None:
                report.differences.append(difference)
    return report


class _Refold:
    """One view folded anew into temporary tables, as far as the live one had come."""

    def __init__(
        self,
        connection: Any,
        view: View,
        tables: list[Table],
        heads: dict[str, Head],
        parked: dict[tuple[str, int], str],
    ) -> None:
        self.view = view
        self.heads = heads
        self.parked = parked
        """Entries that the live view has set aside, and why: they are not folded here either."""
        self.failed: Difference | None = None
        self.complete = False
        self._connection = connection
        self._tables = tables
        self._scratch = view.at(SCRATCH)

    @classmethod
    async def of(cls, connection: Any, view: View) -> _Refold:
        tables = [await describe(connection, name) for name in view.tables]
        for table, scratch in zip(tables, view.at(SCRATCH).tables, strict=True):
            key = ", ".join(table.key)
            await connection.execute(f"CREATE TEMP TABLE {scratch} (LIKE {table.name}) ON COMMIT DROP")
            await connection.execute(f"ALTER TABLE {scratch} ADD PRIMARY KEY ({key})")
        version = (await current_of(connection, view)).version
        rows = await connection.fetch(
            "SELECT vendor, seq, hash FROM projections.head WHERE view = $1 AND version = $2", view.name, version
        )
        heads = {row["vendor"]: Head(row["seq"], row["hash"]) for row in rows}
        return cls(connection, view, tables, heads, await parked_of(connection, view.name, version))

    def set_aside(self) -> Difference | None:
        """The first entry that the live view has not applied: what it shows is not what the journal says."""
        if not self.parked:
            return None
        (vendor, seq), reason = min(self.parked.items())
        told = "an entry that is applied", f"set aside, as {len(self.parked)} are: {_shown(reason)}"
        return Difference(self.view.name, vendor, "projections.parked", f"entry {seq}", "(row)", *told)

    async def fold(self, entries: Sequence[Entry]) -> None:
        """The entries that the live view has folded, folded here too."""
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
            # A savepoint: what one view cannot fold must not end the transaction of the others.
            async with self._connection.transaction():
                rows = await self._scratch.load(self._connection, mine)
                await self._scratch.write(self._connection, self._scratch.fold(rows, mine))
        except DealregError as error:
            self._fail(mine[0], "fold", "entries that can be folded", error.detail)

    def _fail(self, entry: Entry, column: str, expected: str, found: str) -> None:
        self.failed = self.failed or Difference(
            self.view.name, entry.vendor, "projections.head", f"entry {entry.seq}", column, expected, found
        )

    def finish(self, heads: Mapping[str, Head]) -> int:
        """How many entries the live view is behind; a view ahead of its journal is a difference."""
        self.complete = True
        behind = 0
        for vendor in sorted(heads.keys() | self.heads.keys()):
            journal, mine = heads.get(vendor, BEGINNING), self.heads.get(vendor, BEGINNING)
            behind += max(0, journal.seq - mine.seq)
            if mine.seq > journal.seq and self.failed is None:
                told = f"a journal of at least {mine.seq} entries", f"{journal.seq} entries"
                self.failed = Difference(self.view.name, vendor, "projections.head", vendor, "seq", *told)
        return behind

    async def compare(self) -> tuple[Difference | None, str]:
        """The first row, in key order, that is not what the journal says, and the digest of the live view."""
        difference, digest = self.failed, Digest()
        for table, scratch in zip(self._tables, self._scratch.tables, strict=True):
            found = digest.passing(table, rows_of(self._connection, table))
            # After damage to the journal there is nothing to compare with, but the digest is still asked for.
            if difference is None and self.complete:
                expected = rows_of(self._connection, table, scratch)
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
                if wanted[column] != there[column]:
                    return self._difference(table, wanted, column, _shown(wanted[column]), _shown(there[column]))

    def _difference(self, table: Table, row: Any, column: str, expected: str, found: str) -> Difference:
        key = ", ".join(f"{name}={row[name]}" for name in table.key if name != "vendor")
        return Difference(self.view.name, row["vendor"], table.name, key, column, expected, found)


async def _read_journal(
    log: EventLog, refolds: Sequence[_Refold], books: Books, report: Report, progress: Progress | None
) -> None:
    ends = await log.end_offsets("journal")
    heads: dict[str, Head] = {}
    passed = 0
    for partition, end in enumerate(ends):
        reader = await log.reader("journal", partition, 0)
        try:
            offset = 0
            while offset < end:
                records = await reader.fetch(BATCH_ENTRIES, wait_ms=1_000)
                if not records:
                    continue
                offset = records[-1].offset + 1
                reading = read(records, heads, None)
                for refold in refolds:
                    await refold.fold(reading.entries)
                books.add(reading.entries)
                heads.update(reading.heads)
                report.entries += len(reading.entries)
                passed += len(records)
                if progress is not None:
                    progress(min(passed, sum(ends)), sum(ends))
                if reading.halt is not None:
                    halt = reading.halt
                    place = f"partition {partition}, entry {halt.seq}"
                    told = "an unbroken chain of entries", halt.reason
                    report.differences.append(
                        Difference("journal", halt.vendor, "log.journal", place, halt.type, *told)
                    )
                    return
        finally:
            await reader.close()
    report.vendors = len(heads)
    report.read_whole = True
    for refold in refolds:
        report.behind[refold.view.name] = refold.finish(heads)


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"
