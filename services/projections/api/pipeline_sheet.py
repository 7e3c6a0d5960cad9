"""The pipeline as a file: all matching rows as of one entry, read in pages."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.projections.api import documents
from services.projections.api.context import Queries
from services.projections.api.position import Position
from services.projections.api.sheet_names import named
from services.projections.api.sheets import ROWS_PER_READ, Flat, Pages, Sheet
from services.projections.tables import as_of, pipeline
from shared.credentials import Caller

SHEET = Sheet(
    "pipeline",
    (
        "registration", "revision", "external_id", "state", "end_code", "program", "policy", "partner", "partner_name",
        "customer", "country", "products", "amount", "currency", "close_date", "submitted_at", "completed_at",
        "protected_from", "protected_until", "days_left", "extensions", "ended_at", "open_opportunities",
        "won_opportunities", "lost_opportunities", "won_value",
    ),
)  # fmt: skip


async def pipeline_pages(parts: Queries, reader: Caller, position: Position, where: list[Any]) -> Pages:
    """Yield all rows, by registration id."""
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
        yield await named(parts, reader, position.seq, SHEET.columns, [_flat(row, position) for row in rows])
        if len(rows) < ROWS_PER_READ:
            return
        after = rows[-1].registration_id


def _flat(row: Any, position: Position) -> Flat:
    document = documents.registration(row, position.at, [], partner=True)
    counts = document["opportunities"]
    return {
        **document,
        "customer": row.customer_name,
        "country": row.customer_country,
        "currency": row.currency if document["amount"] else None,
        "won_value": [f"{one['amount']} {one['currency']}" for one in counts["won_value"]],
        **{f"{state}_opportunities": counts[state] for state in ("open", "won", "lost")},
    }
