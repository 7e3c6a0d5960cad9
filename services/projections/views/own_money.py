"""What a partner reads of an entry about money: its own shares, rewards and postings, never another's (G10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from shared.events.base import Event
from shared.events.case import CaseClosed, CaseOpened
from shared.events.credit import CreditAssigned, CreditReversed, CreditRevised
from shared.events.reward import RewardAccrued, RewardHeld, RewardReleased, RewardReversed, RewardWithheld

Kinds = frozenset[type[Event]]
"""Asked by an event's own class: to ask whether it is of each of several classes of pydantic's takes microseconds."""

CREDIT: Kinds = frozenset((CreditAssigned, CreditRevised, CreditReversed))
REWARD: Kinds = frozenset((RewardAccrued, RewardHeld, RewardReleased, RewardReversed, RewardWithheld))
CASE: Kinds = frozenset((CaseOpened, CaseClosed))
MONEY: Kinds = CREDIT | REWARD | CASE


def credited_by(event: Any, before: Sequence[str]) -> list[str]:
    """The partners that the deal's value is credited to from this entry on, where it speaks of credit."""
    if isinstance(event, CreditAssigned):  # a revision is one, too
        return sorted({share.partner for share in event.shares if share.partner is not None})
    return [] if isinstance(event, CreditReversed) else list(before)


def own_money(
    event: Any, content: dict[str, Any], partner: str, owner_of: Callable[[str], str | None]
) -> dict[str, Any]:
    """The content of an entry about money as that partner may read it.

    Of a deal that is not its own it learns what it earned there itself: not what the deal was worth, and not by whose
    registration or which program's policy.
    """
    deal = content.get("opportunity")
    mine = deal is None or owner_of(f"opportunity:{deal}") == partner
    if type(event) in CREDIT:
        # Whose the deal is may change after the win; whose registration it was credited by does not.
        mine = owner_of(f"registration:{event.registration}") == partner
        return _credit(content, partner, mine=mine)
    if type(event) in CASE and not mine:
        return _without(content, "policy", "findings")
    if "postings" in content:
        content = {**content, "postings": [one for one in content["postings"] if one["partner"] == partner]}
    if isinstance(event, RewardAccrued) and not mine:
        return _without(content, "base", "findings")
    return content


def _credit(content: dict[str, Any], partner: str, *, mine: bool) -> dict[str, Any]:
    detail = content if mine else _without(content, "value", "policy", "findings")
    if "shares" not in content:
        return detail
    shares = [share for share in content["shares"] if share.get("partner") == partner]
    return {**detail, "shares": shares}


def _without(content: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: one for name, one in content.items() if name not in names}
