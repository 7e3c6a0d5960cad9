"""`GET /v1/matches`: are the customers of two registrations the same company?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import orjson
import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api.answers import answer, instant
from services.projections.api.context import Queries
from services.projections.api.deal_schemas import MatchDocument, MatchPage
from services.projections.api.described import answers
from services.projections.api.documents import customer_of
from services.projections.api.errors import MatchUnknown, VendorAlone
from services.projections.api.listing import MAX_CHOICES, Listing, ListQuery, Rows, page_document, read_page
from services.projections.api.pipeline import Parts, Reader
from services.projections.api.position import Position, PositionQuery
from services.projections.api.stale import about
from services.projections.api.told import said_in, spoken
from services.projections.tables import as_of, customer_match, pipeline
from services.projections.views import MATCHES, PIPELINE
from shared.credentials import Caller
from shared.http.wire.fields import Line
from shared.http.wire.parameters import PathIdentity
from shared.messages import Words

router = APIRouter(tags=["matches"])

_C = customer_match.c


class MatchQuery(ListQuery):
    """Query parameters of the list."""

    state: list[Literal["open", "decided", "lapsed"]] = Field([], max_length=3)
    overdue: bool | None = Field(None, description="True: only open matches past their `decide_by`. False: all others.")
    answer: Literal["same", "different"] | None = None
    revoked: bool | None = Field(None, description="Whether the last answer was revoked.")
    partner: list[Line] = Field(
        [], max_length=MAX_CHOICES, description="Only matches with this partner on either side."
    )
    program: list[Line] = Field(
        [], max_length=MAX_CHOICES, description="Only matches with this partner on either side."
    )
    registration: Line | None = Field(None, description="Only matches with this registration on either side.")


def _rows(reader: Caller, position: Position, asked: MatchQuery, where: Sequence[Any]) -> Rows:
    """Select the matches at the position; which are overdue depends on its time."""
    late = sa.and_(_C.state == "open", _C.decide_by.is_not(None), _C.decide_by <= position.at)
    due = [] if asked.overdue is None else [late if asked.overdue else sa.not_(late)]
    mine = (_C.vendor == reader.vendor, as_of(customer_match, position.seq))
    return dict(_C), sa.select(customer_match).where(*mine, *due, *where)


LISTING = Listing(
    view=MATCHES,
    table=customer_match,
    key=_C.match_id,
    sorts={"asked_at": _C.asked_at, "decide_by": _C.decide_by, "decided_at": _C.decided_at, "state": _C.state},
    default_sort="-asked_at",
    also=(PIPELINE,),
    source=_rows,
)


@router.get(
    "/v1/matches",
    summary="Questions whether two registrations name one customer",
    response_model=None,
    responses=answers(MatchPage, paged=True),
)
async def list_matches(
    request: Request, reader: Reader, parts: Parts, asked: Annotated[MatchQuery, Query()]
) -> Response:
    """An open match waits for a reviewer. Both sides are shown, so only the vendor reads this."""
    _assert_vendor(reader)
    page = await read_page(LISTING, parts, reader, request, asked, _where(asked))
    items = await _documents(parts, reader, page.position, page.rows, Words(spoken(request)))
    document, headers = page_document(request, reader, page, items, asked)
    return answer(request, document, headers={**headers, **said_in(request)})


@router.get(
    "/v1/matches/{match}",
    summary="One question",
    response_model=None,
    responses=answers(MatchDocument),
)
async def get_match(
    request: Request,
    match: PathIdentity,
    reader: Reader,
    parts: Parts,
    asked: Annotated[PositionQuery, Query()],
) -> Response:
    """Read both sides of a match, why they look alike, and the answer."""
    _assert_vendor(reader)
    position = await parts.positions.find(reader, MATCHES, asked, *LISTING.also)
    query = sa.select(customer_match).where(
        _C.vendor == reader.vendor, _C.match_id == match, as_of(customer_match, position.seq)
    )
    rows = await parts.rows(query)
    if not rows:
        raise MatchUnknown(f"there is no match {match}")
    [document] = await _documents(parts, reader, position, rows, Words(spoken(request)))
    return answer(request, document | about(reader, position.stale, document), headers=said_in(request))


def _assert_vendor(reader: Caller) -> None:
    if reader.partner is not None:
        raise VendorAlone("matches show two partners side by side; use one of the vendor's own credentials")


def _where(asked: MatchQuery) -> list[Any]:
    where: list[Any] = []
    if asked.state:
        where.append(_C.state.in_(asked.state))
    if asked.answer is not None:
        where.append(_C.same.is_(asked.answer == "same"))
    if asked.revoked is not None:
        where.append(_C.revoked_at.is_not(None) if asked.revoked else _C.revoked_at.is_(None))
    if asked.registration is not None:
        where.append(sa.or_(_C.registration_id == asked.registration, _C.other_id == asked.registration))
    if asked.partner:
        where.append(_a_side_is(pipeline.c.partner.in_(asked.partner)))
    if asked.program:
        where.append(_a_side_is(pipeline.c.program.in_(asked.program)))
    return where


def _a_side_is(condition: Any) -> Any:
    # A registration never changes its partner nor its program, so any version of it answers.
    return sa.exists().where(
        pipeline.c.vendor == _C.vendor, pipeline.c.registration_id.in_([_C.registration_id, _C.other_id]), condition
    )


async def _documents(
    parts: Queries, reader: Caller, position: Position, rows: Sequence[Any], words: Words
) -> list[dict[str, Any]]:
    """The questions with both sides: as they are while it is open, as they were when it ended."""
    sides = await _sides(parts, reader.vendor, position, rows)
    return [_document(row, position, sides, words) for row in rows]


def _moment(row: Any, position: Position) -> int:
    return position.seq if row.state == "open" else int(row.from_seq)


Sides = dict[tuple[str, int], Any]
"""Load the pipeline's row of a registration as of an entry."""


