"""The opportunities: each deal as the CRM tells it, by version, with where it belongs and how its win counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from services.projections.views.versions import VersionedTable, Versions, carried, replaced
from shared.errors import Corrupt
from shared.events import opportunity as o
from shared.events import order as od
from shared.events.base import Event
from shared.events.envelope import Entry
from shared.events.money import Money
from shared.events.opportunity_state import MESSAGES, TRANSITIONS, after, told


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
    order_number: str | None
    lost_reason: str | None
    source_time: datetime | None
    source_version: int | None
    created_at: datetime
    closed_at: datetime | None
    items: bytes | None
    """Canonical JSON of the lines that the amount is made of."""
    refunds: bytes | None
    """Canonical JSON of every refund and cancellation, with its state."""
    refunded_minor: int
    """What counts of them, in `currency`."""


_SETTLED: tuple[type[Event], ...] = (od.RefundCounted, od.RefundWaiting, od.RefundDisregarded)
DECLARED: tuple[type[Event], ...] = (
    *TRANSITIONS,
    *_SETTLED,
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
                folded.put(_applied(before, entry, event), entry.seq)
            elif isinstance(event, od.OrderRefunded | od.OrderCancelled):
                folded.put(_refunded(before or _first(entry, event), event), entry.seq)
            elif before is None:
                raise Corrupt(f"{event.type} concerns {event.opportunity}, which no message created")
            else:
                folded.put(_concluded(before, event), entry.seq)
        return folded

    async def write(self, connection: Any, changes: Versions[OpportunityRow]) -> None:
        await self.table.write(connection, changes)


def _first(entry: Entry, event: Any) -> OpportunityRow:
    return OpportunityRow(
        vendor=entry.vendor, opportunity_id=event.opportunity, from_seq=entry.seq, to_seq=None,
        state=after(None, event), connection=event.connection, external_id=event.external_id,
        partner=None, registration_id=None,
        linked_by=None, unlinked_code=None, won_case=None, holder=None, customer_name=None, customer=None,
        products=[], amount_minor=None, currency=None, close_date=None, order_number=None, lost_reason=None,
        source_time=None, source_version=None, created_at=entry.clock, closed_at=None, items=None, refunds=None,
        refunded_minor=0,
    )  # fmt: skip


_COPIED = ("partner", "close_date", "order_number", "source_time", "source_version")
"""Fields of messages that the row has as they are."""


def _applied(before: OpportunityRow | None, entry: Entry, event: Any) -> OpportunityRow:
    """The row after a CRM message: what it does not name stays."""
    state = after(_stands(before), event)
    row = before or _first(entry, event)
    given = told(event, _known(before) if before else {})
    changes: dict[str, Any] = {name: given[name] for name in _COPIED if name in given}
    if "customer" in given:
        customer = given["customer"]
        changes["customer_name"] = customer.legal_name
        changes["customer"] = _canonical(customer.model_dump(mode="json", exclude_none=True))
    if "products" in given:
        changes["products"] = list(given["products"])
    if "amount" in given:
        changes["amount_minor"], changes["currency"] = given["amount"].minor, given["amount"].currency
    if "items" in given:
        changes["items"] = _canonical([one.model_dump(mode="json") for one in given["items"]])
    if before is None or state != before.state:
        changes["closed_at"] = None if state == "open" else entry.clock
    if state != "won":
        changes["won_case"] = changes["holder"] = None
    if state != "lost":
        changes["lost_reason"] = None
    elif isinstance(event, o.OpportunityLost):
        changes["lost_reason"] = event.reason
    return _summed(replaced(row, state=state, **changes))


def _stands(row: OpportunityRow | None) -> Any:
    """Return the state for the next message; None while there were only refunds."""
    if row is None:
        return None
    identifying = ("opportunity", "connection", "external_id")
    heard = row.refunds is None or any(v is not None for name, v in _known(row).items() if name not in identifying)
    return row.state if heard or row.state != "open" else None


def _known(row: OpportunityRow) -> dict[str, Any]:
    """Return the fields reported before, by their message names; without those that are not shown."""
    return {
        "opportunity": row.opportunity_id, "connection": row.connection, "external_id": row.external_id,
        "source_time": row.source_time, "source_version": row.source_version, "partner": row.partner,
        "customer": row.customer, "products": row.products or None, "amount": row.amount_minor, "items": row.items,
        "close_date": row.close_date, "order_number": row.order_number,
    }  # fmt: skip


def refunds_of(row: Any) -> list[dict[str, Any]]:
    """Return the opportunity's refunds, in order: amount (none for a cancellation), state, code, counted amount."""
    return orjson.loads(row.refunds) if row.refunds else []


def _refunded(row: OpportunityRow, event: Any) -> OpportunityRow:
    amount = event.amount.model_dump(mode="json") if isinstance(event, od.OrderRefunded) else None
    refund = {"refund": event.refund, "amount": amount, "state": "waiting", "code": None, "counted": None}
    return replaced(row, refunds=_canonical([*refunds_of(row), refund]))


def _settled(row: OpportunityRow, event: Any) -> OpportunityRow:
    change: dict[str, Any] = {"code": None, "counted": None}
    if isinstance(event, od.RefundCounted):
        change |= {"state": "counted", "counted": event.amount.model_dump(mode="json")}
    else:
        change |= {"state": "waiting" if isinstance(event, od.RefundWaiting) else "disregarded", "code": event.code}
    refunds = [{**one, **change} if one["refund"] == event.refund else one for one in refunds_of(row)]
    return _summed(replaced(row, refunds=_canonical(refunds)))


def _summed(row: OpportunityRow) -> OpportunityRow:
    if row.refunds is None:
        return row
    counted = sum(Money.model_validate(one["counted"]).minor for one in refunds_of(row) if one["counted"])
    return replaced(row, refunded_minor=min(counted, row.amount_minor or 0))


def _canonical(content: Any) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def _concluded(row: OpportunityRow, event: Any) -> OpportunityRow:
    if isinstance(event, o.OpportunityLinked):
        return replaced(row, registration_id=event.registration, linked_by=event.by, unlinked_code=None)
    if isinstance(event, o.OpportunityUnlinked):
        return replaced(row, registration_id=None, linked_by=None, unlinked_code=event.code)
    if isinstance(event, _SETTLED):
        return _settled(row, event)
    return replaced(row, won_case=event.case, holder=event.holder)
