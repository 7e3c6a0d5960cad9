"""The view `ledger`: one row per posting; the database refuses changes and unbalanced entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from services.projections.views.versions import copy_rows
from shared.events.envelope import Entry
from shared.events.reward import RewardAccrued, RewardReleased, RewardReversed

POSTED = (RewardAccrued, RewardReleased, RewardReversed)
"""Decisions that post to the ledger."""


class PostingRow(NamedTuple):
    """One line of a double entry; fields are the columns of `posting`."""

    vendor: str
    seq: int
    line: int
    """From 1, within the entry."""
    type: str
    account: str
    partner: str
    program: str
    currency: str
    amount_minor: int
    """Debit positive."""
    effective_at: datetime
    posted_at: datetime
    reward_id: str
    registration_id: str
    opportunity_id: str | None


class Ledger:
    """The view `ledger`."""

    name = "ledger"
    version = 1
    declares: frozenset[str] | None = frozenset(one.type for one in POSTED)

    def __init__(self, schema: str = "projections") -> None:
        self._schema = schema
        self.tables: tuple[str, ...] = (f"{schema}.posting",)

    def at(self, schema: str) -> Ledger:
        return Ledger(schema)

    async def load(self, connection: Any, entries: Sequence[Entry]) -> None:
        return None

    def carry(self, rows: None, changes: list[PostingRow] | None) -> None:
        return None

    def fold(self, rows: None, entries: Sequence[Entry]) -> list[PostingRow]:
        return [row for entry in entries for row in _rows(entry, entry.event)]

    async def write(self, connection: Any, changes: list[PostingRow]) -> None:
        if changes:
            # In one statement, because the database sums each entry's lines per statement and refuses unbalanced ones.
            await copy_rows(connection, self._schema, "posting", PostingRow._fields, changes)


def _rows(entry: Entry, event: Any) -> list[PostingRow]:
    return [
        PostingRow(
            vendor=entry.vendor,
            seq=entry.seq,
            line=line,
            type=event.type,
            account=posting.account,
            partner=posting.partner,
            program=posting.program,
            currency=posting.currency,
            amount_minor=posting.amount_minor,
            effective_at=event.effective_at,
            posted_at=entry.clock,
            reward_id=event.reward,
            registration_id=event.registration,
            opportunity_id=event.opportunity,
        )
        for line, posting in enumerate(event.postings, start=1)
    ]
