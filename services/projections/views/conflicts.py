"""The view `conflicts`: each conflict by version, from detection to its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from services.projections.views.versions import VersionedTable, Versions, carried, replaced
from shared.errors import Corrupt
from shared.events import conflict as c
from shared.events.envelope import Entry


class ConflictRow(NamedTuple):
    """One version of a conflict; fields are the columns of `conflict`."""

    vendor: str
    conflict_id: str
    from_seq: int
    to_seq: int | None
    state: str
    registration_id: str
    opponent_ids: list[str]
    opponents: bytes
    """Canonical JSON of the opposing claims. For the vendor only."""
    contested: bool
    outcome: str | None
    policy: str | None
    detected_at: datetime
    resolved_at: datetime | None


class Conflicts:
    """The view `conflicts`."""

    name = "conflicts"
    version = 1
    declares: frozenset[str] | None = frozenset({c.ConflictDetected.type, c.ConflictResolved.type})

    def __init__(self, schema: str = "projections") -> None:
        self.table = VersionedTable(schema, "conflict", ConflictRow)
        self.tables: tuple[str, ...] = (self.table.qualified,)

    def at(self, schema: str) -> Conflicts:
        return Conflicts(schema)

    async def load(self, connection: Any, entries: Sequence[Entry]) -> Versions[ConflictRow]:
        events: list[Any] = [entry.event for entry in entries]
        keys = zip((entry.vendor for entry in entries), (event.conflict for event in events), strict=True)
        return await self.table.load(connection, keys)

    def carry(self, rows: Versions[ConflictRow], changes: Versions[ConflictRow] | None) -> Versions[ConflictRow]:
        return carried(rows, changes)

    def fold(self, rows: Versions[ConflictRow], entries: Sequence[Entry]) -> Versions[ConflictRow]:
        folded = Versions(dict(rows.current))
        for entry in entries:
            event: Any = entry.event
            before = folded.get((entry.vendor, event.conflict))
            if isinstance(event, c.ConflictDetected):
                # The same claim may meet further holders; the conflict then has all of them.
                folded.put(_detected(before, entry, event), entry.seq)
            elif before is None:
                raise Corrupt(f"{event.type} concerns {event.conflict}, which was never detected")
            else:
                ended = replaced(before, state="resolved", outcome=event.outcome, resolved_at=entry.clock)
                folded.put(ended, entry.seq)
        return folded

    async def write(self, connection: Any, changes: Versions[ConflictRow]) -> None:
        await self.table.write(connection, changes)


def _detected(before: ConflictRow | None, entry: Entry, event: c.ConflictDetected) -> ConflictRow:
    opponents = [one.model_dump(mode="json") for one in event.opponents]
    return ConflictRow(
        vendor=entry.vendor,
        conflict_id=event.conflict,
        from_seq=entry.seq,
        to_seq=None,
        state="open",
        registration_id=event.registration,
        opponent_ids=[one.registration for one in event.opponents],
        opponents=orjson.dumps(opponents, option=orjson.OPT_SORT_KEYS),
        contested=event.contested,
        outcome=None,
        policy=event.policy,
        detected_at=before.detected_at if before else entry.clock,
        resolved_at=None,
    )
