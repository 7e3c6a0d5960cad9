"""Published exchange rates: a question to the feed, which keeps each publication for ever."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.projections.tables import feed
from shared.database import database_errors
from shared.events.rates import RatesPublished

_TYPE: sa.ColumnElement[str] = sa.literal_column(f"'{RatesPublished.type}'")
"""Written out, so that the planner sees that the partial index of administration serves it."""


class Published(NamedTuple):
    """One publication: `day` is the first on which it counts."""

    seq: int
    known_at: Any
    base: str
    day: str
    rates: dict[str, str]


def publications(vendor: str) -> sa.Subquery:
    """Select the vendor's publications, as rows of `Published`."""
    columns = (
        feed.c.seq,
        feed.c.clock.label("known_at"),
        feed.c.data["base"].astext.label("base"),
        feed.c.data["day"].astext.label("day"),
        feed.c.data["rates"].label("rates"),
    )
    return sa.select(*columns).where(feed.c.vendor == vendor, feed.c.type == _TYPE).subquery("publications")


def narrowed(found: sa.Subquery, base: str | None, currency: str | None, day: date | None) -> list[Any]:
    """Conditions: of this base, with this other currency, in force on that day or before."""
    where: list[Any] = [] if base is None else [found.c.base == base]
    where += [] if currency is None else [found.c.rates.has_key(currency)]
    return where if day is None else [*where, found.c.day <= day.isoformat()]


async def rates_of(
    engine: Any, vendor: str, *, base: str | None, currency: str | None, day: date | None, limit: int
) -> list[Published]:
    """Load the vendor's publications that match, the latest day first and of one day the latest publication."""
    found = publications(vendor)
    query = sa.select(found).where(*narrowed(found, base, currency, day))
    query = query.order_by(found.c.day.desc(), found.c.seq.desc()).limit(limit)
    with database_errors():
        async with engine.connect() as connection:
            rows = (await connection.execute(query)).all()
    return [Published(row.seq, row.known_at, row.base, row.day, row.rates) for row in rows]
