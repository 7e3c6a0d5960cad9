"""The views' tables for queries: columns are the fields of the rows that the folds write."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args, get_type_hints

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.projections.views import measure_totals
from services.projections.views.cases import CaseRow
from services.projections.views.claim import PipelineRow
from services.projections.views.conflicts import ConflictRow
from services.projections.views.credits import CreditRow
from services.projections.views.feed_rows import FeedRow, PartnerFeedRow
from services.projections.views.ledger import PostingRow
from services.projections.views.matches import MatchRow
from services.projections.views.measured import MeasuredRow
from services.projections.views.measures import MeasuredPartnerRow, MeasuredVendorRow, MeasureRow
from services.projections.views.opportunities import OpportunityRow
from services.projections.views.payouts import PayoutRow, StandingRow, TotalRow
from services.projections.views.rewards import RewardRow
from services.projections.views.target import TargetRow
from shared.compression import decompressed

SCHEMA = "projections"
metadata = sa.MetaData(schema=SCHEMA)

_TYPES: dict[Any, Any] = {
    str: sa.Text,
    int: sa.BigInteger,
    bool: sa.Boolean,
    bytes: sa.LargeBinary,
    date: sa.Date,
    datetime: sa.DateTime(timezone=True),
    list[str]: ARRAY(sa.Text),
    list[int]: ARRAY(sa.BigInteger),
    Decimal: sa.Numeric,
    list[Decimal]: ARRAY(sa.Numeric),
}


def _table(name: str, row: type[Any]) -> sa.Table:
    hints = get_type_hints(row)
    columns = [
        sa.Column(field, _type(field, hints[field]), nullable=type(None) in get_args(hints[field]))
        for field in row._fields
    ]
    return sa.Table(name, metadata, *columns)


def _type(field: str, hint: Any) -> Any:
    if field == "data":
        return JSONB
    options = [one for one in get_args(hint) if one is not type(None)]
    return _TYPES[options[0] if options and hint not in _TYPES else hint]


pipeline = _table("pipeline", PipelineRow)
opportunity = _table("opportunity", OpportunityRow)
conflict = _table("conflict", ConflictRow)
credit = _table("credit", CreditRow)
posting = _table("posting", PostingRow)
payout = _table("payout", PayoutRow)
payout_total = _table("payout_total", TotalRow)
standing = _table("standing", StandingRow)
reward = _table("reward", RewardRow)
case_file = _table("case_file", CaseRow)
customer_match = _table("customer_match", MatchRow)
measure = _table("measure", MeasureRow)
measured = _table("measured", MeasuredRow)
measured_partner = _table("measured_partner", MeasuredPartnerRow)
measured_target = _table("measured_target", TargetRow)
measured_vendor = _table("measured_vendor", MeasuredVendorRow)


def _added_up(name: str, *more: sa.Column[Any]) -> sa.Table:
    keys = [sa.Column(one, sa.Date if one == "month" else sa.Text, nullable=False) for one in measure_totals.KEYS]
    counted = (sa.Column(one, sa.BigInteger) for one in measure_totals.COUNTED)
    amounts = (sa.Column(one, sa.Numeric) for one in measure_totals.MINOR)
    return sa.Table(name, metadata, *keys, *counted, *amounts, *more)


measure_total = _added_up("measure_total")
measure_month = _added_up("measure_month", sa.Column("changed", sa.Date, nullable=False))
measure_open = sa.Table("measure_open", metadata, sa.Column("vendor", sa.Text), sa.Column("day", sa.Date))
feed = _table("feed", FeedRow)
_partner_row = _table("partner_feed", PartnerFeedRow)


def _partners_entries() -> sa.Subquery:
    """What a partner reads: its rows, with what they leave out from the vendor's rows that they point to."""
    own, whole = _partner_row.c, feed.c
    less = sa.or_(own.data.is_not(None), own.body.is_not(None))
    return (
        sa.select(
            own.vendor,
            own.partner,
            own.n,
            own.seq,
            own.caused,
            # The fact, whether the partner may know it or not: never shown, and asked for together with `caused` alone.
            whole.cause.label("whose_fact"),
            own.data.is_not(None).label("searched"),
            whole.type,
            whole.version,
            whole.decision,
            whole.clock,
            sa.case((own.caused, whole.cause)).label("cause"),
            sa.func.coalesce(own.subjects, whole.subjects, type_=ARRAY(sa.Text)).label("subjects"),
            sa.case((less, own.data), else_=whole.data).label("data"),
            sa.case((less, own.body), else_=whole.body).label("body"),
        )
        .join_from(_partner_row, feed, sa.and_(own.vendor == whole.vendor, own.seq == whole.seq))
        .subquery("partner_entry")
    )


partner_feed = _partners_entries()
"""As `feed`, for partners: `n` is the entry's number among the partner's own."""


def data_of(row: Any) -> Any:
    """The content of an entry of either feed."""
    return row.data if row.body is None else orjson.loads(decompressed(row.body))


halted = sa.Table(
    "halted",
    metadata,
    *(sa.Column(name, sa.Text) for name in ("view", "vendor", "type", "reason")),
    *(sa.Column(name, sa.BigInteger) for name in ("version", "partition", "seq")),
)
head = sa.Table(
    "head",
    metadata,
    *(sa.Column(name, sa.Text) for name in ("view", "vendor")),
    *(sa.Column(name, sa.BigInteger) for name in ("version", "seq")),
)
version = sa.Table(
    "version",
    metadata,
    *(sa.Column(name, sa.Text) for name in ("view", "state")),
    *(sa.Column(name, sa.Integer) for name in ("version", "shape")),
)
parked = sa.Table(
    "parked",
    metadata,
    *(sa.Column(name, sa.Text) for name in ("view", "vendor", "type", "reason")),
    *(sa.Column(name, sa.BigInteger) for name in ("version", "seq")),
    sa.Column("subjects", ARRAY(sa.Text)),
)


def as_of(table: sa.FromClause, seq: int) -> sa.ColumnElement[bool]:
    """Return the condition for rows as of entry `seq`."""
    if "to_seq" not in table.c:  # never changed once written
        return table.c.seq <= seq
    return sa.and_(table.c.from_seq <= seq, sa.or_(table.c.to_seq.is_(None), table.c.to_seq > seq))


def at_end_of(table: sa.FromClause, day: date) -> sa.ColumnElement[bool]:
    """Return the condition for rows, of a table with one version a day, as the day left them."""
    return sa.and_(table.c.from_day <= day, sa.or_(table.c.to_day.is_(None), table.c.to_day > day))
