"""Render rows of money as JSON documents, for the vendor and for a partner (G10)."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from services.projections.api.answers import instant
from services.projections.api.documents import money
from services.projections.api.finance import SUSPENDED
from shared.credentials import Caller

Own = Set[str] | None
"""The caller's registrations; None if all are."""


def is_own(registration: str | None, own: Own) -> bool:
    return own is None or registration in own


def credit(row: Any, reader: Caller, own: Own) -> dict[str, Any]:
    """Render one share; a partner credited on another's deal sees neither the deal nor its value."""
    mine = is_own(row.registration_id, own)
    document: dict[str, Any] = {
        "opportunity": row.opportunity_id,
        "number": row.number,
        "registration": row.registration_id if mine else None,
        "program": row.program if mine else None,
        "role": row.role,
        "partner": row.partner,
        "house": row.partner is None,
        "portion": row.portion,
        "amount": money(row.amount_minor, row.currency),
        "value": money(row.value_minor, row.currency) if mine else None,
        "case": row.won_case,
        "model": row.model,
        "code": row.code,
        "effective_at": instant(row.effective_at),
        "posted_at": instant(row.posted_at),
    }
    return document if reader.partner else {**document, "seq": row.from_seq}


def reward(
    row: Any, reader: Caller, suspended: Set[str], own_deals: Set[str] | None, customer: str | None
) -> dict[str, Any]:
    """Render one reward; a partner sees its base only if the won deal is its own."""
    mine = own_deals is None or row.opportunity_id is None or row.opportunity_id in own_deals
    document: dict[str, Any] = {
        "reward": row.reward_id,
        "status": row.status,
        "blocked": SUSPENDED if row.status == "payable" and row.partner in suspended else None,
        "name": row.name,
        "kind": row.kind,
        "partner": row.partner,
        "program": row.program,
        "policy": row.policy,
        "registration": row.registration_id,
        "customer": customer,
        "opportunity": row.opportunity_id,
        "on": row.earned_on,
        "role": row.role,
        "base": money(row.base_minor, row.currency) if mine else None,
        "pct": row.pct,
        "cap": money(row.cap_minor, row.currency),
        "amount": money(row.amount_minor, row.currency),
        "left": money(row.left_minor, row.currency),
        "hold_until": instant(row.hold_until),
        "cases": row.cases,
        "code": row.code,
        "adjusts": row.adjusts,
        "effective_at": instant(row.effective_at),
        "posted_at": instant(row.posted_at),
        "changed_at": instant(row.changed_at),
    }
    return document if reader.partner else {**document, "seq": row.from_seq}


def posting(row: Any, reader: Caller) -> dict[str, Any]:
    """Render one posting, debit positive; the number of its entry is for the vendor only."""
    document: dict[str, Any] = {
        "line": row.line,
        "type": row.type,
        "account": row.account,
        "partner": row.partner,
        "program": row.program,
        "amount": money(row.amount_minor, row.currency),
        "reward": row.reward_id,
        "registration": row.registration_id,
        "opportunity": row.opportunity_id,
        "effective_at": instant(row.effective_at),
        "posted_at": instant(row.posted_at),
    }
    return document if reader.partner else {**document, "seq": row.seq}


def ledger_line(row: Any, reader: Caller) -> dict[str, Any]:
    """Render one posting as a line of a file: its two sides beside the signed amount."""
    debit, credit = max(row.amount_minor, 0), max(-row.amount_minor, 0)
    sides = {"debit": money(debit, row.currency), "credit": money(credit, row.currency)}
    return {**posting(row, reader), **sides}


def case(row: Any, reader: Caller, claims: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Render one case; the winner and the reviewer's reason are for the vendor only.

    `claims` says the partner and the customer of each registration that the case names.
    """
    partner, customer = claims.get(row.registration_id, (None, None))
    document: dict[str, Any] = {
        "case": row.case_id,
        "kind": row.kind,
        "state": row.state,
        "opportunity": row.opportunity_id,
        "registration": row.registration_id,
        "partner": partner,
        "customer": customer,
        "verdict": row.verdict,
        "outcome": row.outcome,
        "opened_at": instant(row.opened_at),
        "closed_at": instant(row.closed_at),
        "rewards": row.rewards,
        "holds": [money(int(minor), name) for minor, name in zip(row.held_minor, row.held_currencies, strict=True)],
    }
    if reader.partner:
        return document
    winner = claims.get(row.winner, (None, None))[0]
    return {**document, "winner": row.winner, "winner_partner": winner, "reason": row.reason, "seq": row.from_seq}


def payout(row: Any, balance: int, suspended: Set[str]) -> dict[str, Any]:
    """Render one account in one month: movement, and balance at the end."""
    return {
        "partner": row.partner,
        "program": row.program,
        "currency": row.currency,
        "account": row.account,
        "month": f"{row.month:%Y-%m}",
        "debit": money(int(row.debit), row.currency),
        "credit": money(int(row.credit), row.currency),
        "amount": money(int(row.amount_minor), row.currency),
        "balance": money(balance, row.currency),
        "entries": int(row.entries),
        "blocked": SUSPENDED if row.account == "payable" and row.partner in suspended else None,
    }
