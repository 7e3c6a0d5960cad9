"""`GET /v1/rates`: exchange rates as they were published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import ConfigDict, Field
from starlette.responses import Response

from services.projections.api.answers import answer, instant
from services.projections.api.described import answers
from services.projections.api.listing import Listing, ListQuery, Rows, page_document, read_page
from services.projections.api.pipeline import Parts, Reader
from services.projections.api.position import Position
from services.projections.api.schemas import Page, SelectedFields
from services.projections.api.stale import MayBeStale
from services.projections.rates import narrowed, publications
from services.projections.tables import feed
from services.projections.views import FEED
from shared.credentials import Caller
from shared.http.wire.fields import Day
from shared.values.fields import Currency

router = APIRouter(tags=["directory"])


class RateQuery(ListQuery):
    """Query parameters of the list."""

    base: Currency | None = Field(None, description="Only rates of one unit of this currency.")
    currency: Currency | None = Field(None, description="Only publications that name this other currency.")
    on: Day | None = Field(None, description="Only publications that count on this day, so of it or an earlier day.")


class RatesDocument(MayBeStale):
    """One publication: what one unit of the base currency buys from a day on."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "base": "EUR", "day": "2027-01-04", "rates": {"GBP": "0.8436", "USD": "1.0721"},
                "known_at": "2027-01-03T18:00:00Z", "seq": 97,
            }
        }
    )  # fmt: skip

    base: str
    day: date = Field(description="The first day on which it counts; of several that count, the latest does.")
    rates: dict[str, str]
    known_at: datetime = Field(description="Claims that were complete before are not compared by it.")
    seq: int | None = Field(None, description="Number of its journal entry. For the vendor only.")


class RatesPage(Page):
    items: list[RatesDocument | SelectedFields]


def _rows(reader: Caller, position: Position, asked: RateQuery, where: Sequence[Any]) -> Rows:
    found = publications(reader.vendor)
    conditions = narrowed(found, asked.base, asked.currency, asked.on)
    return dict(found.c), sa.select(found).where(found.c.seq <= position.seq, *conditions, *where)


LISTING = Listing(
    view=FEED,
    table=feed,
    key=feed.c.seq,
    sorts={"day": sa.column("day"), "known_at": sa.column("known_at"), "base": sa.column("base")},
    default_sort="-day",
    source=_rows,
)


@router.get(
    "/v1/rates",
    summary="List exchange rates as they were published",
    response_model=None,
    responses=answers(RatesPage, paged=True),
)
async def list_rates(request: Request, reader: Reader, parts: Parts, asked: Annotated[RateQuery, Query()]) -> Response:
    """List publications, the latest day first. With `base`, `currency`, `on` and `limit=1`: the one that counts then.

    A partner reads them too: the gates of programs compare its amounts by them.
    """
    page = await read_page(LISTING, parts, reader, request, asked, [])
    items = [_document(row, partner=reader.partner is not None) for row in page.rows]
    document, headers = page_document(request, reader, page, items, asked)
    return answer(request, document, headers=headers)


def _document(row: Any, *, partner: bool) -> dict[str, Any]:
    document = {"base": row.base, "day": row.day, "rates": row.rates, "known_at": instant(row.known_at)}
    return document if partner else {**document, "seq": row.seq}
