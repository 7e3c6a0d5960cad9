"""The chain of entries behind a deal's money, for the vendor and for a partner (G10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.projections.api.answers import instant
from services.projections.timeline.documents import Row
from services.projections.timeline.feed import Feed
from services.projections.timeline.rendering import told_of
from shared.messages import Language, Words

MAX_ENTRIES = 1_000

_LIFE = ("registration.", "protection.", "case.resolved")
_OF_PARTNERS = ("registration.", "protection.", "opportunity.", "link.", "credit.", "reward.", "case.", "refund.")
"""What of its own feed explains money to a partner."""


async def chain(
    own: Feed, said: Language, opportunity: str, registrations: Sequence[str], cases: Sequence[str]
) -> list[dict[str, Any]]:
    """Every entry about the deal and the registrations' lives that the reader may read, in order, in words."""
    subjects = [f"opportunity:{opportunity}", *(f"registration:{one}" for one in registrations)]
    subjects += [f"case:{one}" for one in cases]
    found = [row for row in await own.about(subjects, limit=MAX_ENTRIES) if _belongs(row, opportunity)]
    rows = [row for row in found if own.partner is None or row.type.startswith(_OF_PARTNERS)]
    words = await own.words(rows, said)
    return [_link(words, row) for row in rows]


async def walked(
    own: Feed, said: Language, reward: str, opportunity: str | None, registration: str, cases: Sequence[str]
) -> list[dict[str, Any]]:
    """What led to a reward, from the money back to the first fact: each entry that the reader may read, in words.

    The reward's own entries come first, those of its registration last; of each, the last entry first.
    """
    subjects = [f"reward:{reward}", f"registration:{registration}", *(f"case:{one}" for one in cases)]
    subjects += [f"opportunity:{opportunity}"] if opportunity is not None else []
    found = await own.about(subjects, limit=MAX_ENTRIES)
    rows = [row for row in reversed(found) if _leads(row, reward, opportunity, registration)]
    words = await own.words(found, said)
    steps = [{"about": _STAGES.get(row.type.partition(".")[0], "deal"), **_link(words, row)} for row in rows]
    return sorted(steps, key=lambda step: _ORDER.index(step["about"]))


def _leads(row: Row, reward: str, opportunity: str | None, registration: str) -> bool:
    """Whether it is a step towards this reward, and not to another one of the same deal or registration."""
    if row.type.startswith(("reward.", "ledger.")):
        return row.data.get("reward") == reward
    named = row.data.get("opportunity")
    if named is None:
        return row.type.startswith(_LIFE) and row.data.get("registration", registration) == registration
    return bool(named == opportunity)


_ORDER = ("reward", "case", "credit", "deal", "registration")
_STAGES = {
    "reward": "reward", "credit": "credit", "registration": "registration", "protection": "registration",
    "case": "case",
}  # fmt: skip
"""What an entry is a step of, by the first word of its type; all others are the deal as the CRM tells it."""


def _belongs(row: Row, opportunity: str) -> bool:
    """Whether it is about this deal, or about a registration as such: its other deals have chains of their own."""
    named = row.data.get("opportunity")
    return named == opportunity or (named is None and row.type.startswith(_LIFE))


def _link(words: Words, row: Row) -> dict[str, Any]:
    link = {
        "at": instant(row.clock),
        "type": row.type,
        **told_of(words, row),
        "link": _more(row.type, row.data),
    }
    return link | {"position": row.seq} if words.partner is None else link


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
