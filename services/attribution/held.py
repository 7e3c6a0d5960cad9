"""The decider's state of each thing in flat form, for `dealreg verify` to compare with the views."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import orjson

from services.attribution.documents import from_json, stored_body, text_of
from services.attribution.domain.documents.keys import Key, Kind
from services.attribution.domain.documents.kinds import Document
from services.attribution.domain.documents.money import Case, Credit, Reward
from services.attribution.domain.documents.opportunity import Opportunity
from services.attribution.domain.documents.partner import Partner
from services.attribution.domain.documents.program import Program
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.vendor import Vendor
from shared.events.customer import match_id, match_sides
from shared.events.standing import reward_status
from shared.projection.shown import Flat, Row, digest, records

LACKS = "_may_lack"
"""Marks a field that a view need not have, because no entry has set it yet."""


def registration_of(one: Registration) -> Flat:
    """A registration: life, content, protection, what it waits for and what belongs to it."""
    draft = one.life.review == "draft"
    claim = one.claim
    return {
        "state": one.state, "review": one.life.review, "protection": one.life.protection, "hold": one.life.hold,
        "end_code": one.life.end_code, "program": one.program, "policy": one.policy_number, "tier": one.tier,
        "partner": one.partner, "products": list(one.products) if one.completed_at else list(claim.products),
        "amount_minor": claim.amount.minor if claim.amount else None,
        "currency": claim.amount.currency if claim.amount else None, "close_date": claim.close_date,
        "content": digest(claim.model_dump(mode="json", exclude={"products"}, exclude_none=True)),
        "revision": one.revision, "patches": one.patches, "amendment": _amendment_of(one),
        "submitted_at": one.submitted_at,
        "completed_at": None if draft else one.completed_at, "protected_from": one.protected_from,
        "protected_until": one.protected_until, "extensions": one.extensions, "extension_until": one.extension_until,
        "loss_until": one.loss_until, "objected": one.objected,
        "confirm_by": one.confirm_by, "contest_until": one.contest_until if one.life.hold == "contest" else None,
        "open_fields": list(one.fields), "behind": list(one.behind), "lookalikes": list(one.lookalikes),
        "original": one.original, "verified": list(one.verified),
        "open_opportunities": len(one.open), "won_opportunities": len(one.won),
    }  # fmt: skip


def _amendment_of(one: Registration) -> Flat | None:
    """The amendment that waits."""
    waiting = one.held
    if waiting is None:
        return None
    return {
        "products": list(waiting.products), "at": waiting.at, "fields": list(waiting.fields),
        "content": digest(waiting.patch.model_dump(mode="json", exclude_defaults=True)),
    }  # fmt: skip


def opportunity_of(one: Opportunity) -> Flat:
    """An opportunity: state, amount, link, and refunds."""
    latest = one.latest
    return {
        "state": one.status, "connection": latest.connection, "external_id": latest.external_id,
        "partner": latest.partner, "registration": one.registration, "by_person": one.by_person, "case": one.case,
        "holder": one.holder, "customer": _digest_of(latest.customer), "products": list(latest.products or ()),
        "amount_minor": latest.amount.minor if latest.amount else None,
        "currency": latest.amount.currency if latest.amount else None, "items": _digest_of(latest.items),
        "close_date": latest.close_date, "source_time": latest.source_time, "source_version": latest.source_version,
        "refunded_minor": one.refunded_minor,
        "refunds": [(r.id, r.state, r.code, r.counted.amount if r.counted else None) for r in one.refunds],
        LACKS: one.stands is None,
    }  # fmt: skip


def _digest_of(part: Any) -> str | None:
    if part is None:
        return None
    parts = part if isinstance(part, tuple) else (part,)
    return digest([one.model_dump(mode="json", exclude_none=True) for one in parts])


def credit_of(one: Credit) -> Flat | None:
    """The shares of a win; None if it was reversed."""
    if not one.active:
        return None
    shares = [(share.role, share.partner, share.portion, share.amount.minor) for share in one.shares]
    return {
        "number": one.number, "registration": one.registration, "case": one.case, "currency": one.currency,
        "value_minor": one.value_minor, "effective_at": one.effective_at, "shares": shares,
    }  # fmt: skip


def reward_of(one: Reward) -> Flat:
    """A reward: partner, deal, amount, and what holds it."""
    return {
        "status": reward_status(one.status, one.left_minor), "partner": one.partner, "program": one.program,
        "registration": one.registration, "opportunity": one.opportunity, "name": one.name, "currency": one.currency,
        "amount_minor": one.amount_minor, "left_minor": one.left_minor, "effective_at": one.effective_at,
        "hold_until": one.hold_until, "cases": list(one.cases),
    }  # fmt: skip


def case_of(one: Case) -> Flat:
    """A breach case: its deal, and whether a reviewer reversed what it held."""
    return {
        "state": "open" if one.open else "closed", "opportunity": one.opportunity,
        "registration": one.registration, "reversed": one.reversed,
    }  # fmt: skip


def partner_of(one: Partner) -> Flat:
    """A partner's profile and status."""
    return {
        "name": one.name, "partner_type": one.partner_type, "tier": one.tier, "segments": dict(one.segments),
        "territories": list(one.territories), "scores": dict(one.scores), "certifications": dict(one.certifications),
        "targets": dict(one.targets), "suspended": one.suspended,
    }  # fmt: skip


