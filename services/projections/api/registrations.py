"""`GET /v1/registrations/{id}`: the registration, `pending`, or the refusal of its submission."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.projections.api import documents
from services.projections.api.answers import answer
from services.projections.api.context import Queries
from services.projections.api.described import problems, refusal
from services.projections.api.errors import NotReached, RegistrationUnknown
from services.projections.api.facts import pending_or_refused
from services.projections.api.offers import offered
from services.projections.api.pipeline import Parts, Reader, holders
from services.projections.api.pipeline_filters import visible
from services.projections.api.position import Position, PositionQuery
from services.projections.api.schemas import Pending, RegistrationDetail
from services.projections.api.stale import about
from services.projections.api.told import spoken
from services.projections.personal import unsealed
from services.projections.tables import as_of, pipeline
from services.projections.views import FEED, PIPELINE
from services.projections.views.claim import sealed_of
from shared.credentials import Caller
from shared.http.wire.parameters import PathIdentity

router = APIRouter(tags=["registrations"])

_FACT_OF = "reg_"
_REVISION = {
    "description": 'The revision, such as `"3"`: what `If-Match` of an amendment takes. The state moves without it, '
    "so `If-None-Match` is not answered with 304 here.",
    "schema": {"type": "string"},
}


@router.get(
    "/v1/registrations/{registration}",
    summary="One registration",
    response_model=None,
    responses={
        200: {"model": RegistrationDetail, "headers": {"ETag": _REVISION}},
        202: {"model": Pending, "description": "The request is accepted and not decided yet."},
        **refusal(),
        **problems(404),
    },
)
async def get_registration(
    request: Request,
    registration: PathIdentity,
    reader: Reader,
    parts: Parts,
    asked: Annotated[PositionQuery, Query()],
) -> Response:
    """Read a registration with its personal fields. Data of another partner or vendor is answered as unknown."""
    position = await parts.positions.find(reader, PIPELINE, asked)
    row = await find(parts, reader, registration, position)
    if row is None:
        if reader.partner is None and (since := position.stale.get(f"registration:{registration}")) is not None:
            raise NotReached(f"the pipeline cannot show {registration}: it is parked since entry {since}")
        if registration.startswith(_FACT_OF) and asked.as_of is None:
            # Refusals are in the feed, which may be behind the pipeline.
            await parts.positions.find(reader, FEED, asked)
            waiting = await pending_or_refused(parts, reader, registration.removeprefix(_FACT_OF), spoken(request))
            if waiting is not None:
                return answer(request, waiting, status=202)
        raise unknown(registration)
    behind = await holders(parts, reader, position, [row])
    document = documents.registration(row, position.at, behind[registration], partner=reader.partner is not None)
    document |= await offered(parts, row, position.seq)
    sealed = sealed_of(row)
    personal = {name: sealed.get(name) for name in ("contact", "notes")}
    personal["evidence"] = [{**one, "verdict": _verdict(row, one["evidence"])} for one in sealed.get("evidence", ())]
    personal["amendment"] = documents.amendment(row, personal=True)
    document |= await unsealed(parts.persons, reader.vendor, personal)
    document |= about(reader, position.stale, document)
    return answer(request, document, headers={"ETag": f'"{document["revision"]}"'})


def _verdict(row: Any, evidence: str) -> str | None:
    """Return the reviewer's verdict on a piece of evidence; None without one."""
    if evidence in row.verified:
        return "verified"
    return "refuted" if evidence in row.refuted else None


async def find(parts: Queries, reader: Caller, registration: str, position: Position) -> Any | None:
    """Load the registration's row at the position; None if the caller has no such registration."""
    query = sa.select(pipeline).where(
        pipeline.c.vendor == reader.vendor,
        pipeline.c.registration_id == registration,
        as_of(pipeline, position.seq),
        *visible(reader),
    )
    rows = await parts.rows(query)
    return rows[0] if rows else None


def unknown(registration: str) -> RegistrationUnknown:
    return RegistrationUnknown(f"there is no registration {registration}")
