"""`GET /v1/events`: the journal as an ordered feed without gaps, followed by its cursor."""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.projections.api.answers import answer
from services.projections.api.context import Queries
from services.projections.api.described import answers
from services.projections.api.pipeline import Parts
from services.projections.api.position import MAX_WAIT_SECONDS
from services.projections.api.schemas import EventPage
from services.projections.entries import Entries, Filter, Found
from services.projections.views import FEED
from shared.credentials import Caller
from shared.credentials.dependency import caller
from shared.events.access import MAX_TYPES
from shared.http.wire.event_type import EventType
from shared.http.wire.fields import Line
from shared.http.wire.parameters import MAX_NUMBER, Count, Seconds

router = APIRouter(tags=["events"])

MAX_EVENTS = 1_000
MOST_QUESTIONS = 20
"""So many stretches of the feed are looked through for one page; `next` goes on behind them."""


class EventQuery(BaseModel):
    """Query parameters: where to continue, which items, how many, and how long to wait for the first."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[int, Count(0, MAX_NUMBER)] = Field(
        0, description="Position of the last event that you read; 0 for the first page."
    )
    limit: Annotated[int, Count(1, MAX_EVENTS)] = 100
    type: list[EventType] = Field([], max_length=MAX_TYPES, description="Only events of these types.")
    subject: Line | None = Field(
        None, description="Only events about this subject, such as `registration:reg_…` or `partner:partner-7`."
    )
    wait: Seconds = Field(
        0, ge=0, le=MAX_WAIT_SECONDS, description="Seconds to wait for an event where there is none yet."
    )


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

    Follow `next`. If it returns nothing yet, ask again later, or ask with `wait`: the answer then comes with the first
    new event. Filters leave events out, so their positions have gaps.
    """
    entries = Entries(parts.pool.fetch, reader.vendor, reader.partner)
    found = await _next(parts, entries, asked)
    items = await entries.documents(parts.persons, found.rows)
    more: list[tuple[str, object]] = [("after", found.upto), ("limit", asked.limit)]
    more += [("type", one) for one in asked.type]
    more += [("subject", asked.subject)] if asked.subject is not None else []
    more += [("wait", f"{asked.wait:g}")] if asked.wait else []
    return answer(request, {"items": items, "next": f"{request.url.path}?{urlencode(more)}"})


async def _next(parts: Queries, entries: Entries, asked: EventQuery) -> Found:
    """The next page, once there is one or the time to wait is over."""
    place = (entries.vendor, FEED.name, FEED.version)
    found = Found([], asked.after)
    try:
        async with asyncio.timeout(asked.wait or None):
            while True:
                # Read before the entries: whatever is folded after them ends the wait.
                head = await parts.watch.head(place) if asked.wait else 0
                found, ended = await _stretches(entries, found.upto, asked)
                if found.rows or not asked.wait:
                    return found
                if ended:
                    await parts.watch.reach(place, head + 1, None, asked.wait)
    except TimeoutError:
        return Found([], found.upto)


async def _stretches(entries: Entries, after: int, asked: EventQuery) -> tuple[Found, bool]:
    """Look through the feed until something is found; also whether its end was met."""
    found = Found([], after)
    for _ in range(MOST_QUESTIONS):
        before, found = found.upto, await entries.after(found.upto, Filter(asked.type, asked.subject), asked.limit)
        if found.rows or found.upto == before:
            return found, not found.rows
    return found, False
