"""`GET /v1/opportunities/{id}/attribution`: how a deal's value was credited, from registration to money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.projections.api import finance_documents
from services.projections.api.answers import answer
from services.projections.api.cases import case_documents, visible
from services.projections.api.chain import chain
from services.projections.api.context import Queries
from services.projections.api.described import answers
from services.projections.api.documents import money
from services.projections.api.errors import OpportunityUnknown
from services.projections.api.finance import Payee, own, own_registrations
from services.projections.api.finance_schemas import Attribution
from services.projections.api.pipeline import Parts
from services.projections.api.position import PositionQuery
from services.projections.api.rewards import reward_documents
from services.projections.api.stale import about
from services.projections.api.told import feed_of, said_in, spoken
from services.projections.tables import as_of, case_file, credit, opportunity, posting, reward
from services.projections.views import CASES, CREDITS, FEED, LEDGER, OPPORTUNITIES, PAYOUTS, PIPELINE, REWARDS
from shared.credentials import Caller
from shared.http.wire.parameters import PathIdentity

router = APIRouter(tags=["finance"])

MAX_ROWS = 1_000
"""Of each kind: versions of credit, rewards, postings of one deal."""


@dataclass(frozen=True, slots=True)
class _Deal:
    """Everything about one deal that the caller can read as of an entry."""

    row: Any
    credits: Sequence[Any]
    rewards: Sequence[Any]
    postings: Sequence[Any]
    cases: Sequence[Any]
    own: frozenset[str] | None

    @property
    def mine(self) -> bool:
        """True if the deal itself is the caller's, and not only a share of it."""
        return finance_documents.is_own(self.row.registration_id, self.own)

    @property
    def touched(self) -> bool:
        return self.mine or bool(self.credits or self.rewards)


@router.get(
    "/v1/opportunities/{opportunity_id}/attribution",
    summary="Why a deal's value is credited as it is",
    response_model=None,
    responses=answers(Attribution),
)
async def attribution(
    request: Request,
    opportunity_id: PathIdentity,
    reader: Payee,
    parts: Parts,
    asked: Annotated[PositionQuery, Query()],
) -> Response:
    """Read how a deal led to credit, rewards and postings, step by step, each with a sentence, its rules and a link.

    A partner reads only its own part, never a rival's name, registration or amount.
    """
    views = (REWARDS, LEDGER, PAYOUTS, CASES, OPPORTUNITIES, PIPELINE, FEED)
    position = await parts.positions.find(reader, CREDITS, asked, *views)
    deal = await _deal(parts, reader, opportunity_id, position.seq)
    if deal is None or not deal.touched:
        raise OpportunityUnknown(f"there is no opportunity {opportunity_id}")
    cases = [row.case_id for row in deal.cases]
    own_feed = feed_of(parts, reader, position.seq)
    links = await chain(own_feed, spoken(request), opportunity_id, _registrations(deal), cases)
    credited = [link["sentence"] for link in links if link["type"].startswith("credit.")]
    row, mine = deal.row, deal.mine
    document: dict[str, Any] = {
        "opportunity": opportunity_id,
        "state": row.state,
        "case": row.won_case,
        "registration": row.registration_id if mine else None,
        "value": money(row.amount_minor, row.currency) if mine else None,
        "sentence": credited[-1] if credited else None,
        "chain": links,
        "credits": [finance_documents.credit(one, reader, deal.own) for one in deal.credits],
        "rewards": await reward_documents(parts, reader, position.seq, deal.rewards),
        "postings": [finance_documents.posting(one, reader) for one in deal.postings],
        "cases": await case_documents(parts, reader, position.seq, deal.cases),
    }
    document |= about(reader, position.stale, document)
    if reader.partner is None:
        document["seq"] = position.seq
    return answer(request, document, headers=said_in(request))


async def _deal(parts: Queries, reader: Caller, id_: str, seq: int) -> _Deal | None:
    def about(table: sa.Table, *conditions: Any) -> sa.Select[Any]:
        return sa.select(table).where(
            table.c.vendor == reader.vendor, table.c.opportunity_id == id_, *conditions
        )  # fmt: skip

    mine = [own(reader, table.c.partner) for table in (credit, reward, posting)]
    found = await parts.rows(
        about(opportunity, as_of(opportunity, seq)),
        about(credit, credit.c.from_seq <= seq, *mine[0]).order_by(credit.c.from_seq, credit.c.line).limit(MAX_ROWS),
        about(reward, as_of(reward, seq), *mine[1]).order_by(reward.c.posted_at, reward.c.reward_id).limit(MAX_ROWS),
        about(posting, as_of(posting, seq), *mine[2]).order_by(posting.c.seq, posting.c.line).limit(MAX_ROWS),
        about(case_file, as_of(case_file, seq), *visible(reader)).order_by(case_file.c.opened_at).limit(MAX_ROWS),
    )
    deals, credits, rewards, postings, cases = found
    if not deals:
        return None
    named = [deals[0].registration_id, *(row.registration_id for row in (*credits, *rewards))]
    return _Deal(deals[0], credits, rewards, postings, cases, await own_registrations(parts, reader, named))


def _registrations(deal: _Deal) -> list[str]:
    """Return registrations whose entries are part of the explanation."""
    named = [deal.row.registration_id, *(row.registration_id for row in (*deal.credits, *deal.rewards))]
    return sorted({one for one in named if one is not None and finance_documents.is_own(one, deal.own)})
