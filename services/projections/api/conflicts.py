"""`GET /v1/conflicts`: conflicts between claims, open and resolved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api import documents
from services.projections.api.answers import answer
from services.projections.api.context import Queries
from services.projections.api.deal_schemas import ConflictDocument, ConflictPage
from services.projections.api.described import answers
from services.projections.api.errors import ConflictUnknown
from services.projections.api.listing import MAX_CHOICES, Listing, ListQuery, named_fields, page_document, read_page
from services.projections.api.pipeline import Parts, Reader, holders
from services.projections.api.position import Position, PositionQuery
from services.projections.api.stale import about
from services.projections.api.told import feed_of, lives, said_in
from services.projections.tables import as_of, conflict, pipeline
from services.projections.views import CONFLICTS, FEED, PIPELINE
from shared.credentials import Caller
from shared.http.wire.fields import Line
from shared.http.wire.parameters import PathIdentity

router = APIRouter(tags=["conflicts"])

LISTING = Listing(
    view=CONFLICTS,
    table=conflict,
    key=conflict.c.conflict_id,
    sorts={
        "detected_at": conflict.c.detected_at,
        "resolved_at": conflict.c.resolved_at,
        "state": conflict.c.state,
        "registration": conflict.c.registration_id,
    },
    default_sort="-detected_at",
    also=(PIPELINE, FEED),
    current=lambda caller, asked, column: (
        column == "detected_at" and asked.state == "open" and caller.partner is None and asked.partner is None
    ),
)

_TOLD = ("conflict.detected", "conflict.resolved")


class ConflictQuery(ListQuery):
    """Query parameters of the list."""

    state: Literal["open", "resolved"] | None = None
    outcome: list[Line] = Field([], max_length=MAX_CHOICES)
    registration: Line | None = Field(
        None, description="Only conflicts of this claim. For the vendor also those in which it is the holder."
    )
    partner: Line | None = Field(None, description="Only conflicts of this partner's claims.")


@router.get(
    "/v1/conflicts",
    summary="Conflicts, filtered, sorted, by pages",
    response_model=None,
    responses=answers(ConflictPage, paged=True),
)
async def list_conflicts(
    request: Request, reader: Reader, parts: Parts, asked: Annotated[ConflictQuery, Query()]
) -> Response:
    """List conflicts. A partner reads those of its own claims, without the other side."""
    partner = reader.partner is not None
    where: list[Any] = []
    if reader.partner is not None:
        where.append(_claimed_by(reader.partner))
    if asked.partner is not None:
        where.append(_claimed_by(asked.partner))
    if asked.state is not None:
        where.append(conflict.c.state == asked.state)
    if asked.outcome:
        where.append(conflict.c.outcome.in_(asked.outcome))
    if asked.registration is not None:
        where.append(_about(asked.registration, both_sides=not partner))
    page = await read_page(LISTING, parts, reader, request, asked, where)
    items = await _explained(request, parts, reader, page.rows, page.position, asked.fields)
    document, headers = page_document(request, reader, page, items, asked)
    return answer(request, document, headers={**headers, **said_in(request)})


@router.get(
    "/v1/conflicts/{conflict_id}",
    summary="One conflict",
    response_model=None,
    responses=answers(ConflictDocument),
)
async def get_conflict(
    request: Request,
    conflict_id: PathIdentity,
    reader: Reader,
    parts: Parts,
    asked: Annotated[PositionQuery, Query()],
) -> Response:
    """Read a conflict of the caller's claim; the vendor also reads the other side."""
    position = await parts.positions.find(reader, CONFLICTS, asked, *LISTING.also)
    row = await find_conflict(parts, reader, conflict_id, position.seq)
    [document] = await _explained(request, parts, reader, [row], position)
    return answer(request, document | about(reader, position.stale, document), headers=said_in(request))


async def find_conflict(parts: Queries, reader: Caller, id_: str, seq: int) -> Any:
    """The conflict's row as of entry `seq`; raises `ConflictUnknown`."""
    mine = [_claimed_by(reader.partner)] if reader.partner is not None else []
    query = sa.select(conflict).where(
        conflict.c.vendor == reader.vendor, conflict.c.conflict_id == id_, as_of(conflict, seq), *mine
    )
    rows = await parts.rows(query)
    if not rows:
        raise ConflictUnknown(f"there is no conflict {id_}")
    return rows[0]


async def _explained(
    request: Request, parts: Queries, reader: Caller, rows: Sequence[Any], position: Position, fields: str | None = None
) -> list[dict[str, Any]]:
    """The conflicts, each with what is told of it to this reader."""
    partner = reader.partner is not None
    claims = [] if _unasked(fields) else await _claims(parts, reader.vendor, rows, position.seq)
    behind = await holders(parts, reader, position, claims)
    found = {claim.registration_id: documents.claimed(claim, behind[claim.registration_id]) for claim in claims}
    items = [documents.conflict(row, found.get(row.registration_id), partner=partner) for row in rows]
    own = feed_of(parts, reader, position.seq)
    told = await lives(request, own, "conflict", [row.conflict_id for row in rows], _TOLD, fields)
    return [one | told[row.conflict_id] for one, row in zip(items, rows, strict=True)]


def _claimed_by(partner: str) -> Any:
    # A registration never changes its partner, so any version will do.
    return sa.exists().where(
        pipeline.c.vendor == conflict.c.vendor,
        pipeline.c.registration_id == conflict.c.registration_id,
        pipeline.c.partner == partner,
    )


def _about(registration: str, *, both_sides: bool) -> Any:
    claimant = conflict.c.registration_id == registration
    opponents = conflict.c.opponent_ids
    return sa.or_(claimant, opponents.contains(sa.cast([registration], opponents.type))) if both_sides else claimant


def _unasked(fields: str | None) -> bool:
    return fields is not None and documents.OF_CLAIM.isdisjoint(named_fields(fields))


async def _claims(parts: Queries, vendor: str, rows: Sequence[Any], seq: int) -> Sequence[Any]:
    """The claims of the conflicts as of entry `seq`."""
    wanted = sorted({row.registration_id for row in rows})
    if not wanted:
        return []
    query = sa.select(pipeline).where(
        pipeline.c.vendor == vendor, pipeline.c.registration_id.in_(wanted), as_of(pipeline, seq)
    )
    return await parts.rows(query)
