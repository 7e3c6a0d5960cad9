"""Looks on while a run goes: what no commit may ever do, and whether everything has come to rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson

from services.attribution.domain.documents.keys import THE_VENDOR
from services.attribution.domain.documents.vendor import Vendor
from services.attribution.worker import CONSUMER
from shared.events.codec import decode_entry
from shared.log.port import Record, StoredRecord
from shared.projection.switch import consumer_of
from tests.simulation.database import GONE, Database
from tests.simulation.projections import Parked
from tests.simulation.tale import Committed
from tests.simulation.views import AllViews
from tests.simulation.world import World

if TYPE_CHECKING:
    from tests.simulation.log import SimulatedLog

OF_A_LANE = {"head", "document", "processed", "outbox"}
"""Tables that the owner of a partition alone may write."""


class Monitor:
    """G7 at every commit; and no tick while a vendor imports its history."""

    def __init__(self, world: World, database: Database, log: SimulatedLog, of_views: Sequence[AllViews]) -> None:
        self._world, self._database, self._log = world, database, log
        self._views = {view.name: view for view in of_views}
        database.watch = self._commit
        log.watch = self._append

    def _commit(self, writes: dict[tuple[str, Any], Any], who: str) -> None:
        tables = self._database.tables
        moved = {key for table, key in writes if table == "ownership"}
        if OF_A_LANE & {table for table, _ in writes} and not any(consumer == CONSUMER for consumer, _ in moved):
            self._world.violated(f"{who} wrote the decider's state without moving its position")
        for (table, key), row in writes.items():
            before = tables[table].get(key)
            if table == "ownership" and before is not None:
                if row.epoch < before.epoch or row.next_offset < before.next_offset:
                    self._world.violated(f"{who} of epoch {row.epoch} wrote over epoch {before.epoch}")
                if row.epoch == before.epoch and row.owner not in (before.owner, None):
                    self._world.violated(f"{who} took {key} without a new epoch")
            if table == "parked" and before is None and row is not GONE:
                self._parked(key, row, writes)
            if table == "head" and before is not None and row.head.seq <= before.head.seq:
                self._world.violated(f"{who} wrote entry {row.head.seq} of {key} after {before.head.seq}")

    def _parked(self, key: tuple[Any, ...], row: Parked, writes: dict[tuple[str, Any], Any]) -> None:
        """G8: an entry is set aside because it cannot be folded, or because an earlier one of its subjects is."""
        name, _, vendor, seq = key
        headers = tuple((name, text) for name, text in orjson.loads(row.headers))
        if self._views[name].fails(decode_entry(StoredRecord(0, vendor, headers, row.value))):
            return
        put = {other: one for (table, other), one in writes.items() if table == "parked"}
        for other, one in {**self._database.tables["parked"], **put}.items():
            if one is not GONE and other[:3] == key[:3] and other[3] < seq and set(one.subjects) & set(row.subjects):
                return
        self._world.violated(f"entry {seq} of {vendor} was set aside for nothing: {row.reason}")

    def _append(self, topic: str, record: Record) -> None:
        if topic == "facts" and dict(record.headers).get("ce_type") == "dealreg.clock.ticked":
            if not self._live(record.key):
                self._world.violated(f"the clock of {record.key} ticked while it imports its history")

        elif topic == "journal" and not self._log.joins_transaction:
            head = self._database.tables["head"].get(record.key)
            seq = int(dict(record.headers)["ce_seq"])
            if head is None or head.head.seq < seq:
                self._world.violated(f"entry {seq} of {record.key} was published before it was committed")

    def _live(self, vendor: str) -> bool:
        found = Committed(self._database.tables["document"], vendor)[THE_VENDOR]
        return isinstance(found, Vendor) and found.mode == "live"

    def waits(self) -> str | None:
        """What is still to be done; None at rest."""
        tables = self._database.tables
        if self._log.on_its_way or self._database.open:
            return "something is on its way"
        for partition in range(self._log.partitions):
            for consumer, topic in ((CONSUMER, "facts"), *((one, "journal") for one in self._consumers())):
                end = len(self._log.records[topic, partition])  # type: ignore[index]
                row = tables["ownership"].get((consumer, partition))
                at = row.next_offset if row is not None else 0
                if at != end:
                    return f"{consumer} stands at {at} of {end} in {topic}/{partition}"
        if aside := tables["parked"] or tables["halted"]:
            return f"views have set aside, or halted at, {sorted(aside)}"
        if tables["halt"]:
            return f"the facts of {sorted(tables['halt'])} wait"
        now = self._world.now()
        for vendor, row in tables["head"].items():
            last = max((int(dict(one.headers)["ce_seq"]) for one in self._journal(vendor, row.partition)), default=0)
            if last != row.head.seq:
                return f"the journal of {vendor} is published up to {last} of {row.head.seq}"
            due = [due for (owner, _), (due, _) in tables["document"].items() if owner == vendor and due is not None]
            if row.live and due and min(due) <= now:
                return f"a deadline of {vendor} at {min(due)} did not fire"
        return None

    def _consumers(self) -> list[str]:
        return [consumer_of(view, view.version) for view in self._views.values()]

    def _journal(self, vendor: str, partition: int) -> list[Any]:
        return [one for one in self._log.records["journal", partition] if one.key == vendor]
