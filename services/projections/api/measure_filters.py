"""Measures: the numbers that there are, and the same filters for a number and for the registrations that it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import Field

from services.projections.api.context import Queries
from services.projections.api.finance import conditions, first_of
from services.projections.api.listing import MAX_CHOICES, ListQuery
from services.projections.api.position import Position, PositionQuery
from services.projections.api.sheets import SheetQuery
from services.projections.tables import at_end_of, measured, measured_partner, measured_vendor
from services.projections.views import MEASURES
from services.projections.views.measure_totals import OUTCOMES, PARTS
from services.projections.views.measured import APPROVED, ENDED, OPEN_CONFLICT
from shared.credentials import Caller
from shared.errors import FieldProblem, RequestInvalid
from shared.http.wire.fields import Line
from shared.http.wire.parameters import Day as CalendarDay
from shared.http.wire.parameters import Month
from shared.values import BadValue, parse_day

NONE = "none"
"""As a segment or territory: those that are in none."""
GroupBy = Literal["partner", "segment", "program", "product", "territory", "month"]
Number = Literal[
    "registrations", "open", "approved", "rejected", "withdrawn", "closed", "active", "won", "lost", "expired",
    "released", "revoked", "reviewed", "clock_running", "clock_met", "clock_missed", "conflicts", "conflicts_open",
    "conflicts_promoted", "conflicts_rejected", "conflicts_withdrawn", "conflicts_closed",
    "conflicts_no_longer_same_deal", "conflicts_holder_ended",
]  # fmt: skip
NUMBERS: tuple[Number, ...] = get_args(Number)


KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    **PARTS,
    "approved": ("stage", APPROVED),
    "conflicts": ("conflict", (OPEN_CONFLICT, *OUTCOMES)),
}
"""What each number counts: a column of the rollup, which the list of registrations has too, and its values. Not here:
all `registrations`, and those `reviewed`, which the rollup sums."""
assert {*KINDS, "registrations", "reviewed"} == set(NUMBERS)


REACHED_ON: dict[str, str] = {
    "registrations": "submitted_on", "approved": "approved_on",
    **dict.fromkeys(("rejected", "withdrawn", "closed", "won", "lost", *ENDED), "ended_on"),
}  # fmt: skip
"""Numbers that a registration reaches on a day of its own, and that day's column."""


class DayQuery(PositionQuery):
    """As of which day is answered."""

    as_of: str | None = Field(
        None,
        max_length=40,
        description="A day: registrations as they stood at its end, in the vendor's time zone. Absent: today.",
        examples=["2026-03-31"],
    )

    @property
    def past(self) -> None:
        """A day's end is found by the view itself: the newest position serves every day."""
        return


class MeasureFilters(DayQuery):
    """Which registrations are counted."""

    partner: list[Line] = Field([], max_length=MAX_CHOICES)
    segment: list[Line] = Field(
        [],
        max_length=MAX_CHOICES,
        description="Only partners that were in any of these segments, as `name=value`; `none` for those in none.",
    )
    program: list[Line] = Field([], max_length=MAX_CHOICES)
    product: list[Line] = Field([], max_length=MAX_CHOICES, description="Only those with any of these products.")
    territory: list[Line] = Field(
        [],
        max_length=MAX_CHOICES,
        description="Only customers in any of these territories of the vendor document. A country in none is one of "
        "its own, by its code; `none` for customers without a country.",
    )
    currency: list[Line] = Field([], max_length=MAX_CHOICES)
    month_from: Month | None = Field(None, description="Only those submitted in this month or later.")
    month_to: Month | None = Field(None, description="Only those submitted in this month or earlier.")


class MeasuredQuery(MeasureFilters, ListQuery, SheetQuery):
    """Query parameters of the list."""

    of: Number = Field("registrations", description="The number whose registrations are listed.")
    reached_from: CalendarDay | None = Field(
        None,
        description="Only those that the number counts from this day on: of their submission, approval or end, as `of` "
        "says. Not with a number that is no such step, such as `open` or `active`.",
    )
    reached_to: CalendarDay | None = Field(
        None, description="Only those that it counts from this day or an earlier one."
    )


@dataclass(frozen=True, slots=True)
class Day:
    """The day as of whose end is answered, and what the vendor document said then."""

    position: Position
    day: date
    time_zone: str
    territories: dict[str, str]
    """By country."""


async def day_of(parts: Queries, reader: Caller, asked: DayQuery) -> Day:
    """Find the day; raise 422 for one that is none or not over yet, `NotReached`."""
    position = await parts.positions.find(reader, MEASURES, asked)
    rows = await settings_of(parts, reader)
    zone = zone_of(rows)
    today = position.at.astimezone(ZoneInfo(zone)).date()
    return settled(rows, position, today if asked.as_of is None else stated_day(asked.as_of, zone))


def zone_of(settings: Sequence[Any]) -> str:
    """Return the zone of the newest of the vendor's versions."""
    return str(settings[-1].time_zone) if settings else "UTC"


