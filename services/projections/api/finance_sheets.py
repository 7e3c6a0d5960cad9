"""Lists of money as files: every matching row as of one entry, with headers to check that everything arrived."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import sqlalchemy as sa
from fastapi import Request
from starlette.responses import Response

from services.projections.api.context import Queries
from services.projections.api.described import Responses
from services.projections.api.documents import money
from services.projections.api.errors import CsvTooLarge
from services.projections.api.listing import Listing
from services.projections.api.position import Position
from services.projections.api.sheet_names import NAMED_BY, named
from services.projections.api.sheets import ROWS_PER_READ, Pages, Sheet, files_too, sheet_response
from shared.credentials import Caller

MAX_ROWS = 1_000_000
"""Most rows: about 200 MB of CSV, and no spreadsheet opens more. Narrow the filters, by month for example."""

ROWS_HEADER = "Dealreg-Rows"
TOTALS_HEADER = "Dealreg-Totals"

Documents = Callable[[Sequence[Any], Position], Awaitable[list[dict[str, Any]]]]


def described(responses: Responses) -> Responses:
    """Describe the responses: files with their headers to check by, beside JSON."""
    totals = "Sum of `amount` of all rows, one amount per currency, such as `EUR 10.00, USD 4.50`."
    return files_too(
        responses,
        {
            ROWS_HEADER: {"description": "Files only: number of rows.", "schema": {"type": "integer"}},
            TOTALS_HEADER: {"description": f"Files only. {totals}", "schema": {"type": "string"}},
        },
    )


async def sheet_answer(
    request: Request,
    parts: Queries,
    reader: Caller,
    listing: Listing,
    asked: Any,
    where: Sequence[Any],
    sheet: Sheet,
    documents: Documents,
    form: str,
) -> Response:
    """Return every matching row, whatever `limit` says; raise `CsvTooLarge`."""
    views = dict.fromkeys((*listing.also, *NAMED_BY))
    position = await parts.positions.find(reader, listing.view, asked, *views)
    _, query = listing.rows(reader, position, asked, where)
    inner = query.subquery("matching")
    totals = (
        sa.select(inner.c.currency, sa.func.count(), sa.func.sum(inner.c[sheet.amount]))
        .group_by(inner.c.currency)
        .order_by(inner.c.currency)
    )
    found = await parts.rows(totals)
    count = sum(rows for _, rows, _ in found)
    if count > MAX_ROWS:
        raise CsvTooLarge(f"{count} rows match, at most {MAX_ROWS} are sent; narrow the filters")
    content = [money(int(minor), currency) for currency, _, minor in found if currency]  # "" has no amount to add
    headers = {
        ROWS_HEADER: str(count),
        TOTALS_HEADER: ", ".join(f"{one['currency']} {one['amount']}" for one in content if one),
    }
    pages = _pages(parts, reader, listing, asked, where, position, sheet, documents)
    return sheet_response(request, asked, sheet, form, pages, headers)


async def _pages(
    parts: Queries,
    reader: Caller,
    listing: Listing,
    asked: Any,
    where: Sequence[Any],
    position: Position,
    sheet: Sheet,
    documents: Documents,
) -> Pages:
    """Yield all rows in key order, one database page at a time."""
    columns, query = listing.rows(reader, position, asked, where)
    keys = [columns[key.name] for key in listing.keys]
    query = query.order_by(*keys).limit(ROWS_PER_READ)
    page = query
    while True:
        rows = await parts.rows(page)
        made = await documents(rows, position) if rows else []
        flat = [{**one, "currency": row.currency} for one, row in zip(made, rows, strict=True)]
        yield await named(parts, reader, position.seq, sheet.columns, flat)
        if len(rows) < ROWS_PER_READ:
            return
        last = [sa.literal(rows[-1]._mapping[key.name], columns[key.name].type) for key in listing.keys]
        page = query.where(sa.tuple_(*keys) > sa.tuple_(*last))