def program_of(one: Program) -> Flat:
    """A program's published versions, the one in force, and whether it takes no new registrations."""
    versions = {version.number: digest(orjson.loads(version.document)) for version in one.versions}
    return {"versions": versions, "in_force": one.in_force, "withdrawn": one.withdrawn is not None}


def vendor_of(one: Vendor) -> Flat:
    """The vendor's mode and document."""
    return {"mode": one.mode, "document": digest(one.document.model_dump(mode="json"))}


def _conflict_of(one: Registration) -> Flat | None:
    return {"conflict": one.conflict} if one.conflict is not None else None


def _suspended(one: Partner) -> Flat | None:
    return {"suspended": True} if one.suspended else None


@dataclass(frozen=True, slots=True)
class _Held:
    kind: Kind
    flat: Callable[[Any], Flat | None]
    only: str = "true"
    """SQL conditions of the documents to compare; others are not read."""


_DOCUMENTS: dict[str, _Held] = {
    "registration": _Held("registration", registration_of),
    "opportunity": _Held("opportunity", opportunity_of),
    "credit": _Held("credit", credit_of),
    "reward": _Held("reward", reward_of),
    "case": _Held("case", case_of),
    "partner": _Held("partner", partner_of),
    "program": _Held("program", program_of),
    "vendor": _Held("vendor", vendor_of),
    "conflict": _Held("registration", _conflict_of, "body->>'conflict' IS NOT NULL"),
    "suspension": _Held("partner", _suspended, "body->>'suspended' = 'true'"),
}
# The database sums, because a vendor's rewards may not fit into memory.
_SUMS: dict[str, str] = {
    "won_value": """
        SELECT vendor, concat_ws(' ', body->>'registration', body->'latest'->'amount'->>'currency') COLLATE "C" AS id,
               sum(replace(body->'latest'->'amount'->>'amount', '.', '')::numeric) AS minor
        FROM attribution.document WHERE kind = 'opportunity' AND body->>'status' = 'won'
          AND body->>'registration' IS NOT NULL AND body->'latest'->'amount'->>'currency' IS NOT NULL
        GROUP BY 1, 2 HAVING sum(replace(body->'latest'->'amount'->>'amount', '.', '')::numeric) <> 0
        ORDER BY 1, 2""",
    "balance": """
        SELECT vendor, concat_ws(' ', body->>'partner', body->>'program', body->>'currency',
                                 coalesce(body->>'status', 'held')) COLLATE "C" AS id,
               sum((body->>'amount_minor')::numeric - coalesce((body->>'reversed_minor')::numeric, 0)) AS minor
        FROM attribution.document WHERE kind = 'reward' GROUP BY 1, 2
        HAVING sum((body->>'amount_minor')::numeric - coalesce((body->>'reversed_minor')::numeric, 0)) <> 0
        ORDER BY 1, 2""",
}
KINDS: frozenset[str] = frozenset({*_DOCUMENTS, *_SUMS, "match"})
"""Kinds of things to compare."""


async def held(connection: Any, kind: str) -> AsyncIterator[Row]:
    """Yield everything of that kind, ordered by vendor and id."""
    if kind in _SUMS:
        async for record in records(connection, _SUMS[kind]):
            yield record["vendor"], record["id"], {"minor": int(record["minor"])}
    elif kind == "match":
        async for row in _matches(connection):
            yield row
    else:
        wanted = _DOCUMENTS[kind]
        async for vendor, id_, document in _documents(connection, wanted.kind, wanted.only):
            flat = wanted.flat(document)
            if flat is not None:
                yield vendor, id_, flat


async def _documents(connection: Any, kind: Kind, only: str) -> AsyncIterator[tuple[str, str, Document]]:
    query = f"SELECT vendor, id, body, packed FROM attribution.document WHERE kind = $1 AND {only} ORDER BY vendor, id"
    async for record in records(connection, query, kind):
        yield record["vendor"], record["id"], from_json(kind, text_of(stored_body(record)))


async def _matches(connection: Any) -> AsyncIterator[Row]:
    """Yield the open matches. A vendor has few, so they are sorted in memory."""
    of_vendor: set[str] = set()
    last = ""
    async for vendor, id_, document in _documents(connection, "registration", "body->>'lookalikes' IS NOT NULL"):
        if vendor != last:
            for match in sorted(of_vendor):
                yield last, match, {"state": "open"}
            of_vendor, last = set(), vendor
        of_vendor |= asked_by(id_, document)
    for match in sorted(of_vendor):
        yield last, match, {"state": "open"}


def asked_by(id_: str, document: Document) -> set[str]:
    """Return the matches that the registration waits for."""
    if not isinstance(document, Registration) or document.life.hold != "customer_match":
        return set()
    return {match_id(id_, other) for other in document.lookalikes}


def changing(key: Key, document: Document) -> set[str]:
    """Return what a change of this document affects, each as `kind:id` of `touched_by`."""
    found = {f"{key[0]}:{key[1]}"}
    if isinstance(document, Opportunity) and document.registration is not None:
        found.add(f"registration:{document.registration}")
    elif isinstance(document, Reward):
        found.add(f"partner:{document.partner}")
    return found


def touched_by(kind: str, id_: str) -> set[str]:
    """Return what the thing of that kind depends on, as `changing` names it."""
    if kind == "match":
        return {f"registration:{side}" for side in match_sides(id_) or ()}
    if kind in ("won_value", "conflict"):
        return {f"registration:{id_.partition(' ')[0]}"}
    if kind in ("balance", "suspension"):
        return {f"partner:{id_.partition(' ')[0]}"}
    return {f"{kind}:{id_}"}
