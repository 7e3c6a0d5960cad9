"""What a won deal's shares are about beyond what they name: their partner's segments, and of their registration the
products and the customer's territory, all as of a day's end."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import Field

from services.projections.api.context import Queries
from services.projections.api.finance import conditions, own
from services.projections.api.listing import MAX_CHOICES
from services.projections.api.measure_filters import (
    NONE,
    Day,
    in_segments,
    in_territories,
    segments_at,
    settings_of,
    settled,
    zone_of,
)
from services.projections.api.position import Position, PositionQuery
from services.projections.tables import at_end_of, measured
from shared.credentials import Caller
from shared.http.wire.fields import Line
from shared.http.wire.parameters import as_instant
from shared.values import BadValue, is_count, parse_instant

NO_PRODUCT = "unregistered"
"""The role of the value of products that no registration names: no product of its registration is what was sold."""


class AboutFilters(PositionQuery):
    """Filters by what shares do not name themselves."""

    segment: list[Line] = Field(
        [],
        max_length=MAX_CHOICES,
        description="Only shares of partners that were in any of these segments, as `name=value`; `none` for those in "
        "none, and the vendor's own shares.",
    )
    product: list[Line] = Field(
        [],
        max_length=MAX_CHOICES,
        description="Only shares of deals whose registration names any of these products, each share whole; not the "
        "value of products that it does not name.",
    )
    territory: list[Line] = Field(
        [],
        max_length=MAX_CHOICES,
        description="Only shares of deals with a registration for a customer in any of these territories of the vendor "
        "document. A country in none is one of its own, by its code; `none` for deals of which no country is known.",
    )


async def day_about(parts: Queries, reader: Caller, asked: PositionQuery, position: Position) -> Day:
    """Return the day at whose end segments, products and territories count: of `as_of`, else today."""
    settings = await settings_of(parts, reader)
    zone = zone_of(settings)
    moment = _instant(asked.as_of) or position.at
    return settled(settings, position, moment.astimezone(ZoneInfo(zone)).date())


def _instant(text: str | None) -> datetime | None:
    """The instant that was asked for; None for a sequence number."""
    if text is None or is_count(text):
        return None
    try:
        return parse_instant(as_instant(text))
    except BadValue:  # refused by name where the position is found
        return None


def about(columns: Any, reader: Caller, asked: AboutFilters, day: Day) -> list[Any]:
    """Return the conditions of the filters on shares."""
    return conditions(
        [
            (asked.segment, lambda: in_segments(columns, reader, asked.segment, day)),
            (asked.product, lambda: _of_product(columns, reader, asked, day)),
            (asked.territory, lambda: _in_territory(columns, reader, asked, day)),
        ]
    )


_DEAL = measured.alias("deal")


def _registration(columns: Any, reader: Caller, day: Day) -> sa.Select[Any]:
    return sa.select(sa.literal(1)).where(*_known(_DEAL, columns, reader, day))


def _known(table: Any, columns: Any, reader: Caller, day: Day) -> list[Any]:
    """Return the conditions for the share's registration; a partner knows nothing of others' deals (G10)."""
    return [
        table.c.vendor == reader.vendor, table.c.registration_id == columns.registration_id,
        at_end_of(table, day.day), *own(reader, table.c.partner),
    ]  # fmt: skip


def _of_product(columns: Any, reader: Caller, asked: AboutFilters, day: Day) -> Any:
    named = _DEAL.c.products.overlap(sa.cast(asked.product, _DEAL.c.products.type))
    return sa.and_(columns.role != NO_PRODUCT, _registration(columns, reader, day).where(named).exists())


def _in_territory(columns: Any, reader: Caller, asked: AboutFilters, day: Day) -> Any:
    deal = _registration(columns, reader, day)
    found = deal.where(in_territories(_DEAL.c, [one for one in asked.territory if one != NONE], day)).exists()
    unknown = ~deal.where(sa.func.coalesce(_DEAL.c.country, "") != "").exists()
    return sa.or_(found, unknown) if NONE in asked.territory else found


def grouped_about(columns: Any, reader: Caller, group_by: str, day: Day) -> tuple[Any, Any]:
    """Return the key of a grouping, and the table joined with what it is found in.

    A share counts under each product of its registration and each segment of its partner. The key is null where
    nothing is known: no registration, no country, no product, no segment, the vendor's own share, or another's deal.
    """
    table = columns.share_id.table
    if group_by == "segment":
        found = segments_at(reader, day)
        return found.c.segment, table.outerjoin(found, found.c.partner == columns.partner)
    joined = table.outerjoin(measured, sa.and_(*_known(measured, columns, reader, day)))
    if group_by == "territory":
        return sa.func.nullif(measured.c.country, ""), joined
    none = sa.cast([None], measured.c.products.type)
    named = sa.case((columns.role != NO_PRODUCT, sa.func.nullif(measured.c.products, sa.cast([], none.type))))
    return sa.func.unnest(sa.func.coalesce(named, none)), joined
