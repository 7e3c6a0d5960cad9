"""`/explanation` of rewards, opportunities and conflicts: from the outcome back to the facts, in words."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.projections.api.answers import answer
from services.projections.api.chain import walked
from services.projections.api.conflicts import find_conflict
from services.projections.api.deal_schemas import ConflictExplanation, OpportunityExplanation
from services.projections.api.described import answers
from services.projections.api.documents import money
from services.projections.api.explanation import MAX_DECISIONS, decision
from services.projections.api.finance import Payee
from services.projections.api.finance_schemas import RewardExplanation
from services.projections.api.opportunities import find_opportunity
from services.projections.api.pipeline import Parts, Reader
from services.projections.api.position import PositionQuery
from services.projections.api.rewards import find_reward
from services.projections.api.stale import about
from services.projections.api.told import feed_of, said_in, spoken
from services.projections.timeline.documents import Row
from services.projections.timeline.feed import Feed
from services.projections.views import CONFLICTS, FEED, OPPORTUNITIES, PIPELINE, REWARDS
from shared.http.wire.parameters import PathIdentity

router = APIRouter()

_OF_DEAL = ("opportunity.", "refund.")
"""Decisions on an opportunity. Its credit is money: `/attribution` tells of it, to those who may read money."""
_OF_CLAIM = (
    "registration.held", "registration.approved", "registration.rejected", "registration.closed", "protection.released",
)  # fmt: skip
"""What a conflict leads to for the claim that is in it."""


@router.get(
    "/v1/rewards/{reward_id}/explanation",
    summary="Why a reward is what it is",
    response_model=None,
    responses=answers(RewardExplanation),
    tags=["finance"],
)
async def reward_explanation(
    request: Request,
    reward_id: PathIdentity,
    reader: Payee,
    parts: Parts,
    asked: Annotated[PositionQuery, Query()],
) -> Response:
    """Read the way from the money back to the first fact: the reward, the credit, the win, the registration.

    Each step has a sentence and the clauses applied, with what would have changed them. A partner reads its own alone.
    """
    position = await parts.positions.find(reader, REWARDS, asked, FEED)
    row = await find_reward(parts, reader, reward_id, position.seq)
    own = feed_of(parts, reader, position.seq)
    steps = await walked(own, spoken(request), reward_id, row.opportunity_id, row.registration_id, row.cases)
    earned = (one["sentence"] for one in steps if one["type"] == "reward.accrued")
    document: dict[str, Any] = {
        "reward": reward_id,
        "status": row.status,
        "registration": row.registration_id,
        "opportunity": row.opportunity_id,
        "policy": row.policy,
        "amount": money(row.amount_minor, row.currency),
        "left": money(row.left_minor, row.currency),
        "sentence": next(earned, None),
        "steps": steps,
    }
    document |= about(reader, position.stale, document) | ({} if reader.partner else {"seq": row.from_seq})
    return answer(request, document, headers=said_in(request))


@router.get(
    "/v1/opportunities/{opportunity_id}/explanation",
    summary="Why an opportunity belongs where it does",
    response_model=None,
    responses=answers(OpportunityExplanation),
    tags=["opportunities"],
)
async def opportunity_explanation(
    request: Request,
    opportunity_id: PathIdentity,
    reader: Reader,
    parts: Parts,
    asked: Annotated[PositionQuery, Query()],
) -> Response:
    """Read each decision on it: links, how its win counts, refunds.

    `/attribution` adds the money, for those who may read it.
    """
    position = await parts.positions.find(reader, OPPORTUNITIES, asked, PIPELINE, FEED)
    row = await find_opportunity(parts, reader, opportunity_id, position.seq)
    own = feed_of(parts, reader, position.seq)
    entries = await own.about([f"opportunity:{opportunity_id}"], limit=MAX_DECISIONS)
    mine = [one for one in entries if one.decision and one.type.startswith(_OF_DEAL)]
    decisions = await _told(own, request, entries, [one for one in mine if _names(one, "opportunity", opportunity_id)])
    document: dict[str, Any] = {
        "opportunity": opportunity_id,
        "state": row.state,
        "case": row.won_case,
        "registration": row.registration_id,
        "sentence": decisions[-1]["sentence"] if decisions else None,
        "decisions": decisions,
    }
    return answer(request, document | about(reader, position.stale, document), headers=said_in(request))


@router.get(
    "/v1/conflicts/{conflict_id}/explanation",
    summary="Why two claims are in conflict, and how it ended",
    response_model=None,
    responses=answers(ConflictExplanation),
    tags=["conflicts"],
)
async def conflict_explanation(
    request: Request,
    conflict_id: PathIdentity,
    reader: Reader,
    parts: Parts,
    asked: Annotated[PositionQuery, Query()],
) -> Response:
    """Read what made it the same deal, which clause put the other claim first, and what the claim became.

    The vendor also reads the other side; a partner reads its own claim's part.
    """
    position = await parts.positions.find(reader, CONFLICTS, asked, PIPELINE, FEED)
    row = await find_conflict(parts, reader, conflict_id, position.seq)
    own = feed_of(parts, reader, position.seq)
    met = await own.about([f"conflict:{conflict_id}"], limit=MAX_DECISIONS)
    claim = await own.about([f"registration:{row.registration_id}"], _OF_CLAIM, limit=MAX_DECISIONS)
    causes = {one.cause for one in met}
    with_them = [one for one in claim if one.cause in causes and _names(one, "registration", row.registration_id)]
    entries = sorted({one.seq: one for one in (*met, *with_them) if one.decision}.values(), key=lambda one: one.seq)
    decisions = await _told(own, request, entries, entries)
    document: dict[str, Any] = {
        "conflict": conflict_id,
        "state": row.state,
        "outcome": row.outcome,
        "registration": row.registration_id,
        "sentence": decisions[-1]["sentence"] if decisions else None,
        "decisions": decisions,
    }
    if reader.partner is None:
        document |= {"opponents": orjson.loads(row.opponents), "seq": row.from_seq}
    return answer(request, document | about(reader, position.stale, document), headers=said_in(request))


async def _told(own: Feed, request: Request, entries: list[Row], shown: list[Row]) -> list[dict[str, Any]]:
    words = await own.words(entries, spoken(request))
    return [decision(words, one) for one in shown]


def _names(row: Row, noun: str, id_: str) -> bool:
    return bool(row.data.get(noun) == id_)
