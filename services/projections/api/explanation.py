"""`/history` and `/explanation` of a registration: its entries, and the rules behind each decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import orjson
import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api.answers import answer, instant
from services.projections.api.context import Queries
from services.projections.api.described import answers
from services.projections.api.pipeline import Parts, Reader, holders
from services.projections.api.position import PositionQuery
from services.projections.api.registrations import find, unknown
from services.projections.api.schemas import Explanation, HistoryPage
from services.projections.api.told import feed_of, said_in, spoken
from services.projections.entries import document
from services.projections.personal import unsealed
from services.projections.tables import as_of, conflict, pipeline
from services.projections.timeline.documents import Row
from services.projections.timeline.rendering import told_of
from services.projections.views import CONFLICTS, FEED, PIPELINE
from shared.credentials import Caller
from shared.http.wire.parameters import MAX_NUMBER, Count, PathIdentity
from shared.messages import Words

router = APIRouter(tags=["registrations"])

MAX_HISTORY = 500
MAX_DECISIONS = 1_000
MAX_RIVALS = 1_000
_RECORD = frozenset({"findings", "policy", "registration"})
_BESIDE = ("conflict.", "opportunity.")
"""Fields of a decision that have a place of their own in the explanation."""


class HistoryQuery(PositionQuery):
    """Query parameters: position and page."""

    after: Annotated[int, Count(0, MAX_NUMBER)] = Field(0, description="Position after which the page begins.")
    limit: Annotated[int, Count(1, MAX_HISTORY)] = 100


@router.get(
    "/v1/registrations/{registration}/history",
    summary="Every entry about a registration, in order",
    response_model=None,
    responses=answers(HistoryPage),
)
async def history(
    request: Request,
    registration: PathIdentity,
    reader: Reader,
    parts: Parts,
    asked: Annotated[HistoryQuery, Query()],
) -> Response:
    """List the entries on a registration, each with a sentence. A partner reads its own, numbered as in its feed."""
    position = await parts.positions.find(reader, FEED, asked, PIPELINE)
    if await find(parts, reader, registration, position) is None:
        raise unknown(registration)
    own = feed_of(parts, reader, position.seq)
    rows = await own.about([f"registration:{registration}"], after=asked.after, limit=asked.limit + 1)
    words = await own.words(rows, spoken(request))
    more, rows = len(rows) > asked.limit, rows[: asked.limit]
    data = await unsealed(parts.persons, reader.vendor, [row.data for row in rows])
    items = [
        document(row, one, partner=reader.partner is not None) | {"sentence": words.entry(row.type, row.data)}
        for row, one in zip(rows, data, strict=True)
    ]
    next_ = f"{request.url.path}?after={items[-1]['position']}&limit={asked.limit}" if more else None
    return answer(request, {"items": items, "next": next_}, headers=said_in(request))


@router.get(
    "/v1/registrations/{registration}/explanation",
    summary="Why a registration is what it is",
    response_model=None,
    responses=answers(Explanation),
)
async def explanation(
    request: Request,
    registration: PathIdentity,
    reader: Reader,
    parts: Parts,
    asked: Annotated[PositionQuery, Query()],
) -> Response:
    """Each decision with its policy, the clauses applied in order with what they saw and what would have changed them,
    and a sentence.

    The vendor also sees the rivals and their outcomes; a partner sees only dates.
    """
    position = await parts.positions.find(reader, FEED, asked, PIPELINE, CONFLICTS)
    row = await find(parts, reader, registration, position)
    if row is None:
        raise unknown(registration)
    own = feed_of(parts, reader, position.seq)
    entries = await own.about([f"registration:{registration}"], limit=MAX_DECISIONS)
    words = await own.words(entries, spoken(request))
    decisions = [decision(words, one) for one in entries if one.decision and _concerns(one, registration)]
    behind = await holders(parts, reader, position, [row])
    document: dict[str, Any] = {
        "registration": registration,
        "state": row.state,
        "policy": row.policy,
        "sentence": _why(decisions),
        "decisions": decisions,
        "behind": behind[registration],
    }
    if reader.partner is None:
        document["rivals"] = await _rivals(parts, reader, registration, position.seq)
    return answer(request, document, headers=said_in(request))


def _why(decisions: Sequence[dict[str, Any]]) -> str | None:
    """Return the sentence of the last decision on the registration itself, not on a deal or a conflict beside it."""
    own = [one for one in decisions if not one["type"].startswith(_BESIDE)]
    return (own or decisions)[-1]["sentence"] if decisions else None


def _concerns(row: Any, registration: str) -> bool:
    """Return whether the decision is about the registration, including a failed one."""
    data, subject = row.data, f"registration:{registration}"
    if registration in (data.get("registration"), data.get("previous")) or data.get("subject") == subject:
        return True
    return row.type == "fact.refused" and data["code"] == "decider.fault" and subject in data["touches"]


def decision(words: Words, row: Row) -> dict[str, Any]:
    """Render one decision: its sentence, the clauses applied, and what it came to."""
    return {
        "position": row.seq if row.n is None else row.n,
        "type": row.type,
        "at": instant(row.clock),
        **told_of(words, row),
        "outcome": {name: value for name, value in row.data.items() if name not in _RECORD},
    }


async def _rivals(parts: Queries, reader: Caller, registration: str, seq: int) -> list[dict[str, Any]]:
    """Load rival claims, from either side of their conflicts."""
    columns = conflict.c
    met = sa.or_(
        columns.registration_id == registration,
        columns.opponent_ids.contains(sa.cast([registration], columns.opponent_ids.type)),
    )
    claimant = sa.select(pipeline.c.partner).where(
        pipeline.c.vendor == columns.vendor,
        pipeline.c.registration_id == columns.registration_id,
        as_of(pipeline, seq),
    )
    query = (
        sa.select(conflict, claimant.scalar_subquery().label("claimant"))
        .where(columns.vendor == reader.vendor, as_of(conflict, seq), met)
        .order_by(columns.from_seq)
        .limit(MAX_RIVALS)
    )
    rivals: list[dict[str, Any]] = []
    for row in await parts.rows(query):
        for opponent in orjson.loads(row.opponents):
            if row.registration_id == registration:
                rivals.append({"conflict": row.conflict_id, **opponent, "role": "holder", "outcome": row.outcome})
            elif opponent["registration"] == registration:
                claim = {"registration": row.registration_id, "partner": row.claimant, "role": "claimant"}
                rivals.append({"conflict": row.conflict_id, **opponent, **claim, "outcome": row.outcome})
    return rivals
