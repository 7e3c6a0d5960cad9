"""Render rows as JSON documents, for the vendor and for a partner (G10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import orjson

from services.projections.api.answers import instant
from services.projections.views.claim import waiting_of
from services.projections.views.conflicts import ConflictRow
from services.projections.views.opportunities import OpportunityRow, refunds_of
from shared.events.money import exponent_of
from shared.events.registration import Customer

CUSTOMER_FIELDS = tuple(Customer.model_fields)
_DAY = timedelta(days=1)
PERSONAL = {"contact", "notes"}
"""Fields of an amendment whose texts are sealed."""


def money(minor: int | None, currency: str | None) -> dict[str, str] | None:
    """Render an amount. Sums can be larger than a single amount, and negative."""
    if minor is None or currency is None:
        return None
    places = exponent_of(currency) or 0
    digits = str(abs(minor)).rjust(places + 1, "0")
    amount = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return {"amount": f"-{amount}" if minor < 0 else amount, "currency": currency}


def days_left(until: datetime | None, at: datetime) -> int | None:
    """Return the remaining days of protection, including the current one; 0 once it is over."""
    return None if until is None else max(0, -((at - until) // _DAY))


def registration(row: Any, at: datetime, behind: list[dict[str, Any]], *, partner: bool) -> dict[str, Any]:
    """Render the registration without personal fields; `behind` is what it waits for, as the caller may see it."""
    document: dict[str, Any] = {
        "registration": row.registration_id,
        "revision": row.revision + row.patches,
        "external_id": row.external_id,
        "state": row.state,
        "review": row.review,
        "protection": row.protection,
        "hold": row.hold,
        "end_code": row.end_code,
        "program": row.program,
        "policy": row.policy,
        "partner": row.partner,
        "tier": row.tier,
        "customer": customer_of(row),
        "products": row.products,
        "amount": money(row.amount_minor, row.currency),
        "list_amount": money(row.list_amount_minor, row.list_currency),
        "units": row.units,
        "term_months": row.term_months,
        "rfp_on": row.rfp_on,
        "further_customers": row.further_customers,
        "close_date": row.close_date,
        "site": row.site,
        "workload": row.workload,
        "subscription": row.subscription,
        "project": row.project,
        "competitor": row.competitor,
        "submitted_at": instant(row.submitted_at),
        "completed_at": instant(row.completed_at),
        "protected_from": instant(row.protected_from),
        "protected_until": instant(row.protected_until),
        "days_left": days_left(row.protected_until, at) if row.state == "protected" else None,
        "promoted": row.promoted,
        "extensions": row.extensions,
        "extension_until": instant(row.extension_until),
        "extension_to": instant(row.extension_to),
        "loss_until": instant(row.loss_until),
        "objected": row.objected,
        "confirm_by": instant(row.confirm_by),
        "contest_until": instant(row.contest_until),
        "ended_at": instant(row.ended_at),
        "missing": row.missing,
        "open_fields": row.open_fields,
        "behind": behind,
        "amendment": amendment(row),
        "original": row.original,
        "opportunities": {
            "open": row.open_opportunities,
            "won": row.won_opportunities,
            "lost": row.lost_opportunities,
            "won_value": [
                money(int(minor), name) for minor, name in zip(row.won_minor, row.won_currencies, strict=True)
            ],
        },
    }
    if not partner:
        document |= {"lookalikes": row.lookalikes, "seq": row.from_seq}
    return document


def amendment(row: Any, *, personal: bool = False) -> dict[str, Any] | None:
    """Render the held amendment: its sealed texts only where `personal`, for the caller to unseal."""
    waiting = waiting_of(row)
    if waiting is None:
        return None
    patch = waiting.patch.model_dump(mode="json", exclude_defaults=True, exclude=None if personal else PERSONAL)
    return {"since": instant(waiting.at), "fields": list(waiting.fields), "patch": patch}


def customer_of(row: Any) -> dict[str, str]:
    """Return the customer as registered."""
    customer = {name: getattr(row, f"customer_{_column(name)}") for name in CUSTOMER_FIELDS}
    return {name: value for name, value in customer.items() if value is not None}


def _column(name: str) -> str:
    return "name" if name == "legal_name" else name


def holder(row: Any, *, partner: bool) -> dict[str, Any]:
    """Render the registration that another waits for; a rival sees only its dates."""
    dates = {"protected_from": instant(row.protected_from), "protected_until": instant(row.protected_until)}
    return dates if partner else {"registration": row.registration_id, "partner": row.partner, **dates}


def opportunity(row: OpportunityRow, *, partner: str | None) -> dict[str, Any]:
    """Render the opportunity; for a partner without other partners' names."""
    document: dict[str, Any] = {
        "opportunity": row.opportunity_id,
        "connection": row.connection,
        "external_id": row.external_id,
        "state": row.state,
        "partner": row.partner if partner in (None, row.partner) else None,
        "registration": row.registration_id,
        "linked_by": row.linked_by,
        "unlinked_code": row.unlinked_code,
        "case": row.won_case,
        "customer": orjson.loads(row.customer) if row.customer else None,
        "products": row.products,
        "amount": money(row.amount_minor, row.currency),
        "items": orjson.loads(row.items) if row.items else None,
        "refunded": money(row.refunded_minor, row.currency),
        "refunds": refunds_of(row),
        "close_date": row.close_date,
        "reason": row.lost_reason,
        "source_time": instant(row.source_time),
        "source_version": row.source_version,
        "order_number": row.order_number,
        "created_at": instant(row.created_at),
        "closed_at": instant(row.closed_at),
    }
    return document if partner else {**document, "holder": row.holder, "seq": row.from_seq}


OF_CLAIM = frozenset({"partner", "customer", "behind"})
"""Fields of a conflict that its claim says."""


def claimed(row: Any, behind: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a conflict shows of its claim; `behind` is what it waits for now, as the caller may see it."""
    return {"partner": row.partner, "customer": row.customer_name, "behind": behind}


def conflict(row: ConflictRow, claim: dict[str, Any] | None, *, partner: bool) -> dict[str, Any]:
    """Render the conflict with what `claimed` returns, if known; the opponents are for the vendor only."""
    document: dict[str, Any] = {
        "conflict": row.conflict_id,
        "state": row.state,
        "registration": row.registration_id,
        **(claim or {"partner": None, "customer": None, "behind": []}),
        "contested": row.contested,
        "outcome": row.outcome,
        "policy": row.policy,
        "detected_at": instant(row.detected_at),
        "resolved_at": instant(row.resolved_at),
    }
    return document if partner else {**document, "opponents": orjson.loads(row.opponents), "seq": row.from_seq}
