"""Credit and rewards after a timeline's last entry: what is due when, and what holds it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.projections.timeline.documents import Owed, Row, Share
from shared.events.money import Money
from shared.events.standing import reward_status

SUSPENDED = "partner.suspended"


def credit_now(entries: Iterable[Row]) -> list[Share]:
    """Return the shares of each deal's last version; none if the win was reversed."""
    last: dict[str, list[Share]] = {}
    for row in entries:
        data = row.data
        if row.type in ("credit.assigned", "credit.revised"):
            last[data["opportunity"]] = [
                Share(
                    data["opportunity"], share.get("partner"), share["role"], share["portion"], Money(**share["amount"])
                )
                for share in data["shares"]
            ]
        elif row.type == "credit.reversed":
            last.pop(data["opportunity"], None)
    return [share for shares in last.values() for share in shares]


@dataclass(slots=True)
class _Reward:
    """One reward while its entries are read."""

    accrued: Row
    taken_minor: int = 0
    payable_since: datetime | None = None


def rewards_now(entries: Iterable[Row], standing: Iterable[Row]) -> list[Owed]:
    """Return the rewards in the order in which they were earned; `standing` has the partners' suspensions."""
    rewards: dict[str, _Reward] = {}
    open_cases: set[str] = set()
    for row in entries:
        kind, data = row.type, row.data
        if kind == "case.opened":
            open_cases.add(data["case"])
        elif kind == "case.closed":
            open_cases.discard(data["case"])
        elif kind == "reward.accrued":
            rewards[data["reward"]] = _Reward(row)
        elif data.get("reward") in rewards:  # a truncated timeline may lack an accrual
            reward = rewards[data["reward"]]
            if kind == "reward.released":
                reward.payable_since = row.clock
            elif kind == "reward.reversed":
                reward.taken_minor = data["total"]
    suspended = _suspended(standing)
    return [_owed(one, open_cases, suspended) for one in rewards.values()]


def _suspended(standing: Iterable[Row]) -> set[str]:
    found: set[str] = set()
    for row in standing:
        if row.type == "partner.suspended":
            found.add(row.data["partner"])
        elif row.type == "partner.reinstated":
            found.discard(row.data["partner"])
    return found


def _owed(reward: _Reward, open_cases: set[str], suspended: set[str]) -> Owed:
    data = reward.accrued.data
    whole = Money(**data["amount"])
    left = Money.of(whole.minor - reward.taken_minor, whole.currency)
    payable = reward.payable_since
    status = reward_status("held" if payable is None else "payable", left.minor)
    due = None if status == "reversed" else payable or datetime.fromisoformat(data["hold_until"])
    return Owed(
        reward=data["reward"],
        name=data["name"],
        partner=data["partner"],
        opportunity=data.get("opportunity"),
        amount=whole,
        left=left,
        status=status,
        due_at=due,
        cases=tuple(one for one in data.get("cases", ()) if one in open_cases and status == "held"),
        blocked=SUSPENDED if status != "reversed" and data["partner"] in suspended else None,
    )
