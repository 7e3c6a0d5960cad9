"""`GET /v1/pipeline`: registrations as JSON pages, or as one CSV."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.dialects.postgresql import ARRAY
from starlette.responses import Response

from services.projections.api import documents
from services.projections.api.context import Queries, queries
from services.projections.api.described import answers
from services.projections.api.listing import Listing, containing, halves, page_document, read_page
from services.projections.api.pipeline_filters import PipelineQuery, where
from services.projections.api.pipeline_sheet import SHEET, pipeline_pages
from services.projections.api.position import Position
from services.projections.api.schemas import PipelinePage
from services.projections.api.sheets import files_too, list_answer, sheet_form, sheet_response
from services.projections.tables import as_of, pipeline
from services.projections.views import PIPELINE
from shared.credentials import Caller
from shared.credentials.dependency import caller

router = APIRouter(tags=["pipeline"])

MOST_NAMES = 1_000
"""Of customers with a text in their names: of more, enough for a page are soon found in any order."""

LISTING = Listing(
    view=PIPELINE,
    table=pipeline,
    key=pipeline.c.registration_id,
    sorts={
        "submitted_at": pipeline.c.submitted_at,
        "completed_at": pipeline.c.completed_at,
        "close_date": pipeline.c.close_date,
        "protected_until": pipeline.c.protected_until,
        "extension_until": pipeline.c.extension_until,
        "loss_until": pipeline.c.loss_until,
        "ended_at": pipeline.c.ended_at,
        "state": pipeline.c.state,
        "partner": pipeline.c.partner,
        "customer": pipeline.c.customer_name,
        "program": pipeline.c.program,
        "amount": pipeline.c.amount_minor,
    },
    default_sort="-submitted_at",
    current=lambda caller, asked, column: (
        caller.partner is None
        and not asked.partner
        and (column == "customer_name" or (column == "protected_until" and asked.state == ["protected"]))
    ),
)

_RESPONSES = files_too(answers(PipelinePage, paged=True))

Reader = Annotated[Caller, Depends(caller("pipeline:read"))]
Parts = Annotated[Queries, Depends(queries)]


@router.get(
    "/v1/pipeline",
    summary="Registrations, filtered, sorted, by pages",
    response_model=None,
    responses=_RESPONSES,
)
async def list_pipeline(
    request: Request, reader: Reader, parts: Parts, asked: Annotated[PipelineQuery, Query()]
) -> Response:
    """List registrations. A partner sees its own, and of those it waits for only the dates.

    With `Accept: text/csv`, or Parquet's type, the answer is every matching row, whatever `limit` says.
    Sorting by `amount` compares minor units, so filter by one `currency` as well.
    """
    if form := sheet_form(request, asked):
        position = await parts.positions.find(reader, PIPELINE, asked)
        pages = pipeline_pages(parts, reader, position, where(reader, asked))
        return sheet_response(request, asked, SHEET, form, pages)
    page = await read_page(LISTING, parts, reader, request, asked, partial(_conditions, parts, reader, asked))
    behind = await holders(parts, reader, page.position, page.rows)
    items = [
        documents.registration(row, page.position.at, behind[row.registration_id], partner=reader.partner is not None)
        for row in page.rows
    ]
    document, headers = page_document(request, reader, page, items, asked)
    return list_answer(request, document, headers)


async def _conditions(parts: Queries, reader: Caller, asked: PipelineQuery, position: Position) -> list[Any]:
    """Return the filters; for a text in names, the names that have it, where they are few.

    Current names are in an index, which tells by itself which of a million have the text; rows are then found by name.
    """
    if asked.customer is None or asked.partner or reader.partner is not None or position.clock is not None:
        return where(reader, asked)
    names = [name for (name,) in await parts.rows(_names(reader.vendor, asked.customer, position))]
    if len(names) > MOST_NAMES:
        return where(reader, asked)
    one_of = sa.any_(sa.literal(names, ARRAY(sa.Text)))
    return [pipeline.c.customer_name == one_of, *where(reader, asked.model_copy(update={"customer": None}))]


def _names(vendor: str, text: str, position: Position) -> Any:
    """Select the names with the text of rows in force at the position: current ones, and those that ended since."""
    mine = sa.select(pipeline.c.customer_name).where(
        pipeline.c.vendor == vendor, containing(pipeline.c.customer_name, text)
    )
    return sa.union(
        *(mine.where(half).distinct().limit(MOST_NAMES + 1) for half in halves(pipeline, position.seq))
    ).limit(MOST_NAMES + 1)


async def holders(
    parts: Queries, reader: Caller, position: Position, rows: Sequence[Any]
) -> dict[str, list[dict[str, Any]]]:
    """Load what each row waits for, as the caller may see it."""
    wanted = sorted({one for row in rows for one in row.behind})
    found: dict[str, dict[str, Any]] = {}
    if wanted:
        query = sa.select(pipeline).where(
            pipeline.c.vendor == reader.vendor,
            pipeline.c.registration_id.in_(wanted),
            as_of(pipeline, position.seq),
        )
        for row in await parts.rows(query):
            found[row.registration_id] = documents.holder(row, partner=reader.partner is not None)
    return {row.registration_id: [found[one] for one in row.behind if one in found] for row in rows}
