"""The first page: what needs me, what I hold, what I earned."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import Response

from services.console.pages import targets
from services.console.visit import Visit, go

SOON = timedelta(days=14)
SHOWN = 10
"""Registrations of each list; the rest is a link away."""
HELD = ("protected", "waiting", "in_review")
ACCOUNTS = ("accrued", "held", "payable", "reversed")


async def shown(visit: Visit) -> Response:
    """A partner's home; a person of the vendor has the desk instead."""
    if visit.session.partner is None:
        return go("/console/desk")
    get = visit.api.get
    questions, confirmations, held, states, money, aims = await asyncio.gather(
        get("/v1/pipeline", state=["action_required", "draft"], sort="submitted_at", limit=SHOWN),
        get("/v1/pipeline", state="waiting", hold="confirmation", sort="submitted_at", limit=SHOWN),
        get("/v1/pipeline", state="protected", sort="protected_until", limit=SHOWN),
        get("/v1/pipeline/summary", group_by="state", state=HELD, amounts="false"),
        get("/v1/payouts/summary", group_by="partner"),
        get("/v1/measures/targets", running="true", sort="last_day", limit=SHOWN),
    )
    soon = datetime.now(UTC) + SOON
    return visit.show(
        "home.html",
        questions=questions["items"],
        confirmations=confirmations["items"],
        expiring=[one for one in held["items"] if datetime.fromisoformat(one["protected_until"]) < soon],
        held=held["items"],
        counts={one["key"]: one["registrations"] for one in states["groups"]},
        accounts=accounts(money),
        aims=aims["items"],
        **targets.drawn(),
    )


def accounts(summary: dict[str, Any]) -> list[tuple[str, list[dict[str, str]]]]:
    """Each account of a partner that is not the vendor's own, with an amount for each currency."""
    found: dict[str, list[dict[str, str]]] = {name: [] for name in ACCOUNTS}
    for group in summary["groups"]:
        for one in group["accounts"]:
            if one["account"] in found:
                found[one["account"]].append(one["amount"])
    return list(found.items())
