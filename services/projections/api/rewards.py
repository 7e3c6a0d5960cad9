"""`GET /v1/rewards`: rewards by deal, with status and hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api import finance_documents
from services.projections.api.answers import answer
from services.projections.api.context import Queries
from services.projections.api.described import answers
from services.projections.api.errors import RewardUnknown
from services.projections.api.finance import DatedQuery, Payee, conditions, dated, own, suspended
from services.projections.api.finance_schemas import RewardDocument, RewardPage
from services.projections.api.finance_sheets import described, sheet_answer
from services.projections.api.listing import Listing, Rows, page_document, read_page
from services.projections.api.pipeline import Parts
from services.projections.api.position import Position, PositionQuery
from services.projections.api.sheet_names import DEAL, customer_names
from services.projections.api.sheets import Sheet, SheetQuery, list_answer, sheet_form
from services.projections.api.stale import about
from services.projections.tables import as_of, opportunity, pipeline, reward
from services.projections.views import OPPORTUNITIES, PAYOUTS, PIPELINE, REWARDS
from shared.credentials import Caller
from shared.http.wire.fields import Line
from shared.http.wire.parameters import Moment, PathIdentity

router = APIRouter(tags=["finance"])


def _held(reader: Caller, position: Position, asked: RewardQuery, where: Sequence[Any]) -> Rows | None:
    """Select held rewards in two parts with an index each: current, and ended since the first page."""
    if asked.as_of is not None or set(asked.status) != {"held"}:
        return None
    columns = reward.c
    known = [columns.vendor == reader.vendor, columns.from_seq <= position.seq, *where]
    held = sa.union_all(
        sa.select(reward).where(*known, columns.status == "held", columns.to_seq.is_(None)),
        sa.select(reward).where(*known, columns.to_seq > position.seq),
    ).subquery("held")
    return dict(held.c), sa.select(held)


LISTING = Listing(
    view=REWARDS,
    table=reward,
    key=reward.c.reward_id,
    sorts={
        "posted_at": reward.c.posted_at,
        "effective_at": reward.c.effective_at,
        "hold_until": reward.c.hold_until,
        "partner": reward.c.partner,
        "amount": reward.c.amount_minor,
    },
    default_sort="-posted_at",
    dates=(reward.c.posted_at, reward.c.effective_at),
    also=(PAYOUTS, OPPORTUNITIES, PIPELINE),
    source=_held,
)
SHEET = Sheet(
    "rewards",
    ("reward", "status", "blocked", "name", "kind", "partner", "partner_name", "program", "policy", "registration",
     "customer", "opportunity", *DEAL, "on", "role", "base", "pct", "cap", "amount", "left", "currency",
     "hold_until", "cases", "code", "adjusts",
     "effective_at", "posted_at", "changed_at"),
)  # fmt: skip


class RewardQuery(DatedQuery, SheetQuery):
    """Query parameters of the list."""

    reward: Line | None = None
    status: list[Literal["held", "payable", "reversed"]] = Field([], max_length=3)
    case: Line | None = Field(None, description="Only rewards that this open case holds.")
    hold_before: Moment | None = Field(
        None,
        description="Only rewards with a hold that ends before this time. With `status=held`: what is released next.",
    )


@router.get(
    "/v1/rewards",
    summary="Rewards, held, payable and reversed",
    response_model=None,
    responses=described(answers(RewardPage, paged=True)),
)
async def list_rewards(
    request: Request, reader: Payee, parts: Parts, asked: Annotated[RewardQuery, Query()]
) -> Response:
    """List rewards. A partner reads its own, also while suspended; payable rewards then show `blocked`.

    With `Accept: text/csv`, or Parquet's type, the answer is every matching row, whatever `limit` says.
    """
    where = [*own(reader, reward.c.partner), *_where(asked)]

    async def documents(rows: Sequence[Any], position: Position) -> list[dict[str, Any]]:
        return await reward_documents(parts, reader, position.seq, rows)

    if form := sheet_form(request, asked):
        return await sheet_answer(request, parts, reader, LISTING, asked, where, SHEET, documents, form)
    page = await read_page(LISTING, parts, reader, request, asked, where)
    items = await documents(page.rows, page.position)
    document, headers = page_document(request, reader, page, items, asked)
    return list_answer(request, document, headers)


@router.get(
    "/v1/rewards/{reward_id}",
    summary="One reward",
    response_model=None,
    responses=answers(RewardDocument),
)
async def get_reward(
    request: Request,
    reward_id: PathIdentity,
    reader: Payee,
    parts: Parts,
    asked: Annotated[PositionQuery, Query()],
) -> Response:
    """Read what is owed, held until when, and what was reversed. Another partner's is answered as unknown."""
    position = await parts.positions.find(reader, REWARDS, asked, *LISTING.also)
    row = await find_reward(parts, reader, reward_id, position.seq)
    [document] = await reward_documents(parts, reader, position.seq, [row])
    return answer(request, document | about(reader, position.stale, document))


async def find_reward(parts: Queries, reader: Caller, id_: str, seq: int) -> Any:
    """The reward's row as of entry `seq`; raises `RewardUnknown`."""
    query = sa.select(reward).where(
        reward.c.vendor == reader.vendor, reward.c.reward_id == id_, as_of(reward, seq), *own(reader, reward.c.partner)
    )
    rows = await parts.rows(query)
    if not rows:
        raise RewardUnknown(f"there is no reward {id_}")
    return rows[0]


async def reward_documents(parts: Queries, reader: Caller, seq: int, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Render the rewards as the caller may read them as of entry `seq`."""
    blocked = await suspended(parts, reader, seq, [row.partner for row in rows])
    deals = await _own_deals(parts, reader, seq, rows)
    customers = await customer_names(parts, reader, seq, (row.registration_id for row in rows))
    return [finance_documents.reward(row, reader, blocked, deals, customers.get(row.registration_id)) for row in rows]


async def _own_deals(parts: Queries, reader: Caller, seq: int, rows: Sequence[Any]) -> frozenset[str] | None:
    """Return which of the deals belong to the caller's registrations; a breach is rewarded on another's deal."""
    if reader.partner is None:
        return None
    wanted = sorted({row.opportunity_id for row in rows if row.opportunity_id is not None})
    if not wanted:
        return frozenset()
    mine = sa.exists().where(
        pipeline.c.vendor == opportunity.c.vendor,
        pipeline.c.registration_id == opportunity.c.registration_id,
        pipeline.c.partner == reader.partner,
    )
    query = sa.select(opportunity.c.opportunity_id).where(
        opportunity.c.vendor == reader.vendor, opportunity.c.opportunity_id.in_(wanted), as_of(opportunity, seq), mine
    )
    return frozenset(row[0] for row in await parts.rows(query))


def _where(asked: RewardQuery) -> list[Any]:
    columns = reward.c
    return dated(columns, asked) + conditions(
        [
            (asked.reward, lambda: columns.reward_id == asked.reward),
            (asked.status, lambda: columns.status.in_(asked.status)),
            (asked.case, lambda: columns.cases.contains(sa.cast([asked.case], columns.cases.type))),
            (asked.case, lambda: sa.func.cardinality(columns.cases) > 0),  # lets the planner use the index
            (asked.hold_before, lambda: columns.hold_until < asked.hold_before),
        ]
    )
