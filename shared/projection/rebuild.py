"""Rebuild a view: fold its next version beside the live one, compare, then switch.

Each step commits by itself, so a killed rebuild continues where it stopped.
"""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.crash_points import crash_point
from shared.database import database_errors
from shared.errors import DealregError, Misconfigured, Unavailable
from shared.log.port import EventLog
from shared.partitions.ownership import Ownership
from shared.projection import tables
from shared.projection.bulk import Bulk, only_one
from shared.projection.compare import first_difference
from shared.projection.parking import parked_of
from shared.projection.port import View
from shared.projection.processes import Processes
from shared.projection.switch import CATCH_UP_ENTRIES, Switch, consumer_of, positions_of
from shared.projection.versions import State, Stored, at, beside, named_version, numbered, versions_of
from shared.settings import Settings

TAKE_UP_SECONDS = 20.0
"""Workers look for new versions every second; those that have not by then never will."""
ENDED_SECONDS = 60.0
POLL_SECONDS = 0.05

OnProgress = Callable[[str, int, int], None]
"""What is done now, how many records of it, of how many."""

_POSITIONS = "SELECT partition, next_offset FROM log.ownership WHERE consumer = $1"
_HOLDERS = """
SELECT partition FROM log.ownership WHERE consumer = $1 AND owner IS NOT NULL AND lease_until > clock_timestamp()
"""
_LEFT_BEHIND = ("projections.head", "projections.halted", "projections.parked", "projections.version")


