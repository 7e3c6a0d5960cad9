"""What the demo came to, read through the public API as any client reads it, and whether it reconciles."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from dealreg.demo.export import Export
from dealreg.demo.importing import Seconds
from shared.errors import Unavailable

STATES = ("protected", "waiting", "converted", "expired", "lost", "rejected")
CASES = ("protected", "further", "late", "breach", "unprotected")
PAGE = 500


@dataclass(frozen=True, slots=True)
class Book:
    """What the API tells of the vendor's book."""

    states: Counter[str]
    detected: int
    promoted: int
    cases: Counter[str]
    won_value: Decimal
    unlinked: int


async def read_book(client: httpx.AsyncClient, key: str) -> Book:
    """States, conflicts and wins as the query API has them now."""
    client.headers["Authorization"] = f"Bearer {key}"
    summary = await _get(client, "/v1/pipeline/summary?group_by=state")
    outcomes = [one["outcome"] async for one in _all(client, "/v1/conflicts?fields=outcome")]
    won = [one async for one in _all(client, "/v1/opportunities?state=won&fields=case,amount")]
    unlinked = [one async for one in _all(client, "/v1/opportunities?linked=false&fields=opportunity")]
    return Book(
        states=Counter({group["key"]: group["registrations"] for group in summary["groups"]}),
        detected=len(outcomes),
        promoted=outcomes.count("promoted"),
        cases=Counter(one["case"] for one in won),
        won_value=sum((Decimal(one["amount"]["amount"]) for one in won), Decimal(0)),
        unlinked=len(unlinked),
    )


def result(export: Export, book: Book, digests: dict[str, Any], seconds: Seconds) -> dict[str, Any]:
    """The keys that the demo's rules name, as far as they exist."""
    left = Counter(one.code for one in export.left)
    return {
        "rows_read": export.rows_read,
        "registered": book.states.total(),
        "not_registrable": dict(sorted(left.items())),
        "states": _counted(STATES, book.states),
        "conflicts": {"detected": book.detected, "promoted": book.promoted},
        "won_cases": _counted(CASES, book.cases),
        "won_value": f"{book.won_value:.2f}",
        "unlinked": book.unlinked,
        "digests": digests,
        "seconds": {
            "import": round(seconds.imported, 2),
            "decide": round(seconds.decided, 2),
            "project": round(seconds.projected, 2),
        },
    }


def differences(export: Export, printed: dict[str, Any]) -> list[str]:
    """What does not reconcile between the file and the book; nothing when all is well."""
    won = [deal.value for deal in export.deals if deal.value is not None]
    pairs = {
        "rows read, less those not registrable": (
            printed["rows_read"] - sum(printed["not_registrable"].values()),
            printed["registered"],
        ),
        "deals of the file": (len(export.deals), printed["registered"]),
        "states": (printed["registered"], sum(printed["states"].values())),
        "won opportunities": (len(won), sum(printed["won_cases"].values())),
        "won value": (f"{sum(won, Decimal(0)):.2f}", printed["won_value"]),
    }
    return [f"{what}: {left} is not {right}" for what, (left, right) in pairs.items() if left != right]


def _counted(names: tuple[str, ...], found: Counter[str]) -> dict[str, int]:
    """All names, those without any too; what has no name here follows, so that nothing is hidden."""
    others = {name: found[name] for name in sorted(found) if name not in names}
    return {**{name: found[name] for name in names}, **others}


async def _all(client: httpx.AsyncClient, path: str) -> AsyncIterator[dict[str, Any]]:
    following: str | None = f"{path}&limit={PAGE}"
    while following:
        page = await _get(client, following)
        for item in page["items"]:
            yield item
        following = page["next"]


async def _get(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(path)
    if answer.status_code != 200:
        raise Unavailable(f"{path} was answered with {answer.status_code}: {answer.text[:500]}")
    return answer.json()
