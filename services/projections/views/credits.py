"""The view `credits`: each share of a won deal by version, until its credit is revised or reversed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from services.projections.views.versions import Key, VersionedTable, Versions, carried
from shared.events.credit import CreditAssigned, CreditReversed, CreditRevised
from shared.events.envelope import Entry


class CreditRow(NamedTuple):
    """One share of one version of a deal's credit; fields are the columns of `credit`."""

    vendor: str
    share_id: str
    """The opportunity and the share's place among its shares."""
    from_seq: int
    to_seq: int | None
    opportunity_id: str
    number: int
    """Version of the credit, from 1."""
    line: int
    registration_id: str | None
    program: str | None
    role: str
    partner: str | None
    """None: the house."""
    portion: str
    amount_minor: int
    currency: str
    value_minor: int
    """What all shares of this version sum to."""
    won_case: str
    model: str
    code: str | None
    """What changed, if this version revises an earlier one."""
    effective_at: datetime
    posted_at: datetime


class Credits:
    """The view `credits`."""

    name = "credits"
    version = 1
    declares: frozenset[str] | None = frozenset(one.type for one in (CreditAssigned, CreditRevised, CreditReversed))
    lookups = ("credit_opportunity",)

    def __init__(self, schema: str = "projections") -> None:
        self.table = VersionedTable(schema, "credit", CreditRow)
        self.tables: tuple[str, ...] = (self.table.qualified,)

    def at(self, schema: str) -> Credits:
        return Credits(schema)

    async def load(self, connection: Any, entries: Sequence[Entry]) -> Versions[CreditRow]:
        events: list[Any] = [entry.event for entry in entries]
        deals = zip((entry.vendor for entry in entries), (event.opportunity for event in events), strict=True)
        return await self.table.load(connection, deals, by="opportunity_id")

    def carry(self, rows: Versions[CreditRow], changes: Versions[CreditRow] | None) -> Versions[CreditRow]:
        return carried(rows, changes)

    def fold(self, rows: Versions[CreditRow], entries: Sequence[Entry]) -> Versions[CreditRow]:
        folded = Versions(dict(rows.current))
        shares = _shares_of(folded)
        for entry in entries:
            event: Any = entry.event
            deal = (entry.vendor, event.opportunity)
            for key in shares.pop(deal, ()):
                folded.end(key, entry.seq)
            if isinstance(event, CreditAssigned):
                made = [_row(entry, event, line) for line in range(len(event.shares))]
                for row in made:
                    folded.put(row, entry.seq)
                shares[deal] = [(row.vendor, row.share_id) for row in made]
        return folded

    async def write(self, connection: Any, changes: Versions[CreditRow]) -> None:
        await self.table.write(connection, changes)


def _shares_of(rows: Versions[CreditRow]) -> dict[Key, list[Key]]:
    found: dict[Key, list[Key]] = {}
    for key, row in rows.current.items():
        found.setdefault((row.vendor, row.opportunity_id), []).append(key)
    return found


def _row(entry: Entry, event: CreditAssigned, line: int) -> CreditRow:
    share = event.shares[line]
    return CreditRow(
        vendor=entry.vendor,
        share_id=f"{event.opportunity}#{line}",
        from_seq=entry.seq,
        to_seq=None,
        opportunity_id=event.opportunity,
        number=event.number,
        line=line,
        registration_id=event.registration,
        program=event.policy.rpartition("/")[0] if event.policy else None,
        role=share.role,
        partner=share.partner,
        portion=share.portion,
        amount_minor=share.amount.minor,
        currency=share.amount.currency,
        value_minor=event.value.minor,
        won_case=event.case,
        model=event.model,
        code=event.code if isinstance(event, CreditRevised) else None,
        effective_at=event.effective_at,
        posted_at=entry.clock,
    )
