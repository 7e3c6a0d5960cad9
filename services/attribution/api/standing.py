"""`GET /v1/decider`: what stands still in deciding the vendor's facts, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.attribution.api.described import document
from services.attribution.api.errors import VendorAlone
from services.attribution.api.parts import Checks, checks_of
from services.attribution.standing import standing_of
from shared.credentials import Caller
from shared.credentials.dependency import caller
from shared.http.wire.accept import VARY, chosen
from shared.http.wire.body import JSON
from shared.values.written import rfc3339, written_json

router = APIRouter(tags=["administration"])


class HaltShown(BaseModel):
    """Why the vendor's facts wait."""

    since: datetime
    reason: str
    subject: str | None = Field(description="What the operator could skip; null if nothing can be skipped.")
    resuming: bool = Field(description="Whether the operator resumed it, and what waited is being decided.")


class TimerShown(BaseModel):
    """A deadline that could not be fired. `POST /v1/timers/arm` arms it again."""

    subject: str
    timer: str


class DeciderDocument(BaseModel):
    """What stands still: null and an empty list where all goes on."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "halted": None,
                "timers": [{"subject": "registration:reg_5f0c2b6d8a1e4f7c9b3d2a1e0f4c6b8a", "timer": "protection.end"}],
            }
        }
    )

    halted: HaltShown | None
    timers: list[TimerShown] = Field(description="At most 100 subjects.")


@router.get("/v1/decider", summary="What stands still in deciding", **document(DeciderDocument))
async def get_decider(
    request: Request,
    reader: Annotated[Caller, Depends(caller("pipeline:read"))],
    checks: Annotated[Checks, Depends(checks_of)],
) -> Response:
    """Read whether the vendor's facts are decided, and which deadlines could not be fired. For the vendor alone."""
    if reader.partner is not None:
        raise VendorAlone("what stands still concerns all partners; use a credential of the vendor")
    chosen(request.headers.get("accept"), JSON)
    found = await standing_of(checks.pool, reader.vendor)
    halted = None
    if found.halt is not None:
        halted = {
            "since": rfc3339(found.halt.since.replace(microsecond=0)), "reason": found.halt.reason,
            "subject": found.halt.subject or None, "resuming": found.halt.resuming,
        }  # fmt: skip
    timers = [{"subject": subject, "timer": timer} for subject, timer in found.timers]
    headers = {"Cache-Control": "private, no-cache", **VARY, **request.state.answer_headers}
    return Response(written_json({"halted": halted, "timers": timers}), 200, headers, JSON[0])
