"""Turn the export into facts in order of time: the rows of the bulk import.

Every key derives from the opportunity's id and the kind of fact, and every id from a key. So the same export
gives the same journal, and sending it again changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from dealreg.demo.export import CURRENCY, Account, Deal, Export
from shared.values.written import rfc3339

VENDOR = "maven"
VENDOR_NAME = "Maven"
PROGRAM = "crm-demo"
CONNECTION = "crm"
POLICY = Path(__file__).with_name("policy.yaml")

REGISTERED_AT = time(9, tzinfo=UTC)
CLOSED_AT = time(17, tzinfo=UTC)

# As the export spells them, including the misspelled one.
COUNTRIES = {
    "Belgium": "BE", "Brazil": "BR", "China": "CN", "Germany": "DE", "Italy": "IT", "Japan": "JP", "Jordan": "JO",
    "Kenya": "KE", "Korea": "KR", "Norway": "NO", "Panama": "PA", "Philipines": "PH", "Poland": "PL", "Romania": "RO",
    "United States": "US",
}  # fmt: skip

Row = dict[str, Any]


def identifier(name: str) -> str:
    """Turn a name into an identifier: `Moses Frase` becomes `moses-frase`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def begins_at(export: Export, weeks: int = 0) -> datetime:
    """Return the midnight before the first fact, when vendor, partners and program are set up."""
    return datetime.combine(min(deal.engaged for deal in export.deals) + timedelta(weeks=weeks), time(0, tzinfo=UTC))


def weeks_until(export: Export, now: datetime) -> int:
    """Return how many whole weeks to move all dates, so that the history ends within the last seven days."""
    last = max(deal.closed or deal.engaged for deal in export.deals)
    return (now - datetime.combine(last, CLOSED_AT)) // timedelta(weeks=1)


def rows(export: Export, weeks: int = 0) -> Iterator[Row]:
    """Yield the setup of vendor, partners and program, then what happened, by time and opportunity."""
    began = begins_at(export, weeks)
    for row in _house(export):
        yield {**row, "recorded_at": rfc3339(began)}
    prices = {name: product.list_price for name, product in export.spelled().items()}
    happenings: list[tuple[datetime, str, tuple[Row, ...]]] = []
    for deal in export.deals:
        customer = _customer(export.accounts[deal.account])
        happenings.append((_at(deal.engaged, REGISTERED_AT, weeks), deal.number, _engaged(deal, customer, prices)))
        if deal.closed is not None:
            happenings.append((_at(deal.closed, CLOSED_AT, weeks), deal.number, (_closed(deal),)))
    for moment, _, content in sorted(happenings, key=lambda happening: happening[:2]):
        for row in content:
            yield {**row, "recorded_at": rfc3339(moment)}


def _house(export: Export) -> Iterator[Row]:
    products = [
        {
            "product": product.name,
            "line": product.line,
            "aliases": list(product.aliases),
            "list_price": _money(product.list_price),
        }
        for product in export.products
    ]
    yield {"key": "vendor.configure", "kind": "vendor.configure", "body": {"products": products}}
    for partner in export.partners:
        segments = {"manager": partner.manager, "regional_office": partner.regional_office}
        body = {"partner": identifier(partner.name), "name": partner.name, "segments": segments}
        yield {"key": f"{body['partner']}:partner.enroll", "kind": "partner.enroll", "body": body}
    policy = POLICY.read_text(encoding="utf-8")
    yield {"key": f"{PROGRAM}:1:program.publish", "kind": "program.publish", "body": {"policy": policy}}


def _engaged(deal: Deal, customer: Row, prices: dict[str, Any]) -> tuple[Row, ...]:
    claim = {
        "program": PROGRAM,
        "partner": identifier(deal.partner),
        "customer": customer,
        "products": [deal.product],
        "amount": _money(prices[deal.product]),
        "external_id": deal.number,
    }
    submit = {"key": f"{deal.number}:registration.submit", "kind": "registration.submit", "body": claim}
    return submit, _message(deal, "created", customer=customer, products=[deal.product])


def _closed(deal: Deal) -> Row:
    if deal.outcome == "won":
        return _message(deal, "won", amount=_money(deal.value))
    return _message(deal, "lost")


def _message(deal: Deal, event: str, **more: Any) -> Row:
    body = {
        "connection": CONNECTION,
        "event": event,
        "external_id": deal.number,
        "partner": identifier(deal.partner),
        **more,
    }
    return {"key": f"{deal.number}:opportunity.{event}", "kind": "opportunity", "body": body}


def _customer(account: Account) -> Row:
    """Customers have only a name: the export has no identifiers. The other fields are for readers of the pipeline."""
    content = {
        "legal_name": account.name,
        "country": COUNTRIES.get(account.country),
        "sector": account.sector,
        "subsidiary_of": account.subsidiary_of,
    }
    return {name: value for name, value in content.items() if value}


def _money(amount: Any) -> dict[str, str]:
    return {"amount": f"{amount:.2f}", "currency": CURRENCY}


def _at(day: date, hour: time, weeks: int) -> datetime:
    return datetime.combine(day + timedelta(weeks=weeks), hour)
