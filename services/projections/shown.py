"""What the views show of each thing, in flat form under the decider's names, for `dealreg verify` to compare."""

from __future__ import annotations

from typing import Any

import orjson

from services.projections.views import (
    CASES,
    CONFLICTS,
    CREDITS,
    LEDGER,
    MATCHES,
    OPPORTUNITIES,
    PAYOUTS,
    PIPELINE,
    REWARDS,
)
from services.projections.views.cases import CaseRow
from services.projections.views.claim import PipelineRow, claim_of, waiting_of
from services.projections.views.opportunities import OpportunityRow, refunds_of
from services.projections.views.rewards import RewardRow
from services.projections.views.won import Linked
from shared.projection.shown import Flat, Shown, digest


def registration_of(row: PipelineRow) -> tuple[str, Flat]:
    """A registration as the pipeline shows it."""
    claim = claim_of(row)
    number = row.policy.rpartition("/")[2] if row.policy else None
    return row.registration_id, {
        "state": row.state, "review": row.review, "protection": row.protection, "hold": row.hold,
        "end_code": row.end_code, "program": row.program, "policy": int(number) if number else None,
        "tier": row.tier, "partner": row.partner, "products": list(row.products), "amount_minor": row.amount_minor,
        "currency": row.currency, "close_date": row.close_date,
        "content": digest(claim.model_dump(mode="json", exclude={"products"}, exclude_none=True)),
        "revision": row.revision, "patches": row.patches, "amendment": _amendment_of(row),
        "submitted_at": row.submitted_at, "completed_at": row.completed_at,
        "protected_from": row.protected_from, "protected_until": row.protected_until, "extensions": row.extensions,
        "extension_until": row.extension_until, "loss_until": row.loss_until, "objected": row.objected,
        "confirm_by": row.confirm_by, "contest_until": row.contest_until, "open_fields": list(row.open_fields),
        "behind": list(row.behind), "lookalikes": list(row.lookalikes), "original": row.original,
        "verified": list(row.verified), "open_opportunities": row.open_opportunities,
        "won_opportunities": row.won_opportunities,
    }  # fmt: skip


def _amendment_of(row: PipelineRow) -> Flat | None:
    """The amendment that waits."""
    waiting = waiting_of(row)
    if waiting is None:
        return None
    return {
        "products": list(waiting.products), "at": waiting.at, "fields": list(waiting.fields),
        "content": digest(waiting.patch.model_dump(mode="json", exclude_defaults=True)),
    }  # fmt: skip


def opportunity_of(row: OpportunityRow) -> tuple[str, Flat]:
    """An opportunity as its list shows it."""
    refunds = [
        (one["refund"], one["state"], one["code"], one["counted"] and one["counted"]["amount"])
        for one in refunds_of(row)
    ]
    return row.opportunity_id, {
        "state": row.state, "connection": row.connection, "external_id": row.external_id, "partner": row.partner,
        "registration": row.registration_id, "case": row.won_case, "holder": row.holder,
        "by_person": row.linked_by == "person" or row.unlinked_code == "by_person",
        "customer": digest([orjson.loads(row.customer)]) if row.customer else None, "products": list(row.products),
        "amount_minor": row.amount_minor, "currency": row.currency,
        "items": digest(orjson.loads(row.items)) if row.items else None, "close_date": row.close_date,
        "source_time": row.source_time, "source_version": row.source_version, "refunded_minor": row.refunded_minor,
        "refunds": refunds,
    }  # fmt: skip


def linked_of(row: Linked) -> tuple[str, Flat]:
    """An opportunity as the pipeline counts it."""
    return row.opportunity_id, {
        "state": row.state, "registration": row.registration_id, "amount_minor": row.amount_minor,
        "currency": row.currency, "source_time": row.source_time, "source_version": row.source_version,
    }  # fmt: skip


def reward_of(row: RewardRow) -> tuple[str, Flat]:
    """A reward as its list shows it."""
    return row.reward_id, {
        "status": row.status, "partner": row.partner, "program": row.program, "registration": row.registration_id,
        "opportunity": row.opportunity_id, "name": row.name, "currency": row.currency,
        "amount_minor": row.amount_minor, "left_minor": row.left_minor, "effective_at": row.effective_at,
        "hold_until": row.hold_until, "cases": list(row.cases),
    }  # fmt: skip


def case_of(row: CaseRow) -> tuple[str, Flat]:
    """A case as its list shows it."""
    return row.case_id, {
        "state": row.state, "opportunity": row.opportunity_id, "registration": row.registration_id,
        "reversed": row.outcome == "reversed",
    }  # fmt: skip


