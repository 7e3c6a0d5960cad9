"""`GET /v1/events`: the journal as an ordered feed without gaps, followed by its cursor."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.projections.api import documents
from services.projections.api.answers import answer
from services.projections.api.described import answers
from services.projections.api.personal import unsealed
from services.projections.api.pipeline import Parts
from services.projections.api.schemas import EventPage
from services.projections.tables import feed, partner_feed
from shared.credentials import Caller, caller
from shared.http.wire.parameters import MAX_NUMBER, Count

router = APIRouter(tags=["events"])

MAX_EVENTS = 1_000


class EventQuery(BaseModel):
    """Query parameters: where to continue, and how many items."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[int, Count(0, MAX_NUMBER)] = Field(
        0, description="Position of the last event that you read; 0 for the first page."
    )
    limit: Annotated[int, Count(1, MAX_EVENTS)] = 100


@router.get(
    "/v1/events",
    summary="Every event, in order, without gaps",
    response_model=None,
    responses=answers(EventPage, also=()),
)
async def list_events(
    request: Request,
    reader: Annotated[Caller, Depends(caller("events:read"))],
    parts: Parts,
    asked: Annotated[EventQuery, Query()],
) -> Response:
    """Read the journal in order. Positions rise by one. A partner's feed has its own entries with their own numbers.

    Follow `next`. If it returns nothing yet, ask again later.
    """
    if reader.partner is None:
        query = sa.select(feed).where(feed.c.vendor == reader.vendor, feed.c.seq > asked.after).order_by(feed.c.seq)
    else:
        query = (
            sa.select(partner_feed)
            .where(
                partner_feed.c.vendor == reader.vendor,
                partner_feed.c.partner == reader.partner,
                partner_feed.c.n > asked.after,
            )
            .order_by(partner_feed.c.n)
        )
    rows = await parts.rows(query.limit(asked.limit))
    data = await unsealed(parts, reader.vendor, [row.data for row in rows])
    items = [documents.event(row, one, partner=reader.partner is not None) for row, one in zip(rows, data, strict=True)]
    last = items[-1]["position"] if items else asked.after
    return answer(request, {"items": items, "next": f"{request.url.path}?after={last}&limit={asked.limit}"})
