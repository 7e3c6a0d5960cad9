"""`GET /v1/measures/targets`: what partners are to reach, and how far each is at any day's end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api import target_sums as sums
from services.projections.api.context import Queries
from services.projections.api.described import answers
from services.projections.api.documents import money
from services.projections.api.finance import conditions
from services.projections.api.finance_sheets import described, sheet_answer
from services.projections.api.listing import MAX_CHOICES, Listing, ListQuery, page_document, read_page
from services.projections.api.measure_filters import Day, DayQuery, MeasuredQuery, day_of, listed
from services.projections.api.measure_schemas import TargetPage
from services.projections.api.measures import PATH as REGISTRATIONS
from services.projections.api.pipeline import Parts, Reader
from services.projections.api.position import Position
from services.projections.api.sheets import Sheet, SheetQuery, list_answer, sheet_form
from services.projections.tables import at_end_of, measured, measured_target
from services.projections.views import MEASURES
from shared.credentials import Caller
from shared.events.target import VALUES, TargetMeasure
from shared.http.wire.fields import Line

router = APIRouter(tags=["measures"])

Found = dict[str | None, tuple[int, int]]
"""Registrations and minor units by currency, None where no amount is stated."""


class TargetQuery(DayQuery, ListQuery, SheetQuery):
    """Which targets, and as of which day."""

    partner: list[Line] = Field([], max_length=MAX_CHOICES)
    name: list[Line] = Field([], max_length=MAX_CHOICES, description="Only targets of any of these names.")
    measure: list[TargetMeasure] = Field([], max_length=MAX_CHOICES, description="Only targets of these measures.")
    program: list[Line] = Field(
        [], max_length=MAX_CHOICES, description="Only targets that are narrowed to any of these programs."
    )
    running: bool | None = Field(None, description="Whether the day is in the period; absent: either.")


def _rows(reader: Caller, position: Position, asked: Any, where: Sequence[Any]) -> Any:
    return dict(measured_target.c), sa.select(measured_target).where(measured_target.c.vendor == reader.vendor, *where)


LISTING = Listing(
    view=MEASURES,
    table=measured_target,
    key=measured_target.c.target,
    sorts={name: measured_target.c[name] for name in ("partner", "name", "measure", "first_day", "last_day")},
    default_sort="partner",
    source=_rows,
)
SHEET = Sheet(
    "targets",
    ("partner", "partner_name", "name", "measure", "program", "product", "first_day", "last_day", "state", "days",
     "days_left", "amount", "currency", "count", "reached_amount", "reached_count", "share", "expected_amount",
     "expected_count", "without_amount"),
    kinds={
        "first_day": "day", "last_day": "day", "days": "integer", "days_left": "integer", "count": "integer",
        "reached_count": "integer", "without_amount": "integer",
        **dict.fromkeys(("reached_amount", "share", "expected_amount", "expected_count"), "number"),
    },
)  # fmt: skip


@router.get(
    "/v1/measures/targets",
    summary="Targets of partners, and how far each is reached at any day's end",
    response_model=None,
    responses=described(answers(TargetPage, paged=True)),
)
async def list_targets(
    request: Request, reader: Reader, parts: Parts, asked: Annotated[TargetQuery, Query()]
) -> Response:
    """List targets as they stood at the day's end: what is to be reached, what is, and what would be by then pro rata.

    What is reached is counted as `GET /v1/measures/registrations` lists it, by the day of submission, approval or win;
    `opens` lists exactly these. A value target sums amounts in its own currency alone. A partner sees its own.
    With `Accept: text/csv`, or Parquet's type, the answer is every matching target, whatever `limit` says.
    """
    day = await day_of(parts, reader, asked)
    where = _where(reader, asked, day)

    async def documents(rows: Sequence[Any], _: Position) -> list[dict[str, Any]]:
        found = await reached(parts, reader, rows, day)
        return [document(row, found[row.target], day) for row in rows]

    if form := sheet_form(request, asked):
        return await sheet_answer(request, parts, reader, LISTING, asked, where, SHEET, documents, form)
    page = await read_page(LISTING, parts, reader, request, asked, where)
    items = await documents(page.rows, page.position)
    body, headers = page_document(request, reader, page, items, asked)
    return list_answer(request, body | {"as_of": day.day, "time_zone": day.time_zone}, headers)


async def targets_at(parts: Queries, reader: Caller, asked: TargetQuery) -> tuple[Day, list[dict[str, Any]]]:
    """Return the day and the matching targets with what is reached of each, by partner and name; at most `limit`."""
    day = await day_of(parts, reader, asked)
    columns = measured_target.c
    query = sa.select(measured_target).where(columns.vendor == reader.vendor, *_where(reader, asked, day))
    rows = await parts.rows(query.order_by(columns.target).limit(asked.limit))
    found = await reached(parts, reader, rows, day)
    return day, [document(row, found[row.target], day) for row in rows]


def _where(reader: Caller, asked: TargetQuery, day: Day) -> list[Any]:
    columns = measured_target.c
    within = sa.and_(columns.first_day <= day.day, columns.last_day >= day.day)
    return [
        at_end_of(measured_target, day.day),
        sa.not_(columns.dropped),
        *([] if reader.partner is None else [columns.partner == reader.partner]),
        *conditions(
            [
                (asked.partner, lambda: columns.partner.in_(asked.partner)),
                (asked.name, lambda: columns.name.in_(asked.name)),
                (asked.measure, lambda: columns.measure.in_(asked.measure)),
                (asked.program, lambda: columns.program.in_(asked.program)),
                (asked.running, lambda: within if asked.running else sa.not_(within)),
            ]
        ),
    ]


async def reached(parts: Queries, reader: Caller, rows: Sequence[Any], day: Day) -> dict[str, Found]:
    """Sum the registrations of each target, by the conditions of the list that it opens.

    Targets that differ in nothing but the partner, as those of a quarter do, are one query together.
    """
    alike: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        alike[row.measure, row.program, row.product, row.first_day, row.last_day].append(row)
    queries = [_summed(reader, same, day) for same in alike.values()]
    answered = await parts.rows(*queries) if queries else []
    results = [answered] if len(queries) == 1 else answered
    found: dict[str, Found] = {row.target: {} for row in rows}
    for same, result in zip(alike.values(), results, strict=True):
        # Two targets of a partner may be alike: in two currencies, or under two names.
        for row in same:
            found[row.target] = {
                one.currency: (one.registrations, int(one.minor or 0)) for one in result if one.partner == row.partner
            }
    return found


def _summed(reader: Caller, same: Sequence[Any], day: Day) -> sa.Select[Any]:
    partners = list(dict.fromkeys(row.partner for row in same))
    asked = _asked(same[0], partners)
    counted = sa.func.count().label("registrations"), sa.func.sum(measured.c.amount_minor).label("minor")
    return (
        sa.select(measured.c.partner, measured.c.currency, *counted)
        .where(measured.c.vendor == reader.vendor, *listed(reader, asked, day))
        .group_by(measured.c.partner, measured.c.currency)
    )


def _asked(row: Any, partners: list[str]) -> MeasuredQuery:
    """Return the question for the registrations of the target, whatever their currency."""
    # Not checked again: partners may be more than a caller may name.
    return MeasuredQuery.model_construct(
        of=VALUES.get(row.measure, row.measure),
        partner=partners,
        program=[row.program] if row.program else [],
        product=[row.product] if row.product else [],
        reached_from=row.first_day,
        reached_to=row.last_day,
    )


def document(row: Any, found: Found, day: Day) -> dict[str, Any]:
    """Render the target with what is reached of it."""
    period = sums.Period(row.first_day, row.last_day, day.day)
    of_value = row.measure in VALUES
    count, minor = found.get(row.currency, (0, 0)) if of_value else (sum(one for one, _ in found.values()), 0)
    wanted = row.amount_minor if of_value else row.wanted
    others = sorted((name, one) for name, (_, one) in found.items() if name not in (None, row.currency))
    return {
        "partner": row.partner,
        "name": row.name,
        "measure": row.measure,
        "program": row.program,
        "product": row.product,
        "first_day": row.first_day,
        "last_day": row.last_day,
        "state": period.state,
        "days": period.days,
        "days_left": period.left,
        "amount": money(row.amount_minor, row.currency),
        "count": row.wanted,
        "reached_amount": money(minor, row.currency) if of_value else None,
        "reached_count": count,
        "share": sums.share(minor if of_value else count, wanted),
        "expected_amount": money(sums.expected_minor(wanted, period), row.currency) if of_value else None,
        "expected_count": None if of_value else sums.expected_count(wanted, period),
        "other_amounts": [money(one, name) for name, one in others] if of_value else [],
        "without_amount": found.get(None, (0, 0))[0] if of_value else 0,
        "opens": _opens(row, day),
    }


def _opens(row: Any, day: Day) -> str:
    """The path of the list of the registrations that are counted."""
    asked = _asked(row, [row.partner])
    stated: dict[str, Any] = {"partner": asked.partner, "program": asked.program, "product": asked.product}
    stated["currency"] = [row.currency] if row.measure in VALUES else []
    stated |= {"of": asked.of, "reached_from": row.first_day, "reached_to": row.last_day, "as_of": day.day}
    return f"{REGISTRATIONS}?{urlencode([one for one in stated.items() if one[1] != []], doseq=True)}"
