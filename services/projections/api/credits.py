"""`GET /v1/credits`: the shares of each won deal, by version."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api import finance_documents
from services.projections.api.credit_about import AboutFilters, about, day_about
from services.projections.api.described import answers
from services.projections.api.finance import DatedQuery, Payee, conditions, dated, own, own_deal, own_registrations
from services.projections.api.finance_schemas import CreditPage
from services.projections.api.finance_sheets import described, sheet_answer
from services.projections.api.listing import MAX_CHOICES, Listing, page_document, read_page
from services.projections.api.pipeline import Parts
from services.projections.api.sheet_names import DEAL
from services.projections.api.sheets import Sheet, SheetQuery, list_answer, sheet_form
from services.projections.tables import credit
from services.projections.views import CREDITS, MEASURES, PIPELINE
from shared.http.wire.fields import Line

router = APIRouter(tags=["finance"])

LISTING = Listing(
    view=CREDITS,
    table=credit,
    key=credit.c.share_id,
    sorts={
        "posted_at": credit.c.posted_at,
        "effective_at": credit.c.effective_at,
        "opportunity": credit.c.opportunity_id,
        "partner": credit.c.partner,
        "amount": credit.c.amount_minor,
    },
    default_sort="-posted_at",
    dates=(credit.c.posted_at, credit.c.effective_at),
    also=(PIPELINE,),
)
SHEET = Sheet(
    "credits",
    ("opportunity", *DEAL, "number", "registration", "customer", "program", "role", "partner", "partner_name", "house",
     "portion", "amount", "currency", "value", "case", "model", "code", "effective_at", "posted_at"),
)  # fmt: skip


class CreditQuery(AboutFilters, DatedQuery, SheetQuery):
    """Query parameters of the list."""

    role: list[Literal["sourced", "influenced", "fulfilled", "unregistered"]] = Field([], max_length=4)
    case: list[Line] = Field(
        [],
        max_length=MAX_CHOICES,
        description="How the win counts (protected, further, late, breach, unprotected or unlinked).",
    )
    house: bool | None = Field(
        None, description="Whether the share is the vendor's own because no partner fills the role."
    )


@router.get(
    "/v1/credits",
    summary="Credit of won deals, by partner and role",
    response_model=None,
    responses=described(answers(CreditPage, paged=True)),
)
async def list_credits(
    request: Request, reader: Payee, parts: Parts, asked: Annotated[CreditQuery, Query()]
) -> Response:
    """List the current shares; `as_of` shows earlier ones. A partner reads its own shares.

    With `Accept: text/csv`, or Parquet's type, the answer is every matching row, whatever `limit` says.
    """
    where = [*own(reader, credit.c.partner), *_where(asked)]
    if reader.partner is not None and (asked.registration or asked.program):
        # Partners do not see these fields of other partners' deals, so they cannot filter by them either.
        where.append(own_deal(reader, credit.c))
    if asked.segment or asked.product or asked.territory:
        position = await parts.positions.find(reader, CREDITS, asked, *LISTING.also, MEASURES)
        where += about(credit.c, reader, asked, await day_about(parts, reader, asked, position))

    async def documents(rows: Any, _: Any) -> list[dict[str, Any]]:
        mine = await own_registrations(parts, reader, [row.registration_id for row in rows])
        return [finance_documents.credit(row, reader, mine) for row in rows]

    if form := sheet_form(request, asked):
        return await sheet_answer(request, parts, reader, LISTING, asked, where, SHEET, documents, form)
    page = await read_page(LISTING, parts, reader, request, asked, where)
    items = await documents(page.rows, page.position)
    document, headers = page_document(request, reader, page, items, asked)
    return list_answer(request, document, headers)


def _where(asked: CreditQuery) -> list[Any]:
    columns = credit.c
    house = columns.partner.is_(None)
    return dated(columns, asked) + conditions(
        [
            (asked.role, lambda: columns.role.in_(asked.role)),
            (asked.case, lambda: columns.won_case.in_(asked.case)),
            (asked.house, lambda: house if asked.house else ~house),
        ]
    )
