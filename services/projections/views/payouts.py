"""The payouts: turnovers of each account of a partner by month, and which partners are suspended meanwhile.

One row holds what moved in a month by posting date that was effective in a month: summed over the one it is the
account by effective date, over the other by posting date, and over both its balance. A partner's month is a few rows.
What all partners' accounts came to is kept beside them, without versions: nothing is posted in a month that is over,
so the past of a total is what stands now, but for its last month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from services.projections.views.ledger import POSTED
from services.projections.views.versions import VersionedTable, Versions, carried, replaced
from shared.events.envelope import Entry
from shared.events.partner import PartnerReinstated, PartnerSuspended
from shared.events.standing import SUSPENDED

_YEAR_MONTH = len("2025-01")


class PayoutRow(NamedTuple):
    """One version of an account's turnover in a pair of months; fields are the columns of `payout`."""

    vendor: str
    payout_id: str
    """Everything that tells it from others, joined."""
    from_seq: int
    to_seq: int | None
    partner: str
    program: str
    currency: str
    account: str
    posted_month: date
    """The first day of the month, in UTC."""
    effective_month: date
    debit_minor: Decimal
    """Whole; a sum of amounts may be larger than one amount may be."""
    credit_minor: Decimal
    entries: int


class TotalRow(NamedTuple):
    """What moved on an account of all partners together; fields are the columns of `payout_total`."""

    vendor: str
    program: str
    currency: str
    account: str
    posted_month: date
    effective_month: date
    debit_minor: Decimal
    credit_minor: Decimal


class StandingRow(NamedTuple):
    """One version of whether a partner is suspended; a partner without one never was."""

    vendor: str
    partner: str
    from_seq: int
    to_seq: int | None
    suspended: bool


@dataclass(frozen=True, slots=True)
class PayoutRows:
    """Accounts and standings that a batch may change, and what it adds to totals."""

    accounts: Versions[PayoutRow]
    standings: Versions[StandingRow]
    moved: dict[tuple[Any, ...], TotalRow] = field(default_factory=dict)


class Payouts:
    """The view `payouts`."""

    name = "payouts"
    version = 1
    declares: frozenset[str] | None = frozenset(one.type for one in (*POSTED, PartnerSuspended, PartnerReinstated))
    lookups = ("payout_current",)

    def __init__(self, schema: str = "projections") -> None:
        self.accounts = VersionedTable(schema, "payout", PayoutRow)
        self.standings = VersionedTable(schema, "standing", StandingRow)
        self.totals = f"{schema}.payout_total"
        self.tables: tuple[str, ...] = (self.accounts.qualified, self.standings.qualified, self.totals)

    def at(self, schema: str) -> Payouts:
        return Payouts(schema)

    async def load(self, connection: Any, entries: Sequence[Entry]) -> PayoutRows:
        accounts = [(entry.vendor, empty.payout_id) for entry in entries for empty in _moved(entry)]
        events: list[Any] = [entry.event for entry in entries]
        partners = [
            (entry.vendor, event.partner) for entry, event in zip(entries, events, strict=True) if _of_partner(event)
        ]
        return PayoutRows(
            await self.accounts.load(connection, accounts), await self.standings.load(connection, partners)
        )

    def carry(self, rows: PayoutRows, changes: PayoutRows | None) -> PayoutRows:
        if changes is None:
            return rows
        # Totals are added to where they lie: no fold reads them.
        return PayoutRows(carried(rows.accounts, changes.accounts), carried(rows.standings, changes.standings))

    def fold(self, rows: PayoutRows, entries: Sequence[Entry]) -> PayoutRows:
        accounts, standings = Versions(dict(rows.accounts.current)), Versions(dict(rows.standings.current))
        totals: dict[tuple[Any, ...], TotalRow] = {}
        for entry in entries:
            event: Any = entry.event
            if _of_partner(event):
                suspended = SUSPENDED[type(event)]
                row = StandingRow(entry.vendor, event.partner, entry.seq, None, suspended)
                before = standings.get((entry.vendor, event.partner))
                if before is None or before.suspended != suspended:
                    standings.put(row, entry.seq)
                continue
            for moved in _moved(entry):
                accounts.put(_added(accounts.get((entry.vendor, moved.payout_id)), moved), entry.seq)
                add_to_total(totals, moved)
        return PayoutRows(accounts, standings, totals)

    async def write(self, connection: Any, changes: PayoutRows) -> None:
        await self.accounts.write(connection, changes.accounts)
        await self.standings.write(connection, changes.standings)
        if changes.moved:
            # In the order of the key, so that two writers wait for each other in one direction only.
            columns = list(zip(*(changes.moved[key] for key in sorted(changes.moved)), strict=True))
            await connection.execute(
                f"INSERT INTO {self.totals} AS t SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], "
                "$5::date[], $6::date[], $7::numeric[], $8::numeric[]) "
                "ON CONFLICT (vendor, program, currency, account, posted_month, effective_month) DO UPDATE SET "
                "debit_minor = t.debit_minor + excluded.debit_minor, "
                "credit_minor = t.credit_minor + excluded.credit_minor",
                *columns,
            )


def _of_partner(event: Any) -> bool:
    return isinstance(event, PartnerSuspended | PartnerReinstated)


def _added(before: PayoutRow | None, moved: PayoutRow) -> PayoutRow:
    if before is None:
        return moved
    return replaced(
        before,
        debit_minor=before.debit_minor + moved.debit_minor,
        credit_minor=before.credit_minor + moved.credit_minor,
        entries=before.entries + 1,
    )


def add_to_total(totals: dict[tuple[Any, ...], TotalRow], moved: PayoutRow) -> None:
    """The turnover is in the total of its account."""
    key = (
        moved.vendor, moved.program, moved.currency, moved.account, moved.posted_month, moved.effective_month,
    )  # fmt: skip
    before = totals.get(key)
    debit, credit = moved.debit_minor, moved.credit_minor
    if before is not None:
        debit, credit = debit + before.debit_minor, credit + before.credit_minor
    totals[key] = TotalRow(*key, debit, credit)


def _moved(entry: Entry) -> list[PayoutRow]:
    """What the entry moves on each account, as if nothing had moved before."""
    event: Any = entry.event
    if not isinstance(event, POSTED):
        return []
    sides: dict[tuple[str, str, str, str], list[int]] = {}
    for one in event.postings:
        whose = (one.partner, one.program, one.currency, one.account)
        sides.setdefault(whose, [0, 0])[one.amount_minor < 0] += abs(one.amount_minor)
    posted, effective = month_of(entry.clock), month_of(event.effective_at)
    months = f"{posted.isoformat()[:_YEAR_MONTH]}|{effective.isoformat()[:_YEAR_MONTH]}"
    return [
        PayoutRow(
            entry.vendor, f"{'|'.join(whose)}|{months}", entry.seq, None, *whose,
            posted, effective, Decimal(debit), Decimal(credit), 1,
        )
        for whose, (debit, credit) in sides.items()
    ]  # fmt: skip


@lru_cache(maxsize=4_096)  # every posting asks twice, and the entries of a batch are of a few moments
def month_of(moment: datetime) -> date:
    """The first day of the moment's month, in UTC."""
    return moment.astimezone(UTC).date().replace(day=1)
