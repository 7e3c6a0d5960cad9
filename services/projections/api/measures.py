"""`GET /v1/measures`: registrations counted by one thing, as of any day's end; and the list behind each number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api import measure_sums
from services.projections.api.context import Queries
from services.projections.api.described import answers
from services.projections.api.documents import money
from services.projections.api.finance_sheets import described, sheet_answer
from services.projections.api.listing import Listing, page_document, read_page
from services.projections.api.measure_filters import (
    NONE,
    Day,
    GroupBy,
    MeasuredQuery,
    MeasureFilters,
    day_of,
    listed,
)
from services.projections.api.measure_reading import counted
from services.projections.api.measure_schemas import MeasuredPage, Measures
from services.projections.api.pipeline import Parts, Reader
from services.projections.api.position import Position
from services.projections.api.sheet_names import partner_names
from services.projections.api.sheets import (
    Sheet,
    SheetQuery,
    files_too,
    list_answer,
    one_page,
    sheet_form,
    sheet_response,
)
from services.projections.api.stale import whole
from services.projections.api.summary import MAX_GROUPS
from services.projections.tables import measured, pipeline
from services.projections.views import MEASURES, PIPELINE
from shared.credentials import Caller
from shared.http.wire.parameters import Count

router = APIRouter(tags=["measures"])

PATH = "/v1/measures/registrations"
SUMS_SHEET = Sheet("measures", ("key", "name", "currency", *measure_sums.COLUMNS), kinds=measure_sums.SHEET_KINDS)


class MeasureQuery(MeasureFilters, SheetQuery):
    """Query parameters: filters and grouping."""

    group_by: GroupBy = Field(
        "partner",
        description="What to group by. A registration with several products, and a partner in several segments, "
        "counts under each; `month` is the one of submission.",
    )
    limit: Annotated[int, Count(1, MAX_GROUPS)] = Field(
        MAX_GROUPS, description="Most groups, those with the most registrations first; months come in order."
    )


@router.get(
    "/v1/measures",
    summary="Registrations counted and valued by one thing, as of any day's end",
    response_model=None,
    responses=files_too(answers(Measures)),
)
async def read_measures(
    request: Request, reader: Reader, parts: Parts, asked: Annotated[MeasureQuery, Query()]
) -> Response:
    """Count registrations, from submission to win, by partner, segment, program, product, territory or month.

    Each number is of registrations submitted in the months asked for, as they stood at the end of the day; `opens`
    lists exactly these. A partner counts its own. Amounts of different currencies are never added. With
    `Accept: text/csv`, or Parquet's type, the answer is a row for each group and currency, without the total.
    """
    form = sheet_form(request, asked)
    day = await day_of(parts, reader, asked)
    found, total = await counted(parts, reader, asked, asked.group_by, day)
    groups: dict[Any, measure_sums.Group] = {}
    for key, group in found.items():
        if (named := _named(key, asked, day)) is not _OTHER:
            groups[named] = measure_sums.merged([groups.get(named, {}), group])
    ordered = _ordered(groups, asked)
    if form:
        lines = [line for key, group in ordered for line in measure_sums.lines(key, group, day.day)]
        keys = [key for key, _ in ordered] if asked.group_by == "partner" else []
        names = await partner_names(parts, reader, keys)
        rows = one_page({**line, "name": names.get(line["key"])} for line in lines)
        return sheet_response(request, asked, SUMS_SHEET, form, rows)
    document: dict[str, Any] = {
        "group_by": asked.group_by,
        "as_of": day.day,
        "time_zone": day.time_zone,
        "total": {"key": None, **measure_sums.document(total, day.day), "opens": _opens(asked, day)},
        "groups": [
            {"key": key, **measure_sums.document(group, day.day), "opens": _opens(asked, day, key)}
            for key, group in ordered
        ],
    }
    document |= whole(reader, day.position.stale)
    if reader.partner is None:
        document["seq"] = day.position.seq
    return list_answer(request, document)


_OTHER = object()
"""A product or segment that was not asked for, of what was found by another one."""


def _named(key: Any, asked: MeasureQuery, day: Day) -> Any:
    """The group's key as it is answered and asked for; `_OTHER` where it was not."""
    if asked.group_by == "month":
        return f"{key:%Y-%m}"
    if asked.group_by == "territory":
        return day.territories.get(key, key) or None
    wanted = {"product": asked.product, "segment": asked.segment}.get(asked.group_by)
    return _OTHER if wanted and (NONE if key is None else key) not in wanted else key


