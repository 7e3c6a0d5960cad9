"""`GET /v1/sandbox/clock`: where the clock of a sandbox stands."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.projections.api.answers import answer, instant
from services.projections.api.described import MODELS, Responses, answers
from services.projections.api.errors import NotSandbox
from services.projections.api.pipeline import Parts, Reader
from services.projections.api.position import PositionQuery
from services.projections.tables import feed
from services.projections.views import FEED

router = APIRouter(tags=["sandbox"])


class SandboxClock(BaseModel):
    """The sandbox's own time. Every request is recorded at it, and deadlines fall due by it."""

    model_config = ConfigDict(json_schema_extra={"example": {"clock": "2027-03-31T09:00:00Z"}})

    clock: datetime = Field(description="It stands until it is moved.")


_RESPONSES: Responses = {**answers(SandboxClock), **MODELS.problems({409: ("vendor.not_sandbox",)})}


@router.get("/v1/sandbox/clock", response_model=None, responses=_RESPONSES)
async def read_clock(
    request: Request, reader: Reader, parts: Parts, asked: Annotated[PositionQuery, Query()]
) -> Response:
    """Read the clock of the sandbox that the key belongs to."""
    position = await parts.positions.find(reader, FEED, asked)
    entries = sa.select(feed.c.clock, feed.c.data["mode"].astext.label("mode")).where(feed.c.vendor == reader.vendor)
    last = entries.where(feed.c.seq <= position.seq).order_by(feed.c.seq.desc()).limit(1)
    born, now = await parts.rows(entries.where(feed.c.seq == 1), last)
    if not now or not born or born[0].mode != "sandbox":
        raise NotSandbox("only a sandbox has a clock of its own; use a key that begins with dr_test_")
    return answer(request, {"clock": instant(now[0].clock)})
