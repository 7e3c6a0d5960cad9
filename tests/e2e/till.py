"""What a channel's money looks like through the public API: told by the CRM, read as finance reads it."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import httpx

from tests.e2e.channel import CUSTOMER, Channel

REBATE: dict[str, Any] = {"name": "rebate", "kind": "rebate", "on": "won", "pct": 10, "hold_days": 30}
MONEY: dict[str, Any] = {
    "credit": {"roles": {"sourced": 70, "influenced": 20, "fulfilled": 10}},
    "rewards": [REBATE],
    "clawback": {"on": ["cancel", "refund"], "within_months": 12},
}
AT_ONCE = {**MONEY, "rewards": [{**REBATE, "hold_days": 0}]}
"""What is earned is payable at once."""
DEAL: dict[str, Any] = {"customer": CUSTOMER, "products": ["X"]}


def money(amount: str, currency: str = "USD") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def item(product: str, amount: str, currency: str = "USD") -> dict[str, Any]:
    return {"product": product, "amount": money(amount, currency)}


# when


async def win(channel: Channel, external_id: str, partner: str, amount: str, currency: str = "USD", **more: Any) -> str:
    """The CRM has a new deal of the partner, and that it is won; the opportunity's number."""
    known = {"partner": partner, **DEAL, **{name: told for name, told in more.items() if name != "items"}}
    await channel.crm("created", external_id, **known)
    await channel.crm("won", external_id, **{**known, **more, "amount": money(amount, currency)})
    return str((await channel.read(f"/v1/opportunities?external_id={external_id}"))["items"][0]["opportunity"])


async def tell(channel: Channel, event: str, external_id: str, **more: Any) -> httpx.Response:
    """What the location of one message of the CRM answers: what it led to, or its refusal."""
    body = {"connection": "crm", "event": event, "external_id": external_id, **more}
    [line] = await channel.bulk([channel.row("opportunity", body)])
    return await channel.get(line["location"])


async def refund(channel: Channel, external_id: str, refund: str, amount: str, currency: str = "USD") -> httpx.Response:
    return await tell(channel, "refunded", external_id, refund=refund, amount=money(amount, currency))


# then


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def entries(answer: httpx.Response) -> list[str]:
    """The types of what one fact led to, itself first."""
    assert answer.status_code == 200, answer.text
    return [one["type"].removeprefix("dealreg.") for one in answer.json()["entries"]]


async def shares(channel: Channel, opportunity: str, **query: str) -> list[tuple[str, str | None, str]]:
    """Role, partner (None: the house) and amount of each share as it stands."""
    asked = "&".join(f"{name}={value}" for name, value in {"opportunity": opportunity, **query}.items())
    page = await channel.read(f"/v1/credits?{asked}")
    order = ("sourced", "influenced", "fulfilled", "unregistered")
    found = [(one["role"], one["partner"], one["amount"]["amount"]) for one in page["items"]]
    return sorted(found, key=lambda share: order.index(share[0]))


async def balances(channel: Channel, partner: str, *, as_: str | None = None) -> dict[str, str]:
    """What stands in each account of the partner, as payouts tell and the lines of the ledger add up to."""
    rows = (await channel.read(f"/v1/payouts?partner={partner}&sort=month", as_=as_))["items"]
    latest = {row["account"]: row["balance"]["amount"] for row in rows}
    stands = {name: amount for name, amount in latest.items() if Decimal(amount)}
    assert {name: stands.get(name) for name in _STOCKS} == await _from_the_ledger(channel, partner, as_)
    return {name: stands[name] for name in _STOCKS if name in stands}


_STOCKS = ("held", "payable", "paid", "reversed")
"""What `accrued` divides into; these are balances, the other two are turnover."""


async def _from_the_ledger(channel: Channel, partner: str, as_: str | None) -> dict[str, str | None]:
    lines = (await channel.read(f"/v1/ledger?partner={partner}&limit=500", as_=as_))["items"]
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[line["account"]] += Decimal(line["amount"]["amount"])
    assert sum(sums.values()) == 0, "a double entry sums to zero"
    assert len({line["amount"]["currency"] for line in lines}) <= 1, "balances are of one currency"
    return {name: str(-sums[name]) if sums[name] else None for name in _STOCKS}


async def reward_of(channel: Channel, opportunity: str) -> dict[str, Any]:
    """The one reward of the deal."""
    [found] = (await channel.read(f"/v1/rewards?opportunity={opportunity}"))["items"]
    return dict(found)


async def chain(channel: Channel, opportunity: str) -> list[str]:
    """The types of the entries that explain the deal's money, in order."""
    document = await channel.read(f"/v1/opportunities/{opportunity}/attribution")
    return [link["type"] for link in document["chain"]]
