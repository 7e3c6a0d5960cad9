"""`GET /v1/pipeline/summary`: counts and amounts by one dimension, never across currencies."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api.answers import answer
from services.projections.api.context import Queries
from services.projections.api.described import answers
from services.projections.api.documents import money
from services.projections.api.pipeline import Parts, Reader
from services.projections.api.pipeline_filters import PipelineFilters, where
from services.projections.api.position import Position
from services.projections.api.schemas import Summary
from services.projections.api.stale import whole
from services.projections.tables import as_of, head, pipeline
from services.projections.views import PIPELINE
from shared.credentials import Caller

router = APIRouter(tags=["pipeline"])

MAX_GROUPS = 10_000
GroupBy = Literal["state", "partner", "program", "product", "customer", "currency"]
_COLUMNS: dict[str, Any] = {
    "state": pipeline.c.state,
    "partner": pipeline.c.partner,
    "program": pipeline.c.program,
    "customer": pipeline.c.customer_name,
    "currency": pipeline.c.currency,
}


class SummaryQuery(PipelineFilters):
    """Query parameters: filters and grouping."""

    group_by: GroupBy = Field(
        "state", description="What to group by. A registration with several products counts under each."
    )
    amounts: bool = Field(
        True, description="False: counts alone, which is far faster of many registrations by `state` or `partner`."
    )


@router.get(
    "/v1/pipeline/summary",
    summary="Counts and amounts of registrations, by one thing",
    response_model=None,
    responses=answers(Summary),
)
async def summarise(
    request: Request, reader: Reader, parts: Parts, asked: Annotated[SummaryQuery, Query()]
) -> Response:
    """Count registrations and sum their amounts. Amounts of different currencies are never added."""
    position = await parts.positions.find(reader, PIPELINE, asked)
    if not asked.amounts and asked.past is None:
        position, groups = await _counted(parts, reader, asked, position)
        return _answer(request, reader, asked, position, groups)
    base = sa.select(pipeline).where(
        pipeline.c.vendor == reader.vendor, as_of(pipeline, position.seq), *where(reader, asked)
    )
    rows = base.subquery("rows")
    key = _key(rows, asked.group_by)
    claims = (
        sa.select(key, rows.c.currency, sa.func.count().label("count"), sa.func.sum(rows.c.amount_minor).label("minor"))
        .group_by(key, rows.c.currency)
        .order_by(key.nulls_last(), rows.c.currency.nulls_last())
        .limit(MAX_GROUPS)
    )
    grouped, value = await parts.rows(claims, _won(base, asked.group_by))
    found: dict[str | None, dict[str, Any]] = {}
    for name, currency, count, minor in grouped:
        group = found.setdefault(name, {"key": name, "registrations": 0, "amounts": [], "won_value": []})
        group["registrations"] += count
        if (amount := money(None if minor is None else int(minor), currency)) is not None:
            group["amounts"].append(amount)
    for name, currency, minor in value:
        if name in found:
            found[name]["won_value"].append(money(int(minor), currency))
    groups = list(found.values())
    if not asked.amounts:
        groups = [{"key": one["key"], "registrations": one["registrations"]} for one in groups]
    return _answer(request, reader, asked, position, groups)


def _answer(
    request: Request, reader: Caller, asked: SummaryQuery, position: Position, groups: list[dict[str, Any]]
) -> Response:
    document: dict[str, Any] = {"group_by": asked.group_by, "groups": groups}
    document |= whole(reader, position.stale)
    if reader.partner is None:
        document["seq"] = position.seq
    return answer(request, document)


async def _counted(
    parts: Queries, reader: Caller, asked: SummaryQuery, position: Position
) -> tuple[Position, list[dict[str, Any]]]:
    """Count what is current as of the view's last entry, which one statement reads together with it.

    The index of current rows then answers alone: no row of a million is looked at.
    """
    current = sa.select(pipeline).where(
        pipeline.c.vendor == reader.vendor, pipeline.c.to_seq.is_(None), *where(reader, asked)
    )
    rows = current.subquery("rows")
    key = _key(rows, asked.group_by)
    counts = sa.select(key, sa.func.count().label("count")).group_by(key).order_by(key.nulls_last()).limit(MAX_GROUPS)
    counted = counts.subquery("counts")
    query = (
        sa.select(head.c.seq, counted.c.key, counted.c.count)
        .select_from(head.outerjoin(counted, sa.true()))
        .where(head.c.view == PIPELINE.name, head.c.version == PIPELINE.version, head.c.vendor == reader.vendor)
        .order_by(counted.c.key.nulls_last())
    )
    found = await parts.rows(query)
    if found and found[0].seq > position.seq:
        position = await parts.positions.at(reader.vendor, found[0].seq, (PIPELINE,), past=False)
    return position, [{"key": row.key, "registrations": row.count} for row in found if row.count is not None]


def _key(rows: Any, group_by: str) -> Any:
    if group_by == "product":
        return sa.func.unnest(rows.c.products).label("key")
    return rows.c[_COLUMNS[group_by].name].label("key")


def _won(base: Any, group_by: str) -> Any:
    """Select won value by group and currency, from each registration's pairs of currency and amount."""
    inner = base.subquery("won")
    pairs = sa.func.unnest(inner.c.won_currencies, inner.c.won_minor).table_valued("currency", "minor").render_derived()
    apart = sa.select(inner, pairs.c.currency.label("pair_currency"), pairs.c.minor.label("pair_minor")).select_from(
        inner.join(pairs, sa.true())
    )
    rows = apart.subquery("pairs")
    key = _key(rows, group_by)
    return (
        sa.select(key, rows.c.pair_currency, sa.func.sum(rows.c.pair_minor))
        .group_by(key, rows.c.pair_currency)
        .order_by(key.nulls_last(), rows.c.pair_currency)
        .limit(MAX_GROUPS)
    )
