"""Read the demo's result through the public API, and check that it reconciles with the export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from dealreg.demo.export import CURRENCY, Export
from dealreg.demo.history import identifier
from dealreg.demo.importing import Seconds
from dealreg.demo.reading import document, every
from shared.errors import DealregError

STATES = ("protected", "waiting", "converted", "expired", "lost", "rejected")
CASES = ("protected", "further", "late", "breach", "unprotected")
REWARDS = ("accrued", "held", "payable", "reversed")
NOTHING = Decimal(0)


class NotReconciled(DealregError):
    """The result differs from the file."""

    code = "demo.not_reconciled"


@dataclass(frozen=True, slots=True)
class Book:
    """The vendor's result, as the API shows it."""

    states: Counter[str]
    detected: int
    promoted: int
    cases: Counter[str]
    won_value: Decimal
    unlinked: Decimal
    """Won value that belongs to no registration."""
    credited: Mapping[str | None, Decimal]
    """Credit by partner; None is the vendor's own share."""
    accounts: Mapping[str, Decimal]
    """Balance of each ledger account; for `accrued`, everything ever earned."""


async def read_book(client: httpx.AsyncClient, key: str) -> Book:
    """Read states, conflicts, wins and amounts from the query API; raise `NotReconciled`, `Unavailable`."""
    client.headers["Authorization"] = f"Bearer {key}"
    summary = await document(client, "/v1/pipeline/summary?group_by=state")
    outcomes = [one["outcome"] async for one in every(client, "/v1/conflicts?fields=outcome")]
    won = [one async for one in every(client, "/v1/opportunities?state=won&fields=case,amount,registration")]
    shares = [one async for one in every(client, "/v1/credits?fields=partner,amount")]
    balances = await document(client, "/v1/payouts/summary?group_by=account")
    credited: dict[str | None, Decimal] = {}
    for share in shares:
        credited[share["partner"]] = credited.get(share["partner"], NOTHING) + _amount(share)
    return Book(
        states=Counter({group["key"]: group["registrations"] for group in summary["groups"]}),
        detected=len(outcomes),
        promoted=outcomes.count("promoted"),
        cases=Counter(one["case"] for one in won),
        won_value=sum(map(_amount, won), NOTHING),
        unlinked=sum((_amount(one) for one in won if one["registration"] is None), NOTHING),
        credited=credited,
        accounts={group["key"]: sum(map(_amount, group["accounts"]), NOTHING) for group in balances["groups"]},
    )


def result(export: Export, book: Book, digests: dict[str, Any], seconds: Seconds) -> dict[str, Any]:
    """Keys of the result that the demo's checks name."""
    left = Counter(one.code for one in export.left)
    names = {identifier(partner.name): partner.name for partner in export.partners}
    partners = {names.get(id_, id_): amount for id_, amount in book.credited.items() if id_ is not None}
    return {
        "rows_read": export.rows_read,
        "registered": book.states.total(),
        "not_registrable": dict(sorted(left.items())),
        "states": _counted(STATES, book.states),
        "conflicts": {"detected": book.detected, "promoted": book.promoted},
        "won_cases": _counted(CASES, book.cases),
        "won_value": _cents(book.won_value),
        "credited": _cents(sum(partners.values(), NOTHING)),
        "house": _cents(book.credited.get(None, NOTHING)),
        "unlinked": _cents(book.unlinked),
        "rewards": {name: _cents(book.accounts.get(name, NOTHING)) for name in REWARDS},
        "partners": {name: _cents(amount) for name, amount in sorted(partners.items())},
        "digests": digests,
        "seconds": {
            "import": round(seconds.imported, 2),
            "decide": round(seconds.decided, 2),
            "project": round(seconds.projected, 2),
        },
    }


def differences(export: Export, printed: dict[str, Any]) -> list[str]:
    """List the differences between the file and the result."""
    won = [deal.value for deal in export.deals if deal.value is not None]
    pairs = {
        "rows read, less those not registrable": (
            printed["rows_read"] - sum(printed["not_registrable"].values()),
            printed["registered"],
        ),
        "deals of the file": (len(export.deals), printed["registered"]),
        "states": (printed["registered"], sum(printed["states"].values())),
        "won opportunities": (len(won), sum(printed["won_cases"].values())),
        "won value": (_cents(sum(won, NOTHING)), printed["won_value"]),
        "won value, as credited + house + unlinked": (
            printed["won_value"],
            _sum(printed, "credited", "house", "unlinked"),
        ),
        "accrued rewards, as held + payable + reversed": (
            printed["rewards"]["accrued"],
            _sum(printed["rewards"], "held", "payable", "reversed"),
        ),
    }
    return [f"{what}: {left} is not {right}" for what, (left, right) in pairs.items() if left != right]


def _counted(names: tuple[str, ...], found: Counter[str]) -> dict[str, int]:
    """Return counts of all expected names, zeros included, then of unexpected ones, so that nothing is hidden."""
    others = {name: found[name] for name in sorted(found) if name not in names}
    return {**{name: found[name] for name in names}, **others}


def _sum(printed: dict[str, Any], *names: str) -> str:
    return _cents(sum((Decimal(printed[name]) for name in names), NOTHING))


def _cents(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _amount(document: dict[str, Any]) -> Decimal:
    """Return the amount; raise if it is in another currency, since it could not be added."""
    money = document["amount"]
    if money["currency"] != CURRENCY:
        raise NotReconciled(f"the file has only {CURRENCY}, the result has {money['currency']}")
    return Decimal(money["amount"])
