"""`GET /v1/parked`: entries that a view could not apply, of one vendor."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.projections.api.answers import answer
from services.projections.api.described import answers
from services.projections.api.errors import VendorAlone
from services.projections.api.pipeline import Parts
from services.projections.tables import parked, version
from shared.credentials import Caller
from shared.credentials.dependency import caller

router = APIRouter(tags=["administration"])
MOST_SUBJECTS = 100
"""Of one view; whoever repairs it needs the first one."""


class ParkedDocument(BaseModel):
    """What one view has set aside: its answers lack it until the operator has it applied."""

    view: str
    entries: int
    since: int = Field(description="The first entry, which is the cause; the others only wait for it.")
    type: str = Field(description="That entry's type.")
    reason: str = Field(description="Why it could not be applied.")
    subjects: list[str] = Field(description="What the entries are about; at most 100.")


class ParkedPage(BaseModel):
    """Every view that has set something aside; none where all is applied."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "items": [
                    {
                        "view": "pipeline",
                        "entries": 2,
                        "since": 4711,
                        "type": "registration.amended",
                        "reason": "KeyError: 'amount'",
                        "subjects": ["registration:reg_5f0c2b6d8a1e4f7c9b3d2a1e0f4c6b8a"],
                    }
                ]
            }
        }
    )

    items: list[ParkedDocument]


@router.get(
    "/v1/parked",
    summary="Entries that views could not apply",
    response_model=None,
    responses=answers(ParkedPage, also=()),
)
async def list_parked(
    request: Request, reader: Annotated[Caller, Depends(caller("pipeline:read"))], parts: Parts
) -> Response:
    """List what each view has set aside, and why. For the vendor alone."""
    if reader.partner is not None:
        raise VendorAlone("what is set aside concerns all partners; use a credential of the vendor")
    rows = await parts.rows(_PARKED.where(parked.c.vendor == reader.vendor))
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        first = {"view": row.view, "entries": 0, "since": row.seq, "type": row.type, "reason": row.reason}
        one = found.setdefault(row.view, {**first, "subjects": {}})
        one["entries"] += 1
        one["subjects"].update(dict.fromkeys(row.subjects))
    items = [{**one, "subjects": list(one["subjects"])[:MOST_SUBJECTS]} for one in found.values()]
    return answer(request, {"items": items})


_PARKED = (
    sa.select(parked.c.view, parked.c.seq, parked.c.type, parked.c.reason, parked.c.subjects)
    .where(
        sa.exists().where(
            version.c.view == parked.c.view, version.c.version == parked.c.version, version.c.state == "current"
        )
    )
    .order_by(parked.c.view, parked.c.seq)
)