async def _sides(parts: Queries, vendor: str, position: Position, rows: Sequence[Any]) -> Sides:
    wanted = sorted({(one, _moment(row, position)) for row in rows for one in (row.registration_id, row.other_id)})
    if not wanted:
        return {}
    ids, moments = ([*column] for column in zip(*wanted, strict=True))
    asked = (
        sa.func.unnest(sa.cast(ids, sa.ARRAY(sa.Text)), sa.cast(moments, sa.ARRAY(sa.BigInteger)))
        .table_valued(sa.column("id", sa.Text), sa.column("seq", sa.BigInteger))
        .render_derived("asked")
    )
    columns = pipeline.c
    there = sa.and_(columns.vendor == vendor, columns.registration_id == asked.c.id, columns.from_seq <= asked.c.seq)
    there = sa.and_(there, sa.or_(columns.to_seq.is_(None), columns.to_seq > asked.c.seq))
    query = sa.select(pipeline, asked.c.seq.label("asked_seq")).select_from(asked.join(pipeline, there))
    return {(row.registration_id, row.asked_seq): row for row in await parts.rows(query)}


def _document(row: Any, position: Position, sides: Sides, words: Words) -> dict[str, Any]:
    moment = _moment(row, position)
    overdue = row.state == "open" and row.decide_by is not None and row.decide_by <= position.at
    return {
        "match": row.match_id,
        "state": row.state,
        "registration": row.registration_id,
        "other": row.other_id,
        "sides": [_side(one, sides.get((one, moment))) for one in (row.registration_id, row.other_id)],
        "likeness": _likeness(orjson.loads(row.likeness), words) if row.likeness else None,
        "policy": row.policy,
        "asked": row.asked,
        "asked_at": instant(row.asked_at),
        "decide_by": instant(row.decide_by),
        "overdue": overdue,
        "same": row.same,
        "decided_at": instant(row.decided_at),
        "decided_by": row.decided_by,
        "note": row.note,
        "revoked_at": instant(row.revoked_at),
        "revoked_by": row.revoked_by,
        "ended_at": instant(row.ended_at),
        "ended_by": row.ended_by,
        "seq": row.from_seq,
    }


def _likeness(likeness: dict[str, Any], words: Words) -> dict[str, Any]:
    evidence = [(one["name"], one["value"]) for one in likeness["evidence"]]
    return {**likeness, "sentence": words.likeness(likeness["rule"], evidence)}


def _side(registration: str, row: Any | None) -> dict[str, Any]:
    """Render one side of a match; only its id if the pipeline does not have it."""
    if row is None:
        return {"registration": registration}
    return {
        "registration": registration,
        "partner": row.partner,
        "program": row.program,
        "state": row.state,
        "customer": customer_of(row),
        "products": row.products,
        "submitted_at": instant(row.submitted_at),
        "protected_from": instant(row.protected_from),
        "protected_until": instant(row.protected_until),
    }
