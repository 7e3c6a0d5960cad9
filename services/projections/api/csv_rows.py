"""The pipeline as CSV: all matching rows as of one entry, read in pages, safe for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

import sqlalchemy as sa

from services.projections.api import documents
from services.projections.api.context import Queries
from services.projections.api.position import Position
from services.projections.tables import as_of, pipeline
from shared.credentials import Caller

CSV = "text/csv"
ROWS_PER_READ = 1_000

COLUMNS = (
    "registration", "revision", "external_id", "state", "end_code", "program", "policy", "partner", "customer",
    "country", "products", "amount", "currency", "close_date", "submitted_at", "completed_at", "protected_from",
    "protected_until", "days_left", "extensions", "ended_at", "open_opportunities", "won_opportunities",
    "lost_opportunities", "won_value",
)  # fmt: skip
# A spreadsheet runs a cell that starts like this as a formula; a partner must not run anything at the vendor.
# Some spreadsheets treat full-width forms like the plain ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


async def csv_pages(parts: Queries, reader: Caller, position: Position, where: list[Any]) -> AsyncIterator[str]:
    """Yield the header and then all rows, by registration id."""
    yield text([COLUMNS])
    after = ""
    while True:
        query = (
            sa.select(pipeline)
            .where(pipeline.c.vendor == reader.vendor, as_of(pipeline, position.seq), *where)
            .where(pipeline.c.registration_id > after)
            .order_by(pipeline.c.registration_id)
            .limit(ROWS_PER_READ)
        )
        rows = await parts.rows(query)
        if rows:
            yield text([_cells(row, position) for row in rows])
        if len(rows) < ROWS_PER_READ:
            return
        after = rows[-1].registration_id


def _cells(row: Any, position: Position) -> list[str]:
    document = documents.registration(row, position.at, [], partner=True)
    amount = document["amount"] or {}
    counts = document["opportunities"]
    flat: dict[str, Any] = {
        **document,
        "customer": row.customer_name,
        "country": row.customer_country,
        "products": "; ".join(row.products),
        "amount": amount.get("amount"),
        "currency": amount.get("currency"),
        "won_value": "; ".join(f"{one['amount']} {one['currency']}" for one in counts["won_value"]),
        **{f"{state}_opportunities": counts[state] for state in ("open", "won", "lost")},
    }
    return [safe(flat[name]) for name in COLUMNS]


def safe(value: Any) -> str:
    """Return the value as a cell that no spreadsheet runs."""
    cell = "" if value is None else str(value)
    return f"'{cell}" if cell.startswith(_FORMULA) and isinstance(value, str) else cell


def text(rows: Sequence[Any]) -> str:
    """Format the rows as RFC 4180."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()
