"""A house that sells: one deal, won and refunded, and what is read of its credit, rewards and books."""

from __future__ import annotations

from typing import Any

from services.attribution.domain.documents.money import Reward
from shared.events.base import Event
from shared.events.credit import CreditAssigned
from shared.events.order import OrderCancelled, OrderRefunded
from tests.unit.attribution.house import House, event

REBATE: dict[str, Any] = {"name": "rebate", "kind": "rebate", "on": "won", "pct": 10, "hold_days": 30}
CAP = {"amount": 1000, "currency": "USD", "per": "deal"}
MONEY: dict[str, Any] = {
    "credit": {"roles": {"sourced": 70, "influenced": 20, "fulfilled": 10}, "late_win_days": 30},
    "rewards": [REBATE],
    "clawback": {"on": ["cancel", "refund"], "within_months": 12},
}


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def selling(**policy: Any) -> House:
    """Partner A holds the deal, and the CRM knows it."""
    house = House().open({**MONEY, **policy})
    house.submit("rA", "A")
    house.crm("created", "o1", day=1, partner="A")
    return house


def won(
    house: House, amount: str | dict[str, str] | None = "1000.00", *, day: float = 10, id_: str = "o1", **more: Any
) -> list[Event]:
    value = usd(amount) if isinstance(amount, str) else amount
    return house.crm("won", id_, day=day, **{"partner": "A", "amount": value, **more})


def refunded(house: House, refund: str, amount: str, *, day: float) -> list[Event]:
    told = {"opportunity": "o1", "connection": "crm", "external_id": "o1", "refund": refund}
    return house.when(event(OrderRefunded, **told, amount=usd(amount)), day=day)


def cancelled(house: House, refund: str, *, day: float) -> list[Event]:
    told = {"opportunity": "o1", "connection": "crm", "external_id": "o1", "refund": refund}
    return house.when(event(OrderCancelled, **told), day=day)


def shares(credited: CreditAssigned) -> list[tuple[str, str | None, str]]:
    return [(share.role, share.partner, share.amount.amount) for share in credited.shares]


def rewards(house: House) -> list[Reward]:
    return [one for one in house.ledger.documents.values() if isinstance(one, Reward)]


def balances(house: House) -> dict[str, int]:
    """Every account's balance over the whole journal, in minor units."""
    sums: dict[str, int] = {}
    for entry in house.entries:
        for posting in getattr(entry.event, "postings", ()):
            sums[posting.account] = sums.get(posting.account, 0) + posting.amount_minor
    return {account: total for account, total in sums.items() if total}
