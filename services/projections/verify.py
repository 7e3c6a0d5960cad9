"""Verify that views agree with the journal (G4, G6): check the chain, recompute every view and compare.

It reads one snapshot of the database, so it may run beside live workers; what it refolds lives in temporary
tables of its own connection and is gone afterwards, also after a crash.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from services.projections.difference import Difference
from services.projections.digests import journal_digest, view_digests
from services.projections.progress import passed as passed_of
from services.projections.recompute import Refold
from services.projections.reconciliation import Books
from services.projections.views import ALL
from shared.database import database_errors
from shared.events.envelope import Entry
from shared.log.port import EventLog
from shared.projection.port import View
from shared.projection.reading import Head, read

__all__ = ["Difference", "Report", "journal_digest", "verify", "view_digests"]

BATCH_ENTRIES = 5_000
"""Of documents, which share the transaction of the snapshot, each batch leaves a dead version of what it changes."""
TEMPORARY_MEMORY = "128MB"
"""Of PostgreSQL, for pages of what is recomputed. In the 8 MB that it gives by itself hardly a page is found again."""

OnProgress = Callable[[int, int], None]
"""Called with records read so far, and records in all."""


@dataclass(slots=True)
class Report:
    """The result of a verification."""

    entries: int = 0
    vendors: int = 0
    differences: list[Difference] = field(default_factory=list)
    behind: dict[str, int] = field(default_factory=dict)
    """Entries that a view had not folded yet, by view; that alone is not a difference."""
    digests: dict[str, str] = field(default_factory=dict)
    read_whole: bool = False
    """False if damage to the journal ended the reading; then the books are not closed."""

    @property
    def holds(self) -> bool:
        return not self.differences


class Beside(Protocol):
    """A check of other state while the journal is read."""

    tables: tuple[str, ...]
    """Tables to lock, so that it sees the same snapshot as the views."""

    async def begin(self, connection: Any) -> None:
        """Prepare: read, create temporary tables. The journal follows."""
        ...

    async def fold(self, entries: Sequence[Entry]) -> None:
        """Take the next entries of the journal."""
        ...

    async def finish(self, heads: Mapping[str, Head]) -> Sequence[Difference]:
        """Return what is wrong, after the whole journal was read up to these heads."""
        ...


async def verify(
    pool: Any,
    log: EventLog,
    views: Sequence[View] = ALL,
    progress: OnProgress | None = None,
    beside: Sequence[Beside] = (),
) -> Report:
    """Read the whole journal, recompute every view and compare every row; raise `Unavailable`."""
    report = Report()
    with database_errors():
        async with (
            _scratch(pool) as scratch,
            pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read"),
        ):
            # The log is read between our statements, and a long journal takes long.
            await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            await connection.execute(f"SET LOCAL temp_buffers = '{TEMPORARY_MEMORY}'")
            # Before the snapshot, because a switch of versions would move tables that it has not seen.
            for tables in (*(view.tables for view in views), *(other.tables for other in beside)):
                await connection.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS SHARE MODE")
            refolds = [await Refold.of(connection, scratch, view) for view in views]
            books = await Books.of(connection, whole_facts=log.joins_transaction)
            for other in beside:
                await other.begin(connection)
            await _read_journal(log, refolds, books, beside, report, progress)
            for refold in refolds:
                difference, report.digests[refold.view.name] = await refold.compare()
                report.differences += [one for one in (difference, refold.set_aside()) if one is not None]
            if report.read_whole and (difference := await books.close(connection)) is not None:
                report.differences.append(difference)
    return report


@asynccontextmanager
async def _scratch(pool: Any) -> AsyncIterator[Any]:
    """Yield a connection for temporary tables, which are gone at the exit."""
    async with pool.acquire() as connection:
        await connection.execute(f"SET temp_buffers = '{TEMPORARY_MEMORY}'")
        try:
            yield connection
        finally:
            await connection.execute("DISCARD TEMP")


async def _read_journal(
    log: EventLog,
    refolds: Sequence[Refold],
    books: Books,
    beside: Sequence[Beside],
    report: Report,
    progress: OnProgress | None,
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
                places = passed_of(records[: reading.records])
                for refold in refolds:
                    refold.progress.add(partition, places)
                    await refold.fold(reading.entries)
                for other in beside:
                    await other.fold(reading.entries)
                books.add(reading.entries)
                heads.update(reading.heads)
                report.entries += len(reading.entries)
                passed += len(records)
                if progress is not None:
                    progress(min(passed, sum(ends)), sum(ends))
                if reading.halt is not None:
                    halt = reading.halt
                    place = f"partition {partition}, entry {halt.seq}"
                    content = "an unbroken chain of entries", halt.reason
                    report.differences.append(
                        Difference("journal", halt.vendor, "log.journal", place, halt.type, *content)
                    )
                    return
        finally:
            await reader.close()
    report.vendors = len(heads)
    report.read_whole = True
    for refold in refolds:
        report.behind[refold.view.name] = refold.finish(heads, ends)
    for other in beside:
        report.differences += await other.finish(heads)