def settled(settings: Sequence[Any], position: Position, day: date) -> Day:
    """Return the day with the territories that were in force at its end."""
    then = next((row for row in settings if row.from_day <= day and (row.to_day is None or row.to_day > day)), None)
    territories = dict(zip(then.countries, then.territories, strict=True)) if then is not None else {}
    return Day(position, day, zone_of(settings), territories)


async def settings_of(parts: Queries, reader: Caller) -> list[Any]:
    """Load every version of the vendor's zone and territories, the newest last."""
    query = sa.select(measured_vendor).where(measured_vendor.c.vendor == reader.vendor)
    return await parts.rows(query.order_by(measured_vendor.c.from_day))


def stated_day(text: str, zone: str) -> date:
    """Read a day that has begun in the zone; raise 422."""
    try:
        day = parse_day(text)
    except BadValue as error:
        raise RequestInvalid([error.at("as_of")]) from error
    if day > datetime.now(UTC).astimezone(ZoneInfo(zone)).date():
        raise RequestInvalid([FieldProblem("as_of", "time.future", "is in the future; give today or a past day")])
    return day


def chosen(columns: Any, reader: Caller, asked: MeasureFilters, day: Day, month: Any) -> list[Any]:
    """Return the conditions of the filters, and of what the caller may see (G10)."""
    own = [] if reader.partner is None else [columns.partner == reader.partner]
    return own + conditions(
        [
            (asked.partner, lambda: columns.partner.in_(asked.partner)),
            (asked.segment, lambda: in_segments(columns, reader, asked.segment, day)),
            (asked.program, lambda: columns.program.in_(asked.program)),
            (asked.product, lambda: _of_products(columns, asked.product)),
            (asked.territory, lambda: in_territories(columns, asked.territory, day)),
            (asked.currency, lambda: columns.currency.in_(asked.currency)),
            (asked.month_from, lambda: month >= first_of(str(asked.month_from))),
            (asked.month_to, lambda: month <= first_of(str(asked.month_to))),
        ]
    )


def _of_products(columns: Any, products: Sequence[str]) -> Any:
    """A column `product` has one, a column `products` all."""
    if (one := getattr(columns, "product", None)) is not None:
        return one.in_(products)
    return columns.products.overlap(sa.cast(products, columns.products.type))


def listed(reader: Caller, asked: MeasuredQuery, day: Day) -> list[Any]:
    """Return the conditions on `measured` for what a number counts."""
    columns = measured.c
    month = sa.cast(sa.func.date_trunc("month", columns.submitted_on), sa.Date)
    of = []
    if asked.of in KINDS:
        column, values = KINDS[asked.of]
        of = [columns[column].in_(values)]
    elif asked.of == "reviewed":
        of = [columns.review_seconds.is_not(None)]
    reached = columns[_reached_on(asked)]
    of += conditions(
        [
            (asked.reached_from, lambda: reached >= asked.reached_from),
            (asked.reached_to, lambda: reached <= asked.reached_to),
        ]
    )
    return [at_end_of(measured, day.day), *of, *chosen(columns, reader, asked, day, month)]


def _reached_on(asked: MeasuredQuery) -> str:
    """Return the column of the day on which the number is reached; raise 422 where it is none and is asked for."""
    found = REACHED_ON.get(asked.of)
    if found is not None:
        return found
    given = [name for name in ("reached_from", "reached_to") if getattr(asked, name) is not None]
    if given:
        detail = f"goes only with `of` as one of {', '.join(REACHED_ON)}; {asked.of} is no step with a day"
        raise RequestInvalid([FieldProblem(one, "field.not_applicable", detail) for one in given])
    return REACHED_ON["registrations"]


def segments_at(reader: Caller, day: Day) -> Any:
    """Select the segments that partners were in as of the day, a row each."""
    table = measured_partner
    query = sa.select(table.c.partner, sa.func.unnest(table.c.segments).label("segment"))
    return query.where(table.c.vendor == reader.vendor, at_end_of(table, day.day)).subquery("segments")


def in_segments(columns: Any, reader: Caller, segments: Sequence[str], day: Day) -> Any:
    """Match rows whose partner is in any of the segments; with `none` also those in none, or without a partner."""
    found = segments_at(reader, day)
    some = columns.partner.in_(sa.select(found.c.partner).where(found.c.segment.in_(segments)))
    none = sa.or_(columns.partner.is_(None), columns.partner.not_in(sa.select(found.c.partner)))
    return sa.or_(some, none) if NONE in segments else some


def in_territories(columns: Any, territories: Sequence[str], day: Day) -> Any:
    """Match rows whose country is in any of the territories; with `none` also those without a country."""
    countries = [country for country, name in day.territories.items() if name in territories]
    countries += [name for name in territories if name not in day.territories]
    found = columns.country.in_(countries)
    return sa.or_(found, sa.func.coalesce(columns.country, "") == "") if NONE in territories else found
