"""`GET /v1/opportunities`: deals as the CRM reports them, those among them that a person must place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api import documents
from services.projections.api.answers import answer
from services.projections.api.context import Queries
from services.projections.api.deal_schemas import OpportunityDocument, OpportunityPage
from services.projections.api.described import answers
from services.projections.api.errors import OpportunityUnknown
from services.projections.api.listing import (
    MAX_CHOICES,
    Listing,
    ListQuery,
    containing,
    page_document,
    read_page,
)
from services.projections.api.pipeline import Parts, Reader
from services.projections.api.position import PositionQuery
from services.projections.api.stale import about
from services.projections.tables import as_of, opportunity, pipeline
from services.projections.views import OPPORTUNITIES, PIPELINE
from shared.credentials import Caller
from shared.http.wire.fields import Line
from shared.http.wire.parameters import PathIdentity

router = APIRouter(tags=["opportunities"])

LISTING = Listing(
    view=OPPORTUNITIES,
    table=opportunity,
    key=opportunity.c.opportunity_id,
    sorts={
        "created_at": opportunity.c.created_at,
        "closed_at": opportunity.c.closed_at,
        "close_date": opportunity.c.close_date,
        "customer": opportunity.c.customer_name,
        "state": opportunity.c.state,
        "amount": opportunity.c.amount_minor,
    },
    default_sort="-created_at",
    also=(PIPELINE,),
)


class OpportunityQuery(ListQuery):
    """Query parameters of the list."""

    linked: bool | None = Field(None, description="Whether it belongs to a registration.")
    by_person: bool | None = Field(
        None, description="Whether a person said what it belongs to, or that it belongs to no registration."
    )
    state: list[Literal["open", "won", "lost"]] = Field([], max_length=3)
    case: list[Line] = Field([], max_length=MAX_CHOICES)
    partner: Line | None = Field(None, description="Only opportunities with this id in the CRM.")
    registration: Line | None = None
    connection: Line | None = None
    external_id: Line | None = None
    customer: Line | None = Field(None, description="Text in the customer's name; case does not matter.")


@router.get(
    "/v1/opportunities",
    summary="Opportunities, filtered, sorted, by pages",
    response_model=None,
    responses=answers(OpportunityPage, paged=True),
)
async def list_opportunities(
    request: Request, reader: Reader, parts: Parts, asked: Annotated[OpportunityQuery, Query()]
) -> Response:
    """List opportunities. A partner reads those that belong to its registrations."""
    page = await read_page(LISTING, parts, reader, request, asked, [*_visible(reader), *_where(asked)])
    items = [documents.opportunity(row, partner=reader.partner) for row in page.rows]
    document, headers = page_document(request, reader, page, items, asked)
    return answer(request, document, headers=headers)


@router.get(
    "/v1/opportunities/{opportunity_id}",
    summary="One opportunity",
    response_model=None,
    responses=answers(OpportunityDocument),
)
async def get_opportunity(
    request: Request,
    opportunity_id: PathIdentity,
    reader: Reader,
    parts: Parts,
    asked: Annotated[PositionQuery, Query()],
) -> Response:
    """Read an opportunity as the CRM last reported it, with its registration and win outcome."""
    position = await parts.positions.find(reader, OPPORTUNITIES, asked, *LISTING.also)
    row = await find_opportunity(parts, reader, opportunity_id, position.seq)
    document = documents.opportunity(row, partner=reader.partner)
    return answer(request, document | about(reader, position.stale, document))


async def find_opportunity(parts: Queries, reader: Caller, id_: str, seq: int) -> Any:
    """The opportunity's row as of entry `seq`; raises `OpportunityUnknown`."""
    query = sa.select(opportunity).where(
        opportunity.c.vendor == reader.vendor,
        opportunity.c.opportunity_id == id_,
        as_of(opportunity, seq),
        *_visible(reader),
    )
    rows = await parts.rows(query)
    if not rows:
        raise OpportunityUnknown(f"there is no opportunity {id_}")
    return rows[0]


def _visible(caller: Caller) -> list[Any]:
    if caller.partner is None:
        return []
    # A registration never changes its partner, so any version will do.
    own = sa.exists().where(
        pipeline.c.vendor == opportunity.c.vendor,
        pipeline.c.registration_id == opportunity.c.registration_id,
        pipeline.c.partner == caller.partner,
    )
    return [own]


def _where(asked: OpportunityQuery) -> list[Any]:
    columns = opportunity.c
    linked = columns.registration_id.is_not(None)
    said = sa.func.coalesce(columns.linked_by, columns.unlinked_code, "").in_(("person", "by_person"))
    conditions: list[tuple[Any, Callable[[], Any]]] = [
        (asked.linked, lambda: linked if asked.linked else sa.not_(linked)),
        (asked.by_person, lambda: said if asked.by_person else sa.not_(said)),
        (asked.state, lambda: columns.state.in_(asked.state)),
        (asked.case, lambda: columns.won_case.in_(asked.case)),
        (asked.partner, lambda: columns.partner == asked.partner),
        (asked.registration, lambda: columns.registration_id == asked.registration),
        (asked.connection, lambda: columns.connection == asked.connection),
        (asked.external_id, lambda: columns.external_id == asked.external_id),
        (asked.customer, lambda: containing(columns.customer_name, str(asked.customer))),
    ]
    return [condition() for given, condition in conditions if given not in (None, [])]