def _ordered(groups: dict[Any, measure_sums.Group], asked: MeasureQuery) -> list[tuple[Any, measure_sums.Group]]:
    """Groups that have registrations: months in order, others by how many."""
    counted = {key: sum(one.counts["registrations"] for one in group.values()) for key, group in groups.items()}
    found = [(key, group) for key, group in groups.items() if counted[key]]
    in_order = asked.group_by == "month"
    return sorted(found, key=lambda one: (0 if in_order else -counted[one[0]], one[0] or ""))[: asked.limit]


def _opens(asked: MeasureQuery, day: Day, key: str | None = "") -> str:
    """The path of the list of the group's registrations; "" as the key means all of them."""
    filters = asked.model_dump(mode="json", include=set(_FILTERS), exclude_none=True)
    if key != "":
        said = NONE if key is None else key
        filters |= {"month_from": said, "month_to": said} if asked.group_by == "month" else {asked.group_by: [said]}
    stated = [(name, value) for name, value in filters.items() if value != []]
    return f"{PATH}?{urlencode([*stated, ('as_of', day.day.isoformat())], doseq=True)}"


_FILTERS = ("partner", "segment", "program", "product", "territory", "currency", "month_from", "month_to")


def _rows(reader: Caller, position: Position, asked: Any, where: Sequence[Any]) -> Any:
    return dict(measured.c), sa.select(measured).where(measured.c.vendor == reader.vendor, *where)


LISTING = Listing(
    view=MEASURES,
    table=measured,
    key=measured.c.registration_id,
    sorts={
        "submitted_on": measured.c.submitted_on,
        "approved_on": measured.c.approved_on,
        "protected_to": measured.c.protected_to,
        "ended_on": measured.c.ended_on,
        "partner": measured.c.partner,
        "amount": measured.c.amount_minor,
    },
    default_sort="-submitted_on",
    also=(PIPELINE,),
    source=_rows,
)
SHEET = Sheet(
    "measured",
    ("registration", "customer", "partner", "partner_name", "program", "country", "products", "amount", "currency",
     "stage", "submitted_on", "approved_on", "protected_on", "protected_to", "ended_on", "conflict", "clock",
     "review_hours"),
)  # fmt: skip


@router.get(
    PATH,
    summary="The registrations that a number counts",
    response_model=None,
    responses=described(answers(MeasuredPage, paged=True)),
)
async def list_measured(
    request: Request, reader: Reader, parts: Parts, asked: Annotated[MeasuredQuery, Query()]
) -> Response:
    """List what a number of `GET /v1/measures` counts, under the same filters: as many as it says.

    With `Accept: text/csv`, or Parquet's type, the answer is every matching row, whatever `limit` says.
    """
    day = await day_of(parts, reader, asked)
    where = listed(reader, asked, day)

    async def documents(rows: Sequence[Any], _: Position) -> list[dict[str, Any]]:
        names = await _customers(parts, reader, [row.registration_id for row in rows])
        return [_document(row, names.get(row.registration_id)) for row in rows]

    if form := sheet_form(request, asked):
        return await sheet_answer(request, parts, reader, LISTING, asked, where, SHEET, documents, form)
    page = await read_page(LISTING, parts, reader, request, asked, where)
    items = await documents(page.rows, page.position)
    document, headers = page_document(request, reader, page, items, asked)
    return list_answer(request, document | {"as_of": day.day}, headers)


async def _customers(parts: Queries, reader: Caller, ids: Sequence[str]) -> dict[str, str]:
    query = sa.select(pipeline.c.registration_id, pipeline.c.customer_name).where(
        pipeline.c.vendor == reader.vendor, pipeline.c.registration_id.in_(ids), pipeline.c.to_seq.is_(None)
    )
    return {row.registration_id: row.customer_name for row in await parts.rows(query)} if ids else {}


def _document(row: Any, customer: str | None) -> dict[str, Any]:
    return {
        "registration": row.registration_id,
        "customer": customer,
        "partner": row.partner,
        "program": row.program,
        "country": row.country,
        "products": row.products,
        "amount": money(row.amount_minor, row.currency),
        "stage": row.stage,
        "submitted_on": row.submitted_on,
        "approved_on": row.approved_on,
        "protected_on": row.protected_on,
        "protected_to": row.protected_to,
        "ended_on": row.ended_on,
        "conflict": row.conflict,
        "clock": row.clock,
        "review_hours": measure_sums.hours(row.review_seconds),
    }