def _credit(record: Any) -> tuple[str, Flat]:
    shares = [(one["role"], one["partner"], one["portion"], one["minor"]) for one in orjson.loads(record["shares"])]
    names = ("number", "registration", "case", "currency", "value_minor", "effective_at")
    return record["id"], {**{name: record[name] for name in names}, "shares": shares}


def _sum(record: Any) -> tuple[str, Flat]:
    return record["id"], {"minor": int(record["minor"])}


def _made(row: Any) -> Any:
    """A record as the row that the view's fold makes: columns in the table's order are none of ours."""
    return lambda record: row(**{name: record[name] for name in row._fields})


def _current(kind: str, view: Any, row: Any, flat: Any, *, table: str, key: str) -> Shown:
    query = f"SELECT {', '.join(row._fields)} FROM {table} WHERE to_seq IS NULL ORDER BY vendor, {key}"
    made = _made(row)
    return Shown(kind, view, table, query, lambda record: flat(made(record)))


# A credit's version is read from its first share: all of one version agree on it.
_CREDITS = """
SELECT vendor, opportunity_id AS id, min(number) AS number, min(registration_id) AS registration,
       min(won_case) AS case, min(currency) AS currency, min(value_minor) AS value_minor,
       min(effective_at) AS effective_at,
       json_agg(json_build_object('role', role, 'partner', partner, 'portion', portion, 'minor', amount_minor)
                ORDER BY line)::text AS shares
FROM projections.credit WHERE to_seq IS NULL GROUP BY vendor, opportunity_id ORDER BY vendor, opportunity_id
"""
_WON = """
SELECT p.vendor, concat_ws(' ', p.registration_id, w.currency) COLLATE "C" AS id, w.minor
FROM projections.pipeline p, unnest(p.won_currencies, p.won_minor) AS w (currency, minor)
WHERE p.to_seq IS NULL AND w.minor <> 0 ORDER BY 1, 2
"""
_BALANCES = """
SELECT vendor, concat_ws(' ', partner, program, currency, account) COLLATE "C" AS id, -sum({minor}) AS minor
FROM {table} WHERE account IN ('held', 'payable') {current}
GROUP BY 1, 2 HAVING sum({minor}) <> 0 ORDER BY 1, 2
"""
_MATCHES = """
SELECT vendor, match_id AS id, state FROM projections.customer_match
WHERE to_seq IS NULL AND state = 'open' ORDER BY vendor, match_id
"""
_CONFLICTS = """
SELECT vendor, registration_id AS id, conflict_id AS conflict FROM projections.conflict
WHERE to_seq IS NULL AND state = 'open' ORDER BY vendor, registration_id
"""
_SUSPENDED = """
SELECT vendor, partner AS id FROM projections.standing WHERE to_seq IS NULL AND suspended ORDER BY vendor, partner
"""
SHOWN: tuple[Shown, ...] = (
    _current("registration", PIPELINE, PipelineRow, registration_of,
             table="projections.pipeline", key="registration_id"),
    Shown("opportunity", PIPELINE, "projections.pipeline_opportunity",
          f"SELECT {', '.join(Linked._fields)} FROM projections.pipeline_opportunity ORDER BY vendor, opportunity_id",
          lambda record: linked_of(Linked(*record))),
    Shown("won_value", PIPELINE, "projections.pipeline", _WON, _sum),
    _current("opportunity", OPPORTUNITIES, OpportunityRow, opportunity_of,
             table="projections.opportunity", key="opportunity_id"),
    Shown("credit", CREDITS, "projections.credit", _CREDITS, _credit),
    _current("reward", REWARDS, RewardRow, reward_of, table="projections.reward", key="reward_id"),
    _current("case", CASES, CaseRow, case_of, table="projections.case_file", key="case_id"),
    Shown("balance", LEDGER, "projections.posting",
          _BALANCES.format(table="projections.posting", minor="amount_minor", current=""), _sum),
    Shown("balance", PAYOUTS, "projections.payout",
          _BALANCES.format(table="projections.payout", minor="debit_minor - credit_minor",
                           current="AND to_seq IS NULL"), _sum),
    Shown("suspension", PAYOUTS, "projections.standing", _SUSPENDED,
          lambda record: (record["id"], {"suspended": True})),
    Shown("match", MATCHES, "projections.customer_match", _MATCHES,
          lambda record: (record["id"], {"state": record["state"]})),
    Shown("conflict", CONFLICTS, "projections.conflict", _CONFLICTS,
          lambda record: (record["id"], {"conflict": record["conflict"]})),
)  # fmt: skip
"""Every kind of thing that both a view and the decider have."""
