"""What surrounds a sold deal: its registration, its opportunity, and the entries that tell its chain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson

from services.projections.views.claim import PipelineRow
from services.projections.views.feed_rows import FeedRow, PartnerFeedRow
from services.projections.views.opportunities import OpportunityRow
from shared.compression import compressed
from shared.events.money import Money

_REGISTERED = timedelta(days=60)
_EMPTY = PipelineRow(*[None] * len(PipelineRow._fields))._replace(  # type: ignore[arg-type]
    state="converted", review="approved", protection="converted", tier="silver", products=["Model 7"], promoted=False,
    verified=[], refuted=[], objected=False,
    extensions=0, missing=[], open_fields=[], behind=[], lookalikes=[], revision=1, open_opportunities=0,
    won_opportunities=1, lost_opportunities=0,
)  # fmt: skip


def born(vendor: str, at: datetime) -> Iterator[tuple[str, Any]]:
    """The first entry: the vendor is there, and live."""
    data = orjson.dumps({"name": vendor, "mode": "live"}).decode()
    subjects = [f"vendor:{vendor}"]
    yield (
        "feed",
        FeedRow(vendor, 1, "vendor.created", 1, False, at, at, at, "created", "key:bench", subjects, data, None),
    )


def about_deal(vendor: str, number: int, deal: Any, told: Any) -> Iterator[tuple[str, Any]]:
    """Registration and opportunity; their entries too where `told` has the deal's numbers."""
    registration, opportunity = f"reg_{number:07d}", f"opp_{number:07d}"
    submitted = deal.won - _REGISTERED
    yield (
        "pipeline",
        _EMPTY._replace(
            vendor=vendor, registration_id=registration, from_seq=1, fact=number, program=deal.program,
            policy=f"{deal.program}/1", partner=deal.partner, customer_name=f"Customer {number} GmbH",
            amount_minor=deal.amount_minor, currency=deal.currency, submitted_at=submitted, completed_at=submitted,
            protected_from=submitted, protected_until=deal.won + _REGISTERED, won_currencies=[deal.currency],
            won_minor=[deal.amount_minor],
        ),
    )  # fmt: skip
    yield (
        "opportunity",
        OpportunityRow(
            vendor=vendor, opportunity_id=opportunity, from_seq=1, to_seq=None, state="won", connection="crm",
            external_id=f"CRM-{number}", partner=deal.partner, registration_id=registration, linked_by="number",
            unlinked_code=None, won_case=deal.case, holder=None, customer_name=f"Customer {number} GmbH",
            customer=None, products=["Model 7"], amount_minor=deal.amount_minor, currency=deal.currency,
            close_date=None, lost_reason=None, source_time=None, source_version=None, created_at=submitted,
            closed_at=deal.won, items=None, refunds=None, refunded_minor=0,
        ),
    )  # fmt: skip
    if told is not None:
        yield from _chain(vendor, number, deal, told)


def _chain(vendor: str, number: int, deal: Any, told: Any) -> Iterator[tuple[str, Any]]:
    named = {"opportunity": f"opp_{number:07d}", "registration": f"reg_{number:07d}", "policy": f"{deal.program}/1"}
    value = _money(deal.amount_minor, deal.currency)
    earned = _money(deal.amount_minor // 10, deal.currency)
    shares = [{"partner": deal.partner, "role": "sourced", "amount": value, "portion": "1/1"}]
    reward = {**named, "reward": f"rew_{number:07d}", "name": "rebate", "partner": deal.partner, "amount": earned}
    entries = [
        (told.credited, "credit.assigned", {**named, "shares": shares, "value": value}),
        (told.accrued, "reward.accrued", reward),
        (told.released, "reward.released", reward),
    ]
    for seq, type_, data in entries:
        subjects = [f"{noun}:{data[noun]}" for noun in ("opportunity", "registration")]
        body = compressed(orjson.dumps(data))
        at = deal.won
        yield (
            "feed",
            FeedRow(vendor, seq, type_, 1, True, at, at, at, f"fact-{number}", None, subjects, None, body),
        )
        yield (
            "partner_feed",
            PartnerFeedRow(vendor, deal.partner, seq, seq, False, None, None, None),
        )


def _money(minor: int, currency: str) -> dict[str, str]:
    return Money.of(minor, currency).model_dump(mode="json")
