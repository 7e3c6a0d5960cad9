"""`GET /v1/audit`: who made, changed, suspended, published, rotated and revoked what, and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api.answers import answer, instant
from services.projections.api.described import answers
from services.projections.api.errors import VendorAlone
from services.projections.api.listing import Listing, ListQuery, Rows, page_document, read_page
from services.projections.api.pipeline import Parts
from services.projections.api.position import Position
from services.projections.api.stale import MayBeStale
from services.projections.audited import (
    AUDITED,
    Audited,
    acted,
    actor_of,
    between,
    content,
    credential_of,
    done_at,
    of_types,
    said,
)
from services.projections.tables import as_of, feed, partner_feed
from services.projections.views import FEED
from shared.credentials import Caller
from shared.credentials.dependency import caller
from shared.http.wire.fields import Line
from shared.http.wire.parameters import Moment

router = APIRouter(tags=["audit"])


Reader = Annotated[Caller, Depends(caller("credentials:admin", partners="events:read"))]
"""Whoever administers the vendor's keys, or a partner that may read its own feed."""


class AuditQuery(ListQuery):
    """Filters, order and page."""

    type: list[Audited] = Field([], max_length=len(AUDITED), description="Only acts of these types.")
    subject: Line | None = Field(
        None,
        description="Only acts on this: `credential:`, `connection:`, `partner:` or `program:` and an id, or `vendor`.",
        examples=["credential:3f2a9c41d05be687"],
    )
    actor: Line | None = Field(
        None,
        description="Only acts of this principal or credential id, or of the `operator`. For the vendor alone.",
    )
    done_from: Moment | None = Field(None, description="Only acts at or after this time.")
    done_before: Moment | None = Field(None, description="Only acts before this time.")


class AuditDocument(MayBeStale):
    """One act of administration."""

    position: int = Field(description="Its place in the feed: `/v1/events?after=` the number before has it whole.")
    type: Audited
    at: datetime = Field(description="When it was done; of imported history, the time that the import brought.")
    subjects: list[str]
    data: dict[str, Any] = Field(description="What was done, without whole policies and vendor documents.")
    actor: str | None = Field(None, description="The principal that acted, or `operator`. For the vendor alone.")
    credential: str | None = Field(None, description="The credential that acted, where known. For the vendor alone.")
    fact: str | None = Field(None, description="The fact, as its `202` named it. For the vendor alone.")


class AuditPage(MayBeStale):
    """Acts of administration; `next` leads to the following page."""

    items: list[AuditDocument]
    next: str | None
    seq: int | None = None


def _rows(table: sa.FromClause) -> Any:
    def rows(reader: Caller, position: Position, asked: AuditQuery, where: Sequence[Any]) -> Rows:
        mine = [table.c.vendor == reader.vendor, as_of(table, position.seq)]
        if reader.partner is not None:
            mine += [table.c.partner == reader.partner, table.c.searched]
        columns = [column for column in table.c if column.name not in ("data", "body")]
        made = sa.select(*columns, done_at(table).label("at"), content(table).label("data"))
        return dict(table.c), made.where(*mine, *where)

    return rows


VENDORS = Listing(FEED, feed, feed.c.seq, {"position": feed.c.seq}, "-position", source=_rows(feed))
PARTNERS = Listing(
    FEED, partner_feed, partner_feed.c.n, {"position": partner_feed.c.n}, "-position", source=_rows(partner_feed)
)


@router.get(
    "/v1/audit",
    summary="Acts of administration",
    response_model=None,
    responses=answers(AuditPage, paged=True),
)
async def list_audit(request: Request, reader: Reader, parts: Parts, asked: Annotated[AuditQuery, Query()]) -> Response:
    """Newest first: credentials, CRM connections, partners, programs and the vendor itself.

    It needs the scope `credentials:admin`. A partner's credential with `events:read` reads what concerns the partner
    and its credentials, without who acted.
    """
    listing = VENDORS if reader.partner is None else PARTNERS
    page = await read_page(listing, parts, reader, request, asked, _where(listing.table, reader, asked))
    items = [_document(row, partner=reader.partner is not None) for row in page.rows]
    document, headers = page_document(request, reader, page, items, asked)
    return answer(request, document, headers=headers)


def _where(table: sa.FromClause, reader: Caller, asked: AuditQuery) -> list[Any]:
    where = [of_types(table, asked.type), *between(table, asked.done_from, asked.done_before)]
    if asked.subject is not None:
        where.append(table.c.subjects.contains([asked.subject]))
    if asked.actor is not None:
        if reader.partner is not None:
            raise VendorAlone("who of the vendor acted is not told to partners; leave `actor` out")
        where.append(acted(table, asked.actor))
    return where


def _document(row: Any, *, partner: bool) -> dict[str, Any]:
    document = {
        "position": row.n if partner else row.seq,
        "type": row.type,
        "at": instant(row.at),
        "subjects": row.subjects,
        "data": said(row.data),
    }
    if partner:
        return document
    who = {"actor": actor_of(row.principal), "credential": credential_of(row.principal, row.data)}
    return {**document, **who, "fact": row.cause}
