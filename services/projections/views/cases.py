"""The view `cases`: questions that rules left to a reviewer, by version, with the rewards that they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from services.projections.views.versions import Key, VersionedTable, Versions, carried, replaced
from shared.errors import Corrupt
from shared.events.base import Event
from shared.events.case import CaseClosed, CaseOpened, CaseResolved
from shared.events.envelope import Entry
from shared.events.reward import RewardAccrued, RewardReversed
from shared.events.standing import CASES
from shared.projection.port import Touched


class CaseRow(NamedTuple):
    """One version of a case; fields are the columns of `case_file`."""

    vendor: str
    case_id: str
    from_seq: int
    to_seq: int | None
    state: str
    kind: str
    opportunity_id: str
    registration_id: str
    """The holder's registration."""
    winner: str | None
    """The registration that won: for the vendor alone."""
    verdict: str | None
    outcome: str | None
    reason: str | None
    opened_at: datetime
    closed_at: datetime | None
    rewards: list[str]
    """Every reward that it has held, also once it is closed."""
    held_currencies: list[str]
    held_minor: list[Decimal]
    """What it holds now, per currency of `held_currencies`."""


DECLARED: tuple[type[Event], ...] = (CaseOpened, CaseResolved, CaseClosed, RewardAccrued, RewardReversed)


class Cases:
    """The view `cases`."""

    name = "cases"
    version = 1
    declares: frozenset[str] | None = frozenset(one.type for one in DECLARED)
    lookups = ("case_file_opportunity",)

    def __init__(self, schema: str = "projections") -> None:
        self.table = VersionedTable(schema, "case_file", CaseRow)
        self.tables: tuple[str, ...] = (self.table.qualified,)

    def at(self, schema: str) -> Cases:
        return Cases(schema)

    async def load(self, connection: Any, entries: Sequence[Entry]) -> Versions[CaseRow]:
        cases: list[Key] = []
        deals: list[Key] = []
        for entry in entries:
            event: Any = entry.event
            if isinstance(event, RewardAccrued):
                cases += [(entry.vendor, case) for case in event.cases]
            elif isinstance(event, RewardReversed):
                deals += [(entry.vendor, event.opportunity)] if event.opportunity else []
            else:
                cases.append((entry.vendor, event.case))
        found = await self.table.load(connection, cases)
        found.current.update((await self.table.load(connection, deals, by="opportunity_id")).current)
        return found

    async def links(self, connection: Any, touched: Iterable[Touched]) -> Mapping[Touched, Sequence[str]]:
        """Return related subjects: a reversed reward changes the case that holds it, on the same opportunity."""
        deals = [
            (vendor, one.removeprefix("opportunity:")) for vendor, one in touched if one.startswith("opportunity:")
        ]
        found: dict[Touched, list[str]] = {}
        for row in (await self.table.load(connection, deals, by="opportunity_id")).current.values():
            found.setdefault((row.vendor, f"opportunity:{row.opportunity_id}"), []).append(f"case:{row.case_id}")
        return found

    def carry(self, rows: Versions[CaseRow], changes: Versions[CaseRow] | None) -> Versions[CaseRow]:
        return carried(rows, changes)

    def fold(self, rows: Versions[CaseRow], entries: Sequence[Entry]) -> Versions[CaseRow]:
        folded = Versions(dict(rows.current))
        holder = {(row.vendor, one): row.case_id for row in folded.current.values() for one in row.rewards}
        for entry in entries:
            event: Any = entry.event
            if isinstance(event, RewardAccrued):
                for case in event.cases:
                    holder[entry.vendor, event.reward] = case
                    row = _case(folded, entry, case)
                    kept = replaced(row, rewards=[*row.rewards, event.reward])
                    folded.put(_holding(kept, event.amount.currency, event.amount.minor), entry.seq)
            elif isinstance(event, RewardReversed):
                held_by = holder.get((entry.vendor, event.reward))
                if held_by is not None and (row := _case(folded, entry, held_by)).state == "open":
                    folded.put(_holding(row, event.amount.currency, -event.amount.minor), entry.seq)
            elif isinstance(event, CaseOpened):
                folded.put(_opened(entry, event), entry.seq)
            else:
                folded.put(_ended(_case(folded, entry, event.case), entry, event), entry.seq)
        return folded

    async def write(self, connection: Any, changes: Versions[CaseRow]) -> None:
        await self.table.write(connection, changes)


def _case(rows: Versions[CaseRow], entry: Entry, case: str) -> CaseRow:
    row = rows.get((entry.vendor, case))
    if row is None:
        raise Corrupt(f"{entry.event.type} concerns {case}, which was never opened")
    return row


def _holding(row: CaseRow, currency: str, minor: int) -> CaseRow:
    held = dict(zip(row.held_currencies, row.held_minor, strict=True))
    held[currency] = held.get(currency, Decimal(0)) + minor
    kept = sorted((name, amount) for name, amount in held.items() if amount)
    return replaced(row, held_currencies=[name for name, _ in kept], held_minor=[amount for _, amount in kept])


def _ended(row: CaseRow, entry: Entry, event: Any) -> CaseRow:
    if isinstance(event, CaseResolved):
        return replaced(row, verdict=event.verdict, reason=event.reason)
    return replaced(
        row, state=CASES[type(event)], outcome=event.outcome, closed_at=entry.clock, held_currencies=[], held_minor=[]
    )


def _opened(entry: Entry, event: CaseOpened) -> CaseRow:
    return CaseRow(
        vendor=entry.vendor, case_id=event.case, from_seq=entry.seq, to_seq=None, state=CASES[type(event)],
        kind=event.kind_of_case, opportunity_id=event.opportunity, registration_id=event.registration,
        winner=event.winner, verdict=None, outcome=None, reason=None, opened_at=entry.clock, closed_at=None,
        rewards=[], held_currencies=[], held_minor=[],
    )  # fmt: skip