class Differs(DealregError):
    """The new version differs from the live one, though the same code folded the same journal."""

    code = "view.differs"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild came to."""

    view: str
    version: int
    replaced: int
    entries: int
    """Entries folded in bulk by this run."""
    seconds: float
    compared: bool
    """False if the old version had another fold, or parked entries."""
    kept: bool


class Rebuild:
    """Rebuilds one view, compares and switches."""

    def __init__(
        self,
        pool: Any,
        log: EventLog,
        settings: Settings,
        view: View,
        on_progress: OnProgress = lambda *_: None,
        processes: Processes | None = None,
    ) -> None:
        self._pool, self._log, self._settings, self._view, self._on_progress = pool, log, settings, view, on_progress
        self._processes = processes
        """Those that fold what is far behind; None if this process does."""
        self._owner = f"rebuild-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._entries = 0

    async def run(self, *, keep: bool, accept_differences: bool = False) -> Rebuilt:
        """Switch readers to the new version; raise `Differs`, `NewlyParked` or `Unavailable` without switching."""
        began = time.monotonic()
        async with only_one(self._pool, f"versions of {self._view.name}"):
            for one in await versions_of(self._pool, self._view):
                if one.state == "dropping":  # by a run that died at it
                    await drop_version(self._pool, self._view, one)
            versions = await versions_of(self._pool, self._view)
            old = next(one for one in versions if one.state == "current")
            new = self._begun(versions) or await self._begin(old, versions[-1].version + 1)
            compared = False
            if new.state == "building":
                compared = await self._build(old, new, accept_differences=accept_differences)
                await self._say(new, "following")
                crash_point("rebuild.after_following")
            await self._taken_up(old, new)
            self._on_progress("switching", 0, 0)
            left: State = "kept" if keep else "dropping"
            await Switch(self._pool, self._log, self._settings, self._view, old, new, self._owner, left).make()
            if not keep:
                await drop_version(self._pool, self._view, old._replace(state=left))
        return Rebuilt(
            self._view.name, new.version, old.version, self._entries, time.monotonic() - began, compared, keep
        )

    def _begun(self, versions: tuple[Stored, ...]) -> Stored | None:
        """Return the version that an earlier run left, if this code can continue it."""
        found = [one for one in versions if one.state in ("building", "following") and one.shape == self._view.version]
        return found[-1] if found else None

    async def _begin(self, old: Stored, version: int) -> Stored:
        new = numbered(self._view, version)
        with database_errors():
            async with self._pool.acquire() as connection, connection.transaction():
                await tables.create(connection, self._view, at(new, beside(self._view, version)))
                await connection.execute(
                    "INSERT INTO projections.version VALUES ($1, $2, $3, 'building')",
                    self._view.name,
                    version,
                    self._view.version,
                )
        crash_point("rebuild.after_begin")
        return Stored(version, self._view.version, "building")

    async def _build(self, old: Stored, new: Stored, *, accept_differences: bool) -> bool:
        """Fold up to the old version and compare; return whether they could be compared."""
        consumer = consumer_of(self._view, new.version)
        ownership = Ownership(self._pool, consumer, self._log.partitions, self._owner, self._settings.lease_seconds)
        bulk = Bulk(numbered(self._view, new.version), self._pool, self._log, ownership, self._settings)
        await bulk.take()
        try:
            await self._near(bulk, old)
            self._on_progress("indexes", 0, 0)
            there = at(numbered(self._view, new.version), beside(self._view, new.version))
            with database_errors():
                async with self._pool.acquire() as connection:
                    await tables.complete(connection, self._view, there)
            await self._near(bulk, old)
            return await self._compare(bulk, old, new, there, accept_differences=accept_differences)
        finally:
            await bulk.release()

    async def _near(self, bulk: Bulk, old: Stored) -> None:
        """Fold until less than a batch is missing."""
        while True:
            ends = await self._positions(self._pool, old)
            stand = [bulk.held[partition].next_offset for partition in range(self._log.partitions)]
            missing = sum(max(0, end - at) for end, at in zip(ends, stand, strict=True))
            await self._fold(bulk, ends, sum(ends) - missing, sum(ends), far=missing > self._settings.bulk_entries)
            if missing <= self._settings.bulk_entries:
                return

    async def _fold(self, bulk: Bulk, ends: tuple[int, ...], done: int, total: int, *, far: bool = False) -> None:
        def passed(records: int) -> None:
            nonlocal done
            done += records
            self._entries += records
            self._on_progress("folding", done, total)

        self._on_progress("folding", done, total)
        if self._processes is None or not far:
            await bulk.fold(ends, passed)
            return
        with self._processes.started():
            await self._processes.fold(bulk, ends, passed)

    async def _compare(self, bulk: Bulk, old: Stored, new: Stored, there: View, *, accept_differences: bool) -> bool:
        with database_errors():
            async with (
                self._pool.acquire() as before,
                before.transaction(isolation="repeatable_read", readonly=True),
                self._pool.acquire() as now,
                now.transaction(isolation="read_committed"),
            ):
                for connection in (before, now):
                    await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
                # The old version as of this moment, and the new one folded up to the very same entries.
                ends = await self._positions(before, old)
                await self._fold(bulk, ends, sum(ends), sum(ends))
                name = self._view.name
                aside = [await parked_of(now, name, one.version) for one in (old, new)]
                if old.shape != new.shape or aside[0].keys() != aside[1].keys():
                    return False
                self._on_progress("comparing", 0, 0)
                found = await first_difference(before, self._view, now, there)
        if found is not None and not accept_differences:
            raise Differs(
                f"version {new.version} of {name} differs from the live one, though the same code folded the same "
                f"journal. {found}. Look at it, then drop it, or pass --accept-differences"
            )
        return True

    async def _taken_up(self, old: Stored, new: Stored) -> None:
        """Wait until the workers of the old version update the new one too, and it has nearly caught up."""
        deadline = time.monotonic() + TAKE_UP_SECONDS
        while True:
            ends, stand = await self._positions(self._pool, old), await self._positions(self._pool, new)
            missing = sum(max(0, end - at) for end, at in zip(ends, stand, strict=True))
            self._on_progress("following", sum(ends) - missing, sum(ends))
            with database_errors():
                rows = [await self._pool.fetch(_HOLDERS, consumer_of(self._view, one.version)) for one in (old, new)]
            fed = {row[0] for row in rows[0]} <= {row[0] for row in rows[1]}
            if (fed and missing <= CATCH_UP_ENTRIES) or time.monotonic() > deadline:
                return
            await asyncio.sleep(POLL_SECONDS)

    async def _positions(self, connection: Any, stored: Stored) -> tuple[int, ...]:
        with database_errors():
            rows = await connection.fetch(_POSITIONS, consumer_of(self._view, stored.version))
        return positions_of(rows, self._log.partitions)

    async def _say(self, stored: Stored, state: str) -> None:
        with database_errors():
            await self._pool.execute(
                "UPDATE projections.version SET state = $3 WHERE view = $1 AND version = $2",
                self._view.name,
                stored.version,
                state,
            )


async def rollback(pool: Any, log: EventLog, settings: Settings, view: View) -> tuple[Stored, Stored]:
    """Switch readers to the version kept last, and keep the other; raise `Misconfigured` if there is none."""
    async with only_one(pool, f"versions of {view.name}"):
        versions = await versions_of(pool, view)
        current = next(one for one in versions if one.state == "current")
        kept = [one for one in versions if one.state == "kept"]
        if not kept:
            raise Misconfigured(f"no other version of {view.name} was kept; pass --keep to the next rebuild")
        if kept[-1].shape != view.version:
            raise Misconfigured(
                f"version {kept[-1].version} of {view.name} was folded by another release: roll back with that release"
            )
        owner = f"rollback-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        await Switch(pool, log, settings, view, current, kept[-1], owner).make()
    return current, kept[-1]


async def drop(pool: Any, view: View, version: int) -> None:
    """Drop the version with its tables and positions; raise `Misconfigured` for the live one."""
    async with only_one(pool, f"versions of {view.name}"):
        await drop_version(pool, view, await named_version(pool, view, version))


async def drop_version(pool: Any, view: View, stored: Stored) -> None:
    """Do the same as `drop`, for a caller that holds the lock."""
    if stored.state == "current":
        raise Misconfigured(
            f"version {stored.version} of {view.name} is live; only a version that is not live can be dropped"
        )
    consumer = consumer_of(view, stored.version)
    with database_errors():
        await pool.execute(
            "UPDATE projections.version SET state = 'dropping' WHERE view = $1 AND version = $2",
            view.name,
            stored.version,
        )
        # Workers stop updating it within a second; a frozen one loses its lease.
        deadline = time.monotonic() + ENDED_SECONDS
        while await pool.fetch(_HOLDERS, consumer):
            if time.monotonic() > deadline:
                raise Unavailable(f"workers still update version {stored.version} of {view.name}; drop it later")
            await asyncio.sleep(POLL_SECONDS)
        async with pool.acquire() as connection, connection.transaction():
            await tables.drop(connection, at(numbered(view, stored.version), beside(view, stored.version)))
            for table in ("log.ownership", "log.worker"):
                await connection.execute(
                    f"DELETE FROM {table} WHERE consumer = $1 OR starts_with(consumer, $1 || '/')", consumer
                )
            for table in _LEFT_BEHIND:
                await connection.execute(
                    f"DELETE FROM {table} WHERE view = $1 AND version = $2", view.name, stored.version
                )
