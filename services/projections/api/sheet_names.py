"""What rows of a file are called elsewhere: partner and customer by name, the deal by the CRM's id and order number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from services.projections.api.context import Queries
from services.projections.api.finance import own_deal
from services.projections.tables import as_of, opportunity, pipeline
from services.projections.views import OPPORTUNITIES, PIPELINE
from shared.credentials import Caller

NAMED_BY = (OPPORTUNITIES, PIPELINE)
"""Views that a file waits for, since its rows are named by them."""
DEAL = ("connection", "crm_id", "order_number")
"""Columns of a row's opportunity. They, and its `customer`, are empty for a partner whose deal it is not (G10)."""

# The edge's directory, of which only the name is read: it is today's, as everywhere.
_partner = sa.table("directory_partner", *map(sa.column, ("vendor", "partner", "name")), schema="registration")


async def named(
    parts: Queries, reader: Caller, seq: int, columns: Sequence[str], rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the rows with the names that the file has columns for, as of entry `seq`."""
    if rows and "partner_name" in columns:
        names = await partner_names(parts, reader, (row["partner"] for row in rows))
        rows = [{**row, "partner_name": names.get(row["partner"])} for row in rows]
    if rows and "crm_id" in columns:
        deals = await _deals(parts, reader, seq, _wanted(rows, "opportunity"))
        customers = await customer_names(parts, reader, seq, _wanted(rows, "registration"))
        rows = [{**row, **_deal(row, deals, customers)} for row in rows]
    return rows


async def partner_names(parts: Queries, reader: Caller, partners: Iterable[str | None]) -> dict[str | None, str]:
    """Return the names of the partners, as they are today."""
    wanted = sorted({one for one in partners if one is not None})
    if not wanted:
        return {}
    query = sa.select(_partner.c.partner, _partner.c.name).where(
        _partner.c.vendor == reader.vendor, _partner.c.partner.in_(wanted)
    )
    return {row.partner: row.name for row in await parts.rows(query)}


def _wanted(rows: list[dict[str, Any]], name: str) -> list[str]:
    return sorted({row[name] for row in rows if row[name] is not None})


def _deal(row: dict[str, Any], deals: dict[str, Any], customers: dict[str, str]) -> dict[str, Any]:
    deal = deals.get(row["opportunity"])
    customer = customers.get(row["registration"])
    if deal is None:
        return {**dict.fromkeys(DEAL), "customer": customer}
    return {
        "customer": customer or deal.customer_name,
        "connection": deal.connection,
        "crm_id": deal.external_id,
        "order_number": deal.order_number,
    }


async def _deals(parts: Queries, reader: Caller, seq: int, wanted: list[str]) -> dict[str, Any]:
    if not wanted:
        return {}
    table = opportunity.c
    query = sa.select(
        table.opportunity_id, table.connection, table.external_id, table.order_number, table.customer_name
    ).where(table.vendor == reader.vendor, table.opportunity_id.in_(wanted), as_of(opportunity, seq))
    if reader.partner is not None:
        query = query.where(own_deal(reader, table))
    return {row.opportunity_id: row for row in await parts.rows(query)}


async def customer_names(parts: Queries, reader: Caller, seq: int, registrations: Iterable[str]) -> dict[str, str]:
    """Return the customer of each registration as of entry `seq`; for a partner, of its own alone."""
    wanted = sorted(set(registrations))
    if not wanted:
        return {}
    table = pipeline.c
    query = sa.select(table.registration_id, table.customer_name).where(
        table.vendor == reader.vendor, table.registration_id.in_(wanted), as_of(pipeline, seq)
    )
    if reader.partner is not None:
        query = query.where(table.partner == reader.partner)
    return {row.registration_id: row.customer_name for row in await parts.rows(query)}
