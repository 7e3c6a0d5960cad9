"""`GET /v1/cases`: questions that rules left to a reviewer after a win, and what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api import finance_documents
from services.projections.api.answers import answer
from services.projections.api.context import Queries
from services.projections.api.described import answers
from services.projections.api.documents import money
from services.projections.api.errors import CaseUnknown
from services.projections.api.finance import Payee, conditions
from services.projections.api.finance_schemas import CaseDocument, CasePage
from services.projections.api.finance_sheets import described, sheet_answer
from services.projections.api.listing import MAX_CHOICES, Listing, ListQuery, Rows, page_document, read_page
from services.projections.api.pipeline import Parts
from services.projections.api.position import Position, PositionQuery
from services.projections.api.sheet_names import DEAL
from services.projections.api.sheets import Sheet, SheetQuery, list_answer, sheet_form
from services.projections.api.stale import about
from services.projections.api.told import feed_of, lives, said_in
from services.projections.tables import as_of, case_file, pipeline
from services.projections.views import CASES, FEED, PIPELINE
from shared.credentials import Caller
from shared.http.wire.fields import Line
from shared.http.wire.parameters import Moment, PathIdentity

router = APIRouter(tags=["finance"])

LISTING = Listing(
    view=CASES,
    table=case_file,
    key=case_file.c.case_id,
    sorts={"opened_at": case_file.c.opened_at, "closed_at": case_file.c.closed_at, "state": case_file.c.state},
    default_sort="-opened_at",
    also=(PIPELINE, FEED),
)


_HELD: Any = (
    sa.func.unnest(case_file.c.held_currencies, case_file.c.held_minor)
    .table_valued(sa.column("currency", sa.Text), sa.column("minor", sa.Numeric))
    .render_derived("held")
    .lateral()
)


def _by_currency(reader: Caller, position: Position, _: CaseQuery, where: Sequence[Any]) -> Rows:
    """Select cases at the position, one row per currency held; "" and zero if a case holds nothing."""
    currency = sa.func.coalesce(_HELD.c.currency, sa.literal("")).label("currency")
    minor = sa.func.coalesce(_HELD.c.minor, 0).label("amount_minor")
    query = sa.select(case_file, currency, minor).select_from(case_file.outerjoin(_HELD, sa.true()))
    mine = (case_file.c.vendor == reader.vendor, as_of(case_file, position.seq))
    return {**case_file.c, "currency": currency}, query.where(*mine, *where)


CSV_LISTING = replace(LISTING, more_keys=(sa.column("currency", sa.Text),), source=_by_currency)
SHEET = Sheet(
    "cases",
    ("case", "kind", "state", "opportunity", *DEAL, "registration", "customer", "partner", "partner_name", "verdict",
     "outcome", "opened_at", "closed_at", "rewards", "amount", "currency"),
)  # fmt: skip


class CaseQuery(ListQuery, SheetQuery):
    """Query parameters of the list."""

    state: list[Literal["open", "closed"]] = Field([], max_length=2)
    outcome: list[Literal["released", "reversed", "win_taken_back"]] = Field([], max_length=3)
    partner: list[Line] = Field([], max_length=MAX_CHOICES, description="The partner that holds the deal.")
    opportunity: Line | None = None
    registration: Line | None = Field(None, description="The holder's registration.")
    opened_from: Moment | None = None
    opened_before: Moment | None = None


@router.get(
    "/v1/cases",
    summary="Cases, open and closed",
    response_model=None,
    responses=described(answers(CasePage, paged=True)),
)
async def list_cases(request: Request, reader: Payee, parts: Parts, asked: Annotated[CaseQuery, Query()]) -> Response:
    """An open case waits for a reviewer's decision. A partner reads the cases of its own deals.

    With `Accept: text/csv`, or Parquet's type, the answer is every matching case, whatever `limit` says, with a row for
    each currency of what it holds.
    """

    async def documents(rows: Sequence[Any], position: Position) -> list[dict[str, Any]]:
        made = await case_documents(parts, reader, position.seq, rows)
        held = [money(int(row.amount_minor), row.currency) if row.currency else None for row in rows]
        return [{**one, "amount": amount} for one, amount in zip(made, held, strict=True)]

    if form := sheet_form(request, asked):
        where = [*visible(reader), *_where(asked)]
        return await sheet_answer(request, parts, reader, CSV_LISTING, asked, where, SHEET, documents, form)
    page = await read_page(LISTING, parts, reader, request, asked, [*visible(reader), *_where(asked)])
    items = await _explained(request, parts, reader, page.rows, page.position, asked.fields)
    document, headers = page_document(request, reader, page, items, asked)
    return list_answer(request, document, {**headers, **said_in(request)})


@router.get(
    "/v1/cases/{case}",
    summary="One case",
    response_model=None,
    responses=answers(CaseDocument),
)
async def get_case(
    request: Request,
    case: PathIdentity,
    reader: Payee,
    parts: Parts,
    asked: Annotated[PositionQuery, Query()],
) -> Response:
    """Read what the case is about, what it holds and how it was decided."""
    position = await parts.positions.find(reader, CASES, asked, *LISTING.also)
    query = sa.select(case_file).where(
        case_file.c.vendor == reader.vendor,
        case_file.c.case_id == case,
        as_of(case_file, position.seq),
        *visible(reader),
    )
    rows = await parts.rows(query)
    if not rows:
        raise CaseUnknown(f"there is no case {case}")
    [document] = await _explained(request, parts, reader, rows, position)
    return answer(request, document | about(reader, position.stale, document), headers=said_in(request))


async def _explained(
    request: Request, parts: Queries, reader: Caller, rows: Sequence[Any], position: Position, fields: str | None = None
) -> list[dict[str, Any]]:
    """The cases, each with what is told of it to this reader."""
    documents = await case_documents(parts, reader, position.seq, rows)
    own = feed_of(parts, reader, position.seq)
    told = await lives(request, own, "case", [row.case_id for row in rows], ("case.opened", "case.closed"), fields)
    return [one | told[row.case_id] for one, row in zip(documents, rows, strict=True)]


async def case_documents(parts: Queries, reader: Caller, seq: int, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Render the cases as of entry `seq`, each with its partners and its customer."""
    wanted = sorted({one for row in rows for one in (row.registration_id, row.winner) if one})
    claims: dict[str, tuple[str, str]] = {}
    if wanted:
        query = sa.select(pipeline.c.registration_id, pipeline.c.partner, pipeline.c.customer_name).where(
            pipeline.c.vendor == reader.vendor, pipeline.c.registration_id.in_(wanted), as_of(pipeline, seq)
        )
        claims = {row[0]: (row[1], row[2]) for row in await parts.rows(query)}
    return [finance_documents.case(row, reader, claims) for row in rows]


def visible(reader: Caller) -> list[Any]:
    """Return the scope of a caller: a case belongs to its holder, and the winner must not learn that there is one."""
    return [] if reader.partner is None else [_held_by([reader.partner])]


def _held_by(partners: list[str]) -> Any:
    return sa.exists().where(
        pipeline.c.vendor == case_file.c.vendor,
        pipeline.c.registration_id == case_file.c.registration_id,
        pipeline.c.partner.in_(partners),
    )


def _where(asked: CaseQuery) -> list[Any]:
    columns = case_file.c
    return conditions(
        [
            (asked.state, lambda: columns.state.in_(asked.state)),
            (asked.outcome, lambda: columns.outcome.in_(asked.outcome)),
            (asked.partner, lambda: _held_by(asked.partner)),
            (asked.opportunity, lambda: columns.opportunity_id == asked.opportunity),
            (asked.registration, lambda: columns.registration_id == asked.registration),
            (asked.opened_from, lambda: columns.opened_at >= asked.opened_from),
            (asked.opened_before, lambda: columns.opened_at < asked.opened_before),
        ]
    )
