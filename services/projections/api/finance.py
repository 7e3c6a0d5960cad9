"""Shared parts of finance queries: who may ask, filters, and whose rows are visible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import Depends
from pydantic import Field

from services.projections.api.context import Queries
from services.projections.api.listing import MAX_CHOICES, ListQuery
from services.projections.api.position import PositionQuery
from services.projections.tables import as_of, pipeline, standing
from shared.credentials import Caller
from shared.credentials.dependency import caller
from shared.http.wire.fields import Line
from shared.http.wire.parameters import Day, Month
from shared.values import parse_month

Payee = Annotated[Caller, Depends(caller("payouts:read"))]
"""Callers that may read money: the vendor all of it, a partner its own, even while suspended."""

SUSPENDED = "partner.suspended"
Account = Literal["expense", "accrued", "held", "payable", "paid", "reversed"]
By = Literal["posted", "effective"]


class WhoseQuery(PositionQuery):
    """Whose money."""

    partner: list[Line] = Field([], max_length=MAX_CHOICES)
    program: list[Line] = Field([], max_length=MAX_CHOICES)
    currency: list[Line] = Field([], max_length=MAX_CHOICES)
    by: By = Field(
        "posted", description="The date that the filters use: when it was posted, or when it was earned (effective)."
    )
    month: list[Month] = Field(
        [], max_length=MAX_CHOICES, description="Any of these months, by that date, in UTC (`YYYY-MM`)."
    )


class DatedQuery(WhoseQuery, ListQuery):
    """Filters of finance queries."""

    opportunity: Line | None = None
    registration: Line | None = None
    date_from: Day | None = Field(
        None, description="Only items on or after this day (UTC), by the date that `by` selects."
    )
    date_to: Day | None = Field(None, description="Only items on or before this day.")


def conditions(given: Sequence[tuple[Any, Callable[[], Any]]]) -> list[Any]:
    """Return the conditions of the given filters."""
    return [condition() for one, condition in given if one not in (None, [])]


def dated(columns: Any, asked: DatedQuery) -> list[Any]:
    """Return the conditions that lists of single movements share."""
    at = columns.posted_at if asked.by == "posted" else columns.effective_at
    return conditions(
        [
            (asked.partner, lambda: columns.partner.in_(asked.partner)),
            (asked.program, lambda: columns.program.in_(asked.program)),
            (asked.currency, lambda: columns.currency.in_(asked.currency)),
            (asked.opportunity, lambda: columns.opportunity_id == asked.opportunity),
            (asked.registration, lambda: columns.registration_id == asked.registration),
            (asked.month, lambda: sa.and_(*_any_of(at, [first_of(one) for one in asked.month]))),
            (asked.date_from, lambda: at >= _midnight(asked.date_from)),
            (asked.date_to, lambda: at < _midnight(asked.date_to) + timedelta(days=1)),
        ]
    )


def own(reader: Caller, column: Any) -> list[Any]:
    """Restrict a partner's credential to rows that name it (G10)."""
    return [] if reader.partner is None else [column == reader.partner]


def own_deal(reader: Caller, columns: Any) -> Any:
    """Restrict to rows of the caller's own registrations."""
    return sa.exists().where(
        pipeline.c.vendor == columns.vendor,
        pipeline.c.registration_id == columns.registration_id,
        pipeline.c.partner == reader.partner,
    )


def first_of(month: str) -> date:
    return parse_month(month)


def _any_of(at: Any, months: list[date]) -> list[Any]:
    """Match any of the months, and the range from first to last, because an index supports a range but no OR."""
    within = [_within(at, one) for one in months]
    return [
        at >= _midnight(min(months)),
        at < _midnight(_following(max(months))),
        *([sa.or_(*within)] if len(within) > 1 else []),
    ]


def _within(at: Any, first: date) -> Any:
    return sa.and_(at >= _midnight(first), at < _midnight(_following(first)))


def _following(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _midnight(day: date | None) -> datetime:
    assert day is not None
    return datetime.combine(day, time.min, UTC)


async def own_registrations(parts: Queries, reader: Caller, ids: Sequence[str | None]) -> frozenset[str] | None:
    """Return which of the registrations are the caller's; None for the vendor, which owns all."""
    if reader.partner is None:
        return None
    wanted = sorted({one for one in ids if one is not None})
    if not wanted:
        return frozenset()
    # A registration never changes its partner, so any version will do.
    query = (
        sa.select(pipeline.c.registration_id)
        .where(
            pipeline.c.vendor == reader.vendor,
            pipeline.c.registration_id.in_(wanted),
            pipeline.c.partner == reader.partner,
        )
        .distinct()
    )
    return frozenset(row[0] for row in await parts.rows(query))


async def suspended(parts: Queries, reader: Caller, seq: int, partners: Sequence[str]) -> frozenset[str]:
    """Return which of the partners were suspended as of entry `seq`."""
    wanted = sorted(set(partners))
    if not wanted:
        return frozenset()
    query = sa.select(standing.c.partner).where(
        standing.c.vendor == reader.vendor, standing.c.partner.in_(wanted), as_of(standing, seq), standing.c.suspended
    )
    return frozenset(row[0] for row in await parts.rows(query))
