"""Won opportunities that belong to no registration: each with what it may belong to."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response

from services.console.api import Refused
from services.console.forms import KEY, Typed
from services.console.pages.registrations import cursor_of
from services.console.rendering import query, segment
from services.console.visit import Visit, go

UNPLACED = {"state": "won", "linked": "false", "by_person": "false"}
"""What the API's list of opportunities is asked for: wins of which neither a rule nor a person said whose they are."""
PAGE_ROWS = 10
MOST_CANDIDATES = 10
INPUTS = ("registration", "winner")
NONE = "none"
"""What the form says for an opportunity that belongs to none."""
DONE = ("linked", "pending")


async def listed(visit: Visit) -> Response:
    return await _page(visit, Typed())


async def linked(visit: Visit) -> Response:
    """Link the opportunity to a registration, or say that it belongs to none."""
    typed, opportunity = visit.typed, visit.named("opportunity")
    chosen = typed.line("other") or typed.line("registration")
    body: dict[str, Any] = {"registration": None if chosen == NONE else chosen}
    if typed.line("winner"):
        body["winner"] = typed.line("winner")
    if not chosen:
        t = visit.page.speech.say
        error = {"field": "registration", "message": t("wins.choose")}
        return await _page(visit, typed.refused([error], INPUTS), 422, opportunity)
    try:
        answer = await visit.api.write(f"/v1/opportunities/{segment(opportunity)}/link", body, typed.line(KEY))
    except Refused as refusal:
        errors = refusal.errors or [{"field": "", "message": refusal.detail}]
        return await _page(visit, typed.refused(errors, INPUTS), refusal.status, opportunity)
    return go("/console/wins" + query(done="pending" if answer["pending"] else "linked"))


async def _page(visit: Visit, typed: Typed, status: int = 200, opportunity: str = "") -> Response:
    found = await visit.api.get("/v1/opportunities", **UNPLACED, limit=PAGE_ROWS, cursor=visit.asked("cursor"))
    items = found["items"]
    candidates = await asyncio.gather(*(_candidates(visit, one) for one in items))
    done = visit.asked("done")
    return visit.show(
        "wins.html",
        status,
        items=list(zip(items, candidates, strict=True)),
        following=cursor_of(found["next"]),
        typed=typed,
        of=opportunity,
        nobody=NONE,
        done=done if done in DONE else "",
    )


async def _candidates(visit: Visit, one: dict[str, Any]) -> list[dict[str, Any]]:
    """Registrations whose customer is called as the opportunity's, the partner's own first."""
    name = str((one["customer"] or {}).get("legal_name", ""))
    if not name:
        return []
    found = (await visit.api.get("/v1/pipeline", customer=name, limit=MOST_CANDIDATES))["items"]
    return sorted(found, key=lambda row: row["partner"] != one["partner"])
