"""`GET /v1/measures/revenue`: won value by the role that earned it, as of any day, from the credits themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api.context import Queries
from services.projections.api.credit_about import AboutFilters, about, grouped_about
from services.projections.api.described import answers
from services.projections.api.documents import money
from services.projections.api.finance import Payee, conditions, first_of, own, own_deal
from services.projections.api.listing import MAX_CHOICES
from services.projections.api.measure_filters import NONE, Day, GroupBy, settings_of, settled, stated_day, zone_of
from services.projections.api.measure_schemas import Revenue
from services.projections.api.pipeline import Parts
from services.projections.api.position import Position, PositionQuery
from services.projections.api.sheet_names import partner_names
from services.projections.api.sheets import (
    Sheet,
    SheetQuery,
    files_too,
    list_answer,
    one_page,
    sheet_form,
    sheet_response,
)
from services.projections.api.stale import whole
from services.projections.api.summary import MAX_GROUPS
from services.projections.tables import as_of, credit
from services.projections.views import CREDITS, MEASURES, PIPELINE
from shared.credentials import Caller
from shared.http.wire.fields import Line
from shared.http.wire.parameters import Count, Month
from shared.policy.zones import midnight
from shared.values.written import rfc3339

router = APIRouter(tags=["measures"])

Amounts = dict[str, dict[str, int]]
"""Minor units by currency and role."""
ROLES = ("sourced", "influenced", "fulfilled", "unregistered")
SHEET = Sheet("revenue", ("key", "name", "currency", *ROLES), kinds=dict.fromkeys(ROLES, "number"))


class RevenueQuery(AboutFilters, SheetQuery):
    """Whose revenue, and as of which day."""

    as_of: str | None = Field(
        None,
        max_length=40,
        description="A day: what was known at its end, in the vendor's time zone. Absent: now.",
        examples=["2026-03-31"],
    )
    group_by: GroupBy = Field(
        "partner",
        description="What to group by. A share counts under each product of its registration and each segment of its "
        "partner; `month` is the one of the win, in UTC, as everywhere in finance.",
    )
    partner: list[Line] = Field([], max_length=MAX_CHOICES)
    program: list[Line] = Field([], max_length=MAX_CHOICES)
    currency: list[Line] = Field([], max_length=MAX_CHOICES)
    month_from: Month | None = Field(None, description="Only deals won in this month or later.")
    month_to: Month | None = Field(None, description="Only deals won in this month or earlier.")
    limit: Annotated[int, Count(1, MAX_GROUPS)] = Field(MAX_GROUPS, description="Most groups.")


@router.get(
    "/v1/measures/revenue",
    summary="Won value by the role that earned it",
    response_model=None,
    responses=files_too(answers(Revenue)),
)
async def read_revenue(
    request: Request, reader: Payee, parts: Parts, asked: Annotated[RevenueQuery, Query()]
) -> Response:
    """Sum the shares of won deals by role: who sourced, influenced and fulfilled how much, each currency by itself.

    `opens` lists exactly these shares; with `&role=sourced` those of one role. A partner reads its own shares. With
    `Accept: text/csv`, or Parquet's type, the answer is a row for each group and currency, without the total.
    """
    form = sheet_form(request, asked)
    instant, position, day = await _moment(parts, reader, asked)
    where = [credit.c.vendor == reader.vendor, as_of(credit, position.seq), *_where(reader, asked, day)]
    groups: dict[Any, Amounts] = {}
    for row in await parts.rows(_summed(reader, asked.group_by, where, day)):
        _add(groups.setdefault(_named(row.key, asked, day), {}), row)
    total: Amounts = {}
    # A share may count in several products or segments, and in one that was not asked for.
    for row in await parts.rows(_summed(reader, None, where, day)):
        _add(total, row)
    found = [(key, group) for key, group in groups.items() if key is not _OTHER]
    shown = sorted(found, key=lambda one: (one[0] is None, one[0]))[: asked.limit]
    if form:
        keys = [one for one, _ in shown] if asked.group_by == "partner" else []
        rows = one_page(_lines(shown, await partner_names(parts, reader, keys)))
        return sheet_response(request, asked, SHEET, form, rows)
    document: dict[str, Any] = {
        "group_by": asked.group_by,
        "as_of": day.day,
        "time_zone": day.time_zone,
        "total": {"key": None, **_document(total), "opens": _opens(asked, instant, {})},
        "groups": [
            {"key": one, **_document(amounts), "opens": _opens(asked, instant, _filter(asked.group_by, one))}
            for one, amounts in shown
        ],
    }
    document |= whole(reader, position.stale)
    if reader.partner is None:
        document["seq"] = position.seq
    return list_answer(request, document)


_OTHER = object()
"""A product or segment that was not asked for, of what was found by another one."""


def _summed(reader: Caller, group_by: GroupBy | None, where: Sequence[Any], day: Day) -> sa.Select[Any]:
    table: Any = credit
    key: Any
    if group_by is None:
        key = sa.null()
    elif group_by == "program" and reader.partner is not None:
        key = sa.case((own_deal(reader, credit.c), credit.c.program))
    elif group_by in _KEYS:
        key = _KEYS[group_by]
    else:
        key, table = grouped_about(credit.c, reader, group_by, day)
    named = (credit.c.currency, credit.c.role)
    query = sa.select(key.label("key"), *named, sa.func.sum(credit.c.amount_minor).label("minor")).select_from(table)
    return query.where(*where).group_by(*named) if group_by is None else query.where(*where).group_by(key, *named)


def _add(group: Amounts, row: Any) -> None:
    amounts = group.setdefault(row.currency, dict.fromkeys(ROLES, 0))
    amounts[row.role] += int(row.minor)


def _named(key: Any, asked: RevenueQuery, day: Day) -> Any:
    """The group's key as it is answered and asked for; `_OTHER` where it was not."""
    if isinstance(key, datetime):
        return f"{key:%Y-%m}"
    if asked.group_by == "territory":
        return day.territories.get(key, key)
    wanted = {"product": asked.product, "segment": asked.segment}.get(asked.group_by)
    return _OTHER if wanted and (NONE if key is None else key) not in wanted else key


