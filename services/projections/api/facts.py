"""`GET /v1/facts/{id}`: the outcome of a request: pending, refused, or decided with its entries."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.projections.api.answers import answer
from services.projections.api.context import Queries
from services.projections.api.deal_schemas import FactDocument
from services.projections.api.described import answers, refusal
from services.projections.api.errors import FactUnknown, Refused
from services.projections.api.pipeline import Parts, Reader
from services.projections.api.position import PositionQuery
from services.projections.api.schemas import Pending
from services.projections.api.told import spoken
from services.projections.entries import document
from services.projections.personal import unsealed
from services.projections.tables import data_of, feed, partner_feed
from services.projections.views import FEED
from shared.credentials import Caller
from shared.database import database_errors
from shared.errors import FieldProblem
from shared.events.envelope import retold_id
from shared.events.registry import event_class
from shared.http.wire.parameters import PathIdentity
from shared.messages import Language, Words
from shared.receipts import Receipt, receipt_of

router = APIRouter(tags=["facts"])

MAX_ENTRIES = 600
"""Most entries shown of one fact; a transaction of the decider has at most 500 decisions."""
_REFUSED = "fact.refused"
_FAULT = "decider.fault"


@router.get(
    "/v1/facts/{fact}",
    summary="What became of a fact",
    response_model=None,
    responses={
        **answers(FactDocument),
        202: {"model": Pending, "description": "The request is accepted and not decided yet."},
        **refusal(),
    },
)
async def get_fact(
    request: Request, fact: PathIdentity, reader: Reader, parts: Parts, asked: Annotated[PositionQuery, Query()]
) -> Response:
    """Read what happened to a request. Every write except a submission has this as its `Location`."""
    position = await parts.positions.find(reader, FEED, asked)
    rows = await _entries(parts, reader, await _told_last(parts, reader.vendor, fact), position.seq)
    refused_alone = all(row.type == _REFUSED or not event_class(row.type, row.version).own for row in rows)
    if not rows or refused_alone:
        waiting = await pending_or_refused(parts, reader, fact, spoken(request))
        if waiting is not None:
            return answer(request, waiting, status=202)
        if not rows:
            raise FactUnknown(f"there is no fact {fact}")
    data = await unsealed(parts.persons, reader.vendor, [data_of(row) for row in rows])
    items = [document(row, one, partner=reader.partner is not None) for row, one in zip(rows, data, strict=True)]
    return answer(request, {"fact": fact, "state": "decided", "entries": items})


async def _entries(parts: Queries, reader: Caller, fact: str, seq: int) -> list[Any]:
    if reader.partner is None:
        query = sa.select(feed).where(feed.c.vendor == reader.vendor, feed.c.cause == fact, feed.c.seq <= seq)
        return await parts.rows(query.order_by(feed.c.seq).limit(MAX_ENTRIES))
    own = partner_feed.c
    mine = own.partner == reader.partner, own.whose_fact == fact, own.caused
    query = sa.select(partner_feed).where(own.vendor == reader.vendor, own.seq <= seq, *mine)
    return await parts.rows(query.order_by(own.seq).limit(MAX_ENTRIES))


async def pending_or_refused(parts: Queries, reader: Caller, fact: str, said: Language) -> dict[str, Any] | None:
    """`pending` where the fact was accepted and nothing more is known; raises `Refused` where it was refused.

    None where the caller sent no such fact, or it was decided and is to be looked for elsewhere.
    """
    with database_errors():
        receipt = await receipt_of(parts.pool, reader.vendor, fact)
    last = await _told_last(parts, reader.vendor, fact)
    query = sa.select(feed).where(feed.c.vendor == reader.vendor, feed.c.cause == last, feed.c.type == _REFUSED)
    for row in await parts.rows(query):
        if row.data["fact"] == last and (reader.partner is None or _sent(reader, receipt, row)):
            raise _refusal(row.data, said)
    if receipt is None or (reader.partner is not None and receipt.partner != reader.partner):
        return None
    return {"state": "pending"}


async def _told_last(parts: Queries, vendor: str, fact: str) -> str:
    """Return the fact, or its last resent copy that was decided after a failure."""
    last, attempt = fact, 1
    while await _failed(parts, vendor, last):
        again = retold_id(fact, attempt)
        entries = sa.select(feed.c.seq).where(feed.c.vendor == vendor, feed.c.cause == again).limit(1)
        if not await parts.rows(entries):
            break
        last, attempt = again, attempt + 1
    return last


async def _failed(parts: Queries, vendor: str, fact: str) -> bool:
    query = sa.select(feed.c.data).where(feed.c.vendor == vendor, feed.c.cause == fact, feed.c.type == _REFUSED)
    return any(row.data["fact"] == fact and row.data["code"] == _FAULT for row in await parts.rows(query))


def _sent(reader: Caller, receipt: Receipt | None, row: Any) -> bool:
    """Return whether the partner sent the refused fact: by its receipt, or by its subjects once that is deleted."""
    if receipt is not None:
        return receipt.partner == reader.partner
    return f"partner:{reader.partner}" in row.subjects


def _refusal(data: dict[str, Any], said: Language) -> Refused:
    words = Words(said)
    problems = [FieldProblem(one["field"], one["code"], words.refusal(one)) for one in data["errors"]]
    return Refused(data["status"], data["code"], " ".join(one.message for one in problems), problems, said.tag)
