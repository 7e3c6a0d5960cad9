"""Read models in memory: the real reading and the real folds, rows and heads and position in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from services.projections.views import CONFLICTS, CREDITS, LEDGER, PAYOUTS, PIPELINE, REWARDS
from services.projections.views.payouts import PayoutRows
from services.projections.views.pipeline import PipelineRows
from services.projections.views.versions import Versions
from shared.errors import Unavailable
from shared.events.envelope import Entry
from shared.log.identity import ce_id
from shared.log.ownership import Held
from shared.log.port import EventLog, Reader
from shared.projection.reading import Head, read
from tests.simulation.database import Database, Transaction
from tests.simulation.ownership import MemoryOwnership
from tests.simulation.store import in_transaction

VERSIONED = (CONFLICTS, CREDITS, REWARDS)
OF_PAYOUTS = ("accounts", "standings")
TABLES = len(VERSIONED) + 1 + len(OF_PAYOUTS)
CONSUMER = "view:all:1"
RENEWALS_PER_LEASE = 3


class Rows(NamedTuple):
    """What the views of one partition have stored; nothing in it is ever changed in place."""

    versioned: tuple[tuple[dict[Any, Any], dict[Any, Any]], ...] = (({}, {}),) * TABLES
    """For each table of versions: every stored row, and the current ones."""
    opportunities: dict[Any, Any] = {}  # noqa: RUF012
    postings: tuple[Any, ...] = ()


def folded(rows: Rows, entries: Sequence[Entry]) -> Rows:
    """The rows after these entries, by the folds that production runs."""
    tables = []
    for view, (stored, current) in zip(VERSIONED, rows.versioned, strict=False):
        tables.append(_kept(stored, view.fold(Versions(dict(current)), _declared(view, entries))))
    (claims, current), *of_payouts = rows.versioned[len(VERSIONED) :]
    changes = PIPELINE.fold(PipelineRows(Versions(current), rows.opportunities), _declared(PIPELINE, entries))
    tables.append(_kept(claims, changes.registrations))
    payouts = PAYOUTS.fold(PayoutRows(*(Versions(now) for _, now in of_payouts)), _declared(PAYOUTS, entries))
    for name, (stored, _) in zip(OF_PAYOUTS, of_payouts, strict=True):
        tables.append(_kept(stored, getattr(payouts, name)))
    postings = (*rows.postings, *LEDGER.fold(None, _declared(LEDGER, entries)))
    return Rows(tuple(tables), {**rows.opportunities, **changes.opportunities}, postings)


def _declared(view: Any, entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.event.type in view.declares]


def _kept(stored: dict[Any, Any], changes: Versions[Any]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """What writing the changes does to the table."""
    now = dict(stored)
    for key, to_seq in changes.closed.items():
        assert now[key].to_seq is None, f"{key} was closed before"
        now[key] = now[key]._replace(to_seq=to_seq)
    for key, row in changes.inserted.items():
        assert key not in now, f"{key} is there already"
        now[key] = row
    return now, changes.current


class ViewLane:
    """One partition of all views, followed as RULES 25 says."""

    def __init__(self, database: Database, ownership: MemoryOwnership, held: Held, reader: Reader, limit: int) -> None:
        self._database, self._ownership, self._held, self._reader = database, ownership, held, reader
        self._limit = limit
        self._renewed = 0.0

    @classmethod
    async def open(
        cls, database: Database, log: EventLog, ownership: MemoryOwnership, held: Held, limit: int
    ) -> ViewLane:
        reader = await log.reader("journal", held.partition, held.next_offset, held.remembered)
        return cls(database, ownership, held, reader, limit)

    async def step(self, wait_ms: int) -> int:
        records = await self._reader.fetch(self._limit, wait_ms)
        now = asyncio.get_running_loop().time()
        if not records:
            if now - self._renewed > self._ownership._lease / RENEWALS_PER_LEASE:
                await self._ownership.renew(self._held)
                self._renewed = now
            return 0
        async with in_transaction(self._database) as transaction:
            rows, heads = await self._load(transaction)
            reading = read(records, heads, None)
            if passed := records[: reading.records]:
                state = folded(rows, reading.entries), {**heads, **reading.heads}
                await self._write(transaction, state)
                position = passed[-1].offset + 1, ce_id(passed[-1].headers)
                self._held = await self._ownership.advance(transaction, self._held, *position)
        self._renewed = now
        if reading.halt is not None:
            # In production a halt waits for a person; here the lane reads again from where it stands.
            raise Unavailable(f"halted at {reading.halt}")
        return len(records)

    async def close(self) -> None:
        await self._ownership.release(self._held)

    async def _load(self, transaction: Transaction) -> tuple[Rows, dict[str, Head]]:
        async def done() -> Any:
            return transaction.get("view", self._held.partition) or (Rows(), {})

        return await transaction.statement("read view", done)  # type: ignore[no-any-return]

    async def _write(self, transaction: Transaction, state: tuple[Rows, dict[str, Head]]) -> None:
        async def done() -> None:
            await transaction.lock("view", self._held.partition)
            transaction.put("view", self._held.partition, state)

        await transaction.statement("write view", done)