async def _moment(parts: Queries, reader: Caller, asked: RevenueQuery) -> tuple[str | None, Position, Day]:
    """The last instant of the day, None for one that is not over; the position then; and the day."""
    settings = await settings_of(parts, reader)
    zone = zone_of(settings)
    now = datetime.now(UTC)
    day, instant = now.astimezone(ZoneInfo(zone)).date(), None
    if asked.as_of is not None:
        day = stated_day(asked.as_of, zone)
        last = midnight(day + timedelta(days=1), ZoneInfo(zone)) - timedelta(microseconds=1)
        instant = rfc3339(last) if last < now else None
    at = PositionQuery(as_of=instant, min_position=asked.min_position, wait=asked.wait)
    needed = any(getattr(asked, one) for one in _ABOUT) or asked.group_by in _ABOUT
    position = await parts.positions.find(reader, CREDITS, at, PIPELINE, *([MEASURES] if needed else []))
    return instant, position, settled(settings, position, day)


_ABOUT = ("segment", "product", "territory")
_KEYS: dict[str, Any] = {
    "partner": credit.c.partner,
    "program": credit.c.program,
    "month": sa.func.date_trunc("month", sa.func.timezone(sa.literal_column("'UTC'"), credit.c.effective_at)),
}


def _where(reader: Caller, asked: RevenueQuery, day: Day) -> list[Any]:
    columns, month = credit.c, _KEYS["month"]
    # Partners do not see the program of other partners' deals, so it tells nothing here either.
    narrowed = reader.partner is not None and asked.program
    return [
        *own(reader, columns.partner),
        *([own_deal(reader, columns)] if narrowed else []),
        *about(columns, reader, asked, day),
        *conditions(
            [
                (asked.partner, lambda: columns.partner.in_(asked.partner)),
                (asked.program, lambda: columns.program.in_(asked.program)),
                (asked.currency, lambda: columns.currency.in_(asked.currency)),
                (asked.month_from, lambda: month >= first_of(str(asked.month_from))),
                (asked.month_to, lambda: month <= first_of(str(asked.month_to))),
            ]
        ),
    ]


def _document(group: Amounts) -> dict[str, Any]:
    return {
        role: [money(amounts[role], currency) for currency, amounts in sorted(group.items()) if amounts[role]]
        for role in ROLES
    }


def _filter(group_by: str, key: str | None) -> dict[str, Any] | None:
    """The filters of the list for the group; None where it has none."""
    if key is not None:
        return {"month_from": key, "month_to": key} if group_by == "month" else {group_by: [key]}
    if group_by == "partner":
        return {"house": "true"}
    return {group_by: [NONE]} if group_by in ("segment", "territory") else None


_FILTERS = ("partner", "program", "currency", "month_from", "month_to", *_ABOUT)


def _opens(asked: RevenueQuery, instant: str | None, own_filter: dict[str, Any] | None) -> str | None:
    if own_filter is None:
        return None
    stated = asked.model_dump(mode="json", include=set(_FILTERS))
    stated |= own_filter
    begin, end = stated.pop("month_from"), stated.pop("month_to")
    if begin is not None:
        stated["date_from"] = first_of(begin).isoformat()
    if end is not None:
        last = (first_of(end) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        stated["date_to"] = last.isoformat()
    pairs = {name: value for name, value in stated.items() if value not in (None, [])}
    pairs |= {"by": "effective"} | ({} if instant is None else {"as_of": instant})
    return f"/v1/credits?{urlencode(pairs, doseq=True)}"


def _lines(groups: Sequence[tuple[Any, Amounts]], names: Mapping[Any, str]) -> Iterator[dict[str, Any]]:
    for key, group in groups:
        for currency, amounts in sorted(group.items()):
            of_roles = {role: money(amounts[role], currency) for role in ROLES}
            yield {"key": key, "name": names.get(key), "currency": currency, **of_roles}
