"""The rules of read models broken on purpose: what a view sets aside, in what order, and what it commits together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from unittest.mock import patch

from shared.projection import joint, reading, replay
from shared.projection import processor as lanes
from shared.projection.processor import PartitionProcessor
from tests.simulation.broken import breaks


@breaks(25, "a view folds again what it has read")
def nothing_dropped() -> Iterator[None]:
    def following(headers: Any, _head: Any) -> Any:
        return reading.Head(int(headers["ce_seq"]), headers["ce_hash"])

    with patch.object(reading, "_next", following):
        yield


@breaks(25, "a view goes on over a gap", first=8)
def gap_accepted() -> Iterator[None]:
    def following(headers: Any, head: Any) -> Any:
        found = reading.Head(int(headers["ce_seq"]), headers["ce_hash"])
        return found if found.seq > head.seq else None

    with patch.object(reading, "_next", following):
        yield


@breaks(25, "rows are committed before the position that stands for them")
def rows_before_position() -> Iterator[None]:
    async def commit(self: PartitionProcessor, batch: Any, records: Any) -> None:
        if not records:
            return
        async with self._pool.acquire() as connection, connection.transaction():
            await self._assert_unblocked(connection, batch.entries)
            await lanes.apply(connection, self._view, batch.entries)
        async with self._pool.acquire() as connection, connection.transaction():
            await self._move(connection, batch.heads, records[-1])
        self._passed(batch.heads, records)

    with patch.object(PartitionProcessor, "_commit", commit):
        yield


@breaks(26, "an entry that cannot be folded is passed over")
def failed_passed_over() -> Iterator[None]:
    async def passed(self: PartitionProcessor, aside: Any) -> None:
        vendor = aside.record.key
        head = reading.after(aside.record, self._heads.get(vendor, reading.BEGINNING))
        assert head is not None
        async with self._pool.acquire() as connection, connection.transaction():
            await self._move(connection, {vendor: head}, aside.record)
        self._passed({vendor: head}, [aside.record])

    with patch.object(PartitionProcessor, "_park", passed):
        yield


@breaks(26, "later entries of what is set aside are applied", first=10)
def later_ones_applied() -> Iterator[None]:
    with patch.object(reading, "why_blocked", lambda _subjects, _blocked: None):
        yield


@breaks(26, "a worker does not ask what its predecessor has set aside", first=10)
def predecessor_forgotten() -> Iterator[None]:
    async def none(*_told: Any) -> int:
        return 0

    with patch.object(lanes, "parked_entries", none):
        yield


@breaks(26, "a replay applies what comes after an entry that still fails", first=22)
def replayed_out_of_order() -> Iterator[None]:
    with patch.object(replay, "why_blocked", lambda _subjects, _blocked: None):
        yield


@breaks(26, "what one of several views cannot fold is passed over by all of them", views=3)
def passed_over_together() -> Iterator[None]:
    async def folded(connection: Any, view: Any, entries: Any) -> None:
        with suppress(lanes.EntryFailed):
            await lanes.apply(connection, view, entries)

    with patch.object(joint, "apply", folded):
        yield


@breaks(26, "views that are folded together apply what one of them has blocked", first=10, views=3)
def blocked_applied_together() -> Iterator[None]:
    with patch.object(PartitionProcessor, "parks", lambda _self, _vendors: False):
        yield
