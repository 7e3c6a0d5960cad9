"""The opportunities: each deal as the CRM tells it, by version, with where it belongs and how its win counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from services.projections.views.versions import VersionedTable, Versions, carried, replaced
from services.projections.views.won import MESSAGES, STATES
from shared.errors import Corrupt
from shared.events import opportunity as o
from shared.events.base import Event
from shared.events.envelope import Entry


class OpportunityRow(NamedTuple):
    """One version of an opportunity; fields are the columns of `opportunity`."""

    vendor: str
    opportunity_id: str
    from_seq: int
    to_seq: int | None
    state: str
    connection: str
    external_id: str
    partner: str | None
    registration_id: str | None
    linked_by: str | None
    unlinked_code: str | None
    won_case: str | None
    holder: str | None
    """The rival's protected registration at the win: for the vendor alone."""
    customer_name: str | None
    customer: bytes | None
    """Canonical JSON of the customer as the CRM spells it."""
    products: list[str]
    amount_minor: int | None
    currency: str | None
    close_date: date | None
    lost_reason: str | None
    source_time: datetime | None
    source_version: int | None
    created_at: datetime
    closed_at: datetime | None
    items: bytes | None
    """Canonical JSON of the lines that the amount is made of."""


DECLARED: tuple[type[Event], ...] = (
    *MESSAGES,
    o.OpportunityLinked,
    o.OpportunityUnlinked,
    o.OpportunityClassified,
)


class Opportunities:
    """The view `opportunities`."""

    name = "opportunities"
    version = 1
    declares: frozenset[str] | None = frozenset(one.type for one in DECLARED)

    def __init__(self, schema: str = "projections") -> None:
        self.table = VersionedTable(schema, "opportunity", OpportunityRow)
        self.tables: tuple[str, ...] = (self.table.qualified,)

    def at(self, schema: str) -> Opportunities:
        return Opportunities(schema)

    async def load(self, connection: Any, entries: Sequence[Entry]) -> Versions[OpportunityRow]:
        events: list[Any] = [entry.event for entry in entries]
        keys = zip((entry.vendor for entry in entries), (event.opportunity for event in events), strict=True)
        return await self.table.load(connection, keys)

    def carry(
        self, rows: Versions[OpportunityRow], changes: Versions[OpportunityRow] | None
    ) -> Versions[OpportunityRow]:
        return carried(rows, changes)

    def fold(self, rows: Versions[OpportunityRow], entries: Sequence[Entry]) -> Versions[OpportunityRow]:
        folded = Versions(dict(rows.current))
        for entry in entries:
            event: Any = entry.event
            before = folded.get((entry.vendor, event.opportunity))
            if isinstance(event, MESSAGES):
                folded.put(_told(before, entry, event), entry.seq)
            elif before is None:
                raise Corrupt(f"{event.type} concerns {event.opportunity}, which no message created")
            else:
                folded.put(_concluded(before, event), entry.seq)
        return folded

    async def write(self, connection: Any, changes: Versions[OpportunityRow]) -> None:
        await self.table.write(connection, changes)


def _first(entry: Entry, event: Any) -> OpportunityRow:
    return OpportunityRow(
        vendor=entry.vendor, opportunity_id=event.opportunity, from_seq=entry.seq, to_seq=None, state="open",
        connection=event.connection, external_id=event.external_id, partner=None, registration_id=None,
        linked_by=None, unlinked_code=None, won_case=None, holder=None, customer_name=None, customer=None,
        products=[], amount_minor=None, currency=None, close_date=None, lost_reason=None, source_time=None,
        source_version=None, created_at=entry.clock, closed_at=None, items=None,
    )  # fmt: skip


def _told(before: OpportunityRow | None, entry: Entry, event: Any) -> OpportunityRow:
    """The row after a CRM message: what it does not name stays."""
    row = before or _first(entry, event)
    changes: dict[str, Any] = {
        name: given
        for name in ("partner", "close_date", "source_time", "source_version")
        if (given := getattr(event, name)) is not None
    }
    if event.customer is not None:
        changes["customer_name"] = event.customer.legal_name
        changes["customer"] = orjson.dumps(
            event.customer.model_dump(mode="json", exclude_none=True), option=orjson.OPT_SORT_KEYS
        )
    if event.products is not None:
        changes["products"] = list(event.products)
    if event.amount is not None:
        changes["amount_minor"], changes["currency"] = event.amount.minor, event.amount.currency
    if event.items is not None:
        lines = [one.model_dump(mode="json") for one in event.items]
        changes["items"] = orjson.dumps(lines, option=orjson.OPT_SORT_KEYS)
    state = STATES.get(type(event), row.state)
    if state != row.state:
        changes["closed_at"] = None if state == "open" else entry.clock
    if state == "open":
        changes["won_case"] = changes["holder"] = None
    if type(event) in STATES:
        changes["lost_reason"] = event.reason if isinstance(event, o.OpportunityLost) else None
    return replaced(row, state=state, **changes)


def _concluded(row: OpportunityRow, event: Any) -> OpportunityRow:
    if isinstance(event, o.OpportunityLinked):
        return replaced(row, registration_id=event.registration, linked_by=event.by, unlinked_code=None)
    if isinstance(event, o.OpportunityUnlinked):
        return replaced(row, registration_id=None, linked_by=None, unlinked_code=event.code)
    return replaced(row, won_case=event.case, holder=event.holder)
