"""`GET /v1/payouts/summary`: what accounts came to by one thing, each currency by itself."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api.answers import answer
from services.projections.api.described import answers
from services.projections.api.documents import money
from services.projections.api.finance import Payee
from services.projections.api.finance_schemas import PayoutSummary
from services.projections.api.payouts import PayoutFilters, amount_of, in_months, month_of, moved
from services.projections.api.pipeline import Parts
from services.projections.api.stale import whole
from services.projections.api.summary import MAX_GROUPS
from services.projections.tables import payout
from services.projections.views import PAYOUTS

router = APIRouter(tags=["finance"])


class PayoutSummaryQuery(PayoutFilters):
    """What to add up, and by what."""

    group_by: Literal["partner", "program", "currency", "month", "account"] = "partner"
    limit: int = Field(MAX_GROUPS, ge=1, le=MAX_GROUPS, description="Rows: accounts of groups in one currency.")


@router.get(
    "/v1/payouts/summary",
    summary="What accounts came to, by one thing",
    response_model=None,
    responses=answers(PayoutSummary),
)
async def summarise_payouts(
    request: Request, reader: Payee, parts: Parts, asked: Annotated[PayoutSummaryQuery, Query()]
) -> Response:
    """Amounts are given per account and currency: nothing is ever converted or added across currencies."""
    position = await parts.positions.find(reader, PAYOUTS, asked)
    month = month_of(asked)
    key = month if asked.group_by == "month" else payout.c[asked.group_by]
    named = (key, payout.c.currency, payout.c.account)
    query = (
        sa.select(key.label("key"), *named[1:], sa.func.sum(amount_of(payout.c)).label("minor"))
        .where(*moved(reader, position, asked), *in_months(month, asked))
        .group_by(*named)
        .order_by(*named)
        .limit(asked.limit)
    )
    groups: dict[Any, list[dict[str, Any]]] = {}
    for one, currency, account, minor in await parts.rows(query):
        groups.setdefault(one, []).append({"account": account, "amount": money(int(minor), currency)})
    document: dict[str, Any] = {
        "group_by": asked.group_by,
        "by": asked.by,
        "groups": [
            {"key": f"{one:%Y-%m}" if isinstance(one, date) else one, "accounts": found}
            for one, found in groups.items()
        ],
    }
    document |= whole(reader, position.stale)
    if reader.partner is None:
        document["seq"] = position.seq
    return answer(request, document)
