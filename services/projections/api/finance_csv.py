"""Money as CSV: every matching row as of one entry, with headers to check that everything arrived."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from fastapi import Request
from starlette.responses import Response, StreamingResponse

from services.projections.api.answers import JSON, form, limits
from services.projections.api.context import Queries
from services.projections.api.csv_rows import CSV, ROWS_PER_READ, safe, text
from services.projections.api.described import Responses
from services.projections.api.documents import money
from services.projections.api.errors import CsvTooLarge
from services.projections.api.listing import Listing, ListQuery
from services.projections.api.position import Position
from shared.credentials import Caller
from shared.http.wire.accept import VARY

MAX_CSV_ROWS = 1_000_000
"""Most rows: about 200 MB, and no spreadsheet opens more. Narrow the filters, by month for example."""

ROWS_HEADER = "Dealreg-Rows"
TOTALS_HEADER = "Dealreg-Totals"

Documents = Callable[[Sequence[Any], Position], Awaitable[list[dict[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """How to write a list as CSV: fields in order, and the amount to total."""

    name: str
    columns: tuple[str, ...]
    amount: str = "amount_minor"
    """The column that the header totals, per currency."""


def wants_csv(request: Request) -> bool:
    """Return whether the caller prefers CSV; raise `NotAcceptable` if it accepts neither."""
    return form(request, JSON, CSV) == CSV


def csv_described(responses: Responses) -> Responses:
    """Describe the responses: CSV with its headers, beside JSON."""
    totals = "Sum of `amount` of all rows, one amount per currency, such as `EUR 10.00, USD 4.50`."
    responses[200]["content"] = {CSV: {"schema": {"type": "string"}}}
    responses[200]["headers"] = {
        **responses[200]["headers"],
        ROWS_HEADER: {"description": "CSV only: number of rows after the header line.", "schema": {"type": "integer"}},
        TOTALS_HEADER: {"description": f"CSV only. {totals}", "schema": {"type": "string"}},
    }
    return responses


async def csv_answer(
    request: Request,
    parts: Queries,
    reader: Caller,
    listing: Listing,
    asked: ListQuery,
    where: Sequence[Any],
    sheet: Sheet,
    documents: Documents,
) -> Response:
    """Return every matching row, whatever `limit` says; raise `CsvTooLarge`."""
    position = await parts.positions.find(reader, listing.view, asked, *listing.also)
    _, query = listing.rows(reader, position, asked, where)
    inner = query.subquery("matching")
    totals = (
        sa.select(inner.c.currency, sa.func.count(), sa.func.sum(inner.c[sheet.amount]))
        .group_by(inner.c.currency)
        .order_by(inner.c.currency)
    )
    found = await parts.rows(totals)
    count = sum(rows for _, rows, _ in found)
    if count > MAX_CSV_ROWS:
        raise CsvTooLarge(f"{count} rows match, at most {MAX_CSV_ROWS} are sent; narrow the filters")
    content = [money(int(minor), currency) for currency, _, minor in found if currency]  # "" has no amount to add
    headers = {
        "Content-Disposition": f'attachment; filename="{sheet.name}.csv"',
        ROWS_HEADER: str(count),
        TOTALS_HEADER: ", ".join(f"{one['currency']} {one['amount']}" for one in content if one),
        **VARY,
        **limits(request),
    }
    rows = _pages(parts, reader, listing, asked, where, position, sheet, documents)
    return StreamingResponse(rows, 200, headers, CSV)


async def _pages(
    parts: Queries,
    reader: Caller,
    listing: Listing,
    asked: ListQuery,
    where: Sequence[Any],
    position: Position,
    sheet: Sheet,
    documents: Documents,
) -> AsyncIterator[str]:
    """Yield the header and then all rows in key order, one database page at a time."""
    yield text([sheet.columns])
    columns, query = listing.rows(reader, position, asked, where)
    keys = [columns[key.name] for key in listing.keys]
    query = query.order_by(*keys).limit(ROWS_PER_READ)
    page = query
    while True:
        rows = await parts.rows(page)
        if rows:
            made = await documents(rows, position)
            yield text([_cells(sheet, one, row.currency) for one, row in zip(made, rows, strict=True)])
        if len(rows) < ROWS_PER_READ:
            return
        last = [sa.literal(rows[-1]._mapping[key.name], columns[key.name].type) for key in listing.keys]
        page = query.where(sa.tuple_(*keys) > sa.tuple_(*last))


def _cells(sheet: Sheet, document: dict[str, Any], currency: str) -> list[str]:
    flat = {**document, "currency": currency}
    return [safe(_plain(flat[name])) for name in sheet.columns]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return Decimal(value["amount"])  # a number, so that its sign is not treated as a formula
    if isinstance(value, list):
        return "; ".join(value)
    return str(value).lower() if isinstance(value, bool) else value
