"""The chain of entries behind a deal's money, for the vendor and for a partner (G10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.projections.api.answers import instant
from services.projections.api.context import Queries
from services.projections.sentences import sentence_of
from services.projections.tables import feed, partner_feed
from shared.credentials import Caller

MAX_ENTRIES = 1_000

_LIFE = ("registration.", "protection.", "case.resolved")
_SHARED = ("registration.", "protection.", "opportunity.", "link.")
"""Types that a partner reads as in its own feed."""
_DEAL_ONLY = frozenset({"refund.counted", "refund.waiting", "refund.disregarded"})
"""Types about the whole deal, for the partner that it belongs to."""


async def chain(
    parts: Queries,
    reader: Caller,
    seq: int,
    opportunity: str,
    registrations: Sequence[str],
    *,
    cases: Sequence[str],
    mine: bool,
    credits: Sequence[Any],
) -> list[dict[str, Any]]:
    """Return every entry about the deal and its registrations, in order, each in one sentence."""
    subjects = [f"opportunity:{opportunity}", *(f"registration:{one}" for one in registrations)]
    subjects += [f"case:{one}" for one in cases]
    entries = await _entries(parts, feed, sa.true(), reader, seq, subjects)
    if reader.partner is None:
        return [
            _link(row, sentence_of(row.type, row.data), row.data) | {"position": row.seq}
            for row in entries
            if _belongs(row, opportunity)
        ]
    own = await _entries(parts, partner_feed, partner_feed.c.partner == reader.partner, reader, seq, subjects)
    found = {
        row.seq: _link(row, sentence_of(row.type, row.data), row.data)
        for row in own
        if row.type.startswith(_SHARED) and _belongs(row, opportunity)
    }
    for row in entries:
        sentence = _of_own_money(row, reader.partner, registrations, mine=mine, credits=credits)
        if sentence is not None and _belongs(row, opportunity):
            # The rules of credit on another partner's deal belong to that partner.
            found[row.seq] = _link(row, sentence, {}) | ({} if mine or "reward" in row.data else {"policy": None})
    return [link for _, link in sorted(found.items())]


async def _entries(
    parts: Queries, table: sa.Table, whose: Any, reader: Caller, seq: int, subjects: list[str]
) -> list[Any]:
    about = table.c.subjects.overlap(sa.cast(subjects, table.c.subjects.type))
    query = sa.select(table).where(table.c.vendor == reader.vendor, whose, about, table.c.seq <= seq)
    return await parts.rows(query.order_by(table.c.seq).limit(MAX_ENTRIES))


def _belongs(row: Any, opportunity: str) -> bool:
    """Return whether the entry is about this deal or a registration as such; other deals have chains of their own."""
    named = row.data.get("opportunity")
    return named == opportunity or (named is None and row.type.startswith(_LIFE))


def _of_own_money(
    row: Any, partner: str, registrations: Sequence[str], *, mine: bool, credits: Sequence[Any]
) -> str | None:
    """Describe the partner's own money in the entry; None if there is none."""
    if row.type.startswith("credit."):
        if row.type == "credit.reversed":
            return str(row.data["sentence"]) if credits and credits[0].from_seq < row.seq else None
        shares = [share for share in row.data["shares"] if share.get("partner") == partner]
        parts = ", ".join(f"{share['amount']['amount']} ({share['role']})" for share in shares)
        return f"Credited to you: {parts}." if parts else None
    if row.type.startswith("reward.") and row.data.get("partner") == partner:
        earned = row.type == "reward.accrued" and not mine
        return f"Earned {_money(row.data['amount'])}." if earned else str(row.data["sentence"])
    if row.type in ("case.opened", "case.closed") and row.data["registration"] in registrations:
        return str(row.data["sentence"])
    return str(row.data["sentence"]) if mine and row.type in _DEAL_ONLY else None


def _money(amount: dict[str, str]) -> str:
    return f"{amount['amount']} {amount['currency']}"


def _link(row: Any, sentence: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": instant(row.clock),
        "type": row.type,
        "sentence": sentence,
        "policy": row.data.get("policy"),
        "steps": [{"inputs": {}, **step} for step in data.get("steps", [])],
        "link": _more(row.type, row.data),
    }


def _more(type_: str, data: dict[str, Any]) -> str | None:
    """Return the path to read more about the entry."""
    noun = type_.partition(".")[0]
    if noun == "credit":
        return f"/v1/credits?opportunity={data['opportunity']}"
    if noun == "reward":
        return f"/v1/ledger?reward={data['reward']}" if "reward" in data else None
    if noun == "case" and "case" in data:
        return f"/v1/cases/{data['case']}"
    if noun in ("registration", "protection") and "registration" in data:
        return f"/v1/registrations/{data['registration']}/explanation"
    return f"/v1/opportunities/{data['opportunity']}" if "opportunity" in data else None
