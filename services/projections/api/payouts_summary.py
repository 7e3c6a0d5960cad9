"""`GET /v1/payouts/summary`: accounts summed by one dimension, each currency by itself."""

from __future__ import annotations

from datetime import UTC, date
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api.described import answers
from services.projections.api.documents import money
from services.projections.api.finance import Payee
from services.projections.api.finance_schemas import PayoutSummary
from services.projections.api.payouts import PayoutFilters, amount_of, chosen, in_months, month_of, moved
from services.projections.api.pipeline import Parts
from services.projections.api.position import Position
from services.projections.api.sheet_names import partner_names
from services.projections.api.sheets import (
    Sheet,
    SheetQuery,
    files_too,
    list_answer,
    one_page,
    sheet_form,
    sheet_response,
)
from services.projections.api.stale import whole
from services.projections.api.summary import MAX_GROUPS
from services.projections.tables import as_of, head, payout, payout_total, version
from services.projections.views import PAYOUTS
from shared.credentials import Caller
from shared.http.wire.parameters import Count

router = APIRouter(tags=["finance"])


SHEET = Sheet("payouts-summary", ("key", "name", "account", "amount", "currency"))
_NAMES = ("program", "currency", "account", "debit_minor", "credit_minor")


def _head(reader: Caller) -> Any:
    """The view's head in the same snapshot as the rows."""
    current = sa.and_(version.c.view == head.c.view, version.c.version == head.c.version, version.c.state == "current")
    query = sa.select(head.c.seq).select_from(head.join(version, current))
    return query.where(head.c.vendor == reader.vendor, head.c.view == PAYOUTS.name).scalar_subquery()


class PayoutSummaryQuery(PayoutFilters, SheetQuery):
    """Query parameters: filters and grouping."""

    group_by: Literal["partner", "program", "currency", "month", "account"] = "partner"
    limit: Annotated[int, Count(1, MAX_GROUPS)] = Field(
        MAX_GROUPS, description="Rows per page; a row is one account of one group in one currency."
    )


@router.get(
    "/v1/payouts/summary",
    summary="What accounts came to, by one thing",
    response_model=None,
    responses=files_too(answers(PayoutSummary)),
)
async def summarise_payouts(
    request: Request, reader: Payee, parts: Parts, asked: Annotated[PayoutSummaryQuery, Query()]
) -> Response:
    """Sum reward accounts by partner, program or month. Amounts of different currencies are never added.

    With `Accept: text/csv`, or Parquet's type, the answer is a row for each account of a group in a currency.
    """
    form = sheet_form(request, asked)
    position = await parts.positions.find(reader, PAYOUTS, asked)
    together = _together(reader, position, asked)
    rows = _of_all(reader, position, asked) if together else _of_each(reader, position, asked)
    key = rows.c.month if asked.group_by == "month" else rows.c[asked.group_by]
    named = (key, rows.c.currency, rows.c.account)
    query = (
        sa.select(key.label("key"), *named[1:], sa.func.sum(amount_of(rows.c)).label("minor"), _head(reader))
        .group_by(*named)
        .order_by(*named)
        .limit(asked.limit)
    )
    groups: dict[Any, list[dict[str, Any]]] = {}
    seq = position.seq
    for one, currency, account, minor, reached in await parts.rows(query):
        groups.setdefault(one, []).append({"account": account, "amount": money(int(minor), currency)})
        if together and asked.as_of is None:
            # Totals are current, and may be newer than the position.
            seq = reached
    keyed = [(f"{one:%Y-%m}" if isinstance(one, date) else one, found) for one, found in groups.items()]
    if form:
        names = await partner_names(parts, reader, groups if asked.group_by == "partner" else ())
        lines = (
            {"key": key, "name": names.get(key), **account, "currency": account["amount"]["currency"]}
            for key, found in keyed
            for account in found
        )
        return sheet_response(request, asked, SHEET, form, one_page(lines))
    document: dict[str, Any] = {
        "group_by": asked.group_by,
        "by": asked.by,
        "groups": [{"key": key, "accounts": found} for key, found in keyed],
    }
    document |= whole(reader, position.stale)
    if reader.partner is None:
        document["seq"] = seq
    return list_answer(request, document)


def _together(reader: Caller, position: Position, asked: PayoutSummaryQuery) -> bool:
    """Return whether the totals of all partners can answer: now, or at a past with a known month."""
    everybody = reader.partner is None and not asked.partner and asked.group_by != "partner"
    return everybody and (asked.as_of is None or position.clock is not None)


def _of_each(reader: Caller, position: Position, asked: PayoutFilters) -> sa.Subquery:
    """Select the turnovers of partners, one row per pair of months."""
    month = month_of(asked)
    names = ("partner", *_NAMES)
    query = sa.select(*(payout.c[name] for name in names), month.label("month"))
    return query.where(*moved(reader, position, asked), *in_months(month, asked)).subquery("moved")


def _of_all(reader: Caller, position: Position, asked: PayoutFilters) -> sa.Subquery:
    """Select the turnovers of all partners together: whole past months, and the last month as of then."""
    totals = payout_total.c
    month = month_of(asked, payout_total)
    over = [totals.vendor == reader.vendor, *chosen(totals, asked), *in_months(month, asked)]
    if position.clock is None:  # of now
        return sa.select(*(totals[name] for name in _NAMES), month.label("month")).where(*over).subquery("moved")
    last = position.clock.astimezone(UTC).date().replace(day=1)
    its_month = month_of(asked)
    rest = [payout.c.vendor == reader.vendor, *chosen(payout.c, asked), *in_months(its_month, asked)]
    rest += [payout.c.posted_month == last, as_of(payout, position.seq)]
    return sa.union_all(
        sa.select(*(totals[name] for name in _NAMES), month.label("month")).where(*over, totals.posted_month < last),
        sa.select(*(payout.c[name] for name in _NAMES), its_month.label("month")).where(*rest),
    ).subquery("moved")
