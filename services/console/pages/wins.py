"""Won opportunities that belong to no registration: each with what it may belong to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, NamedTuple

from starlette.responses import Response

from services.console.api import Refused
from services.console.forms import KEY, Typed
from services.console.pages.registrations import cursor_of
from services.console.partner_names import names_of
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


class Search(NamedTuple):
    """The customer's name that somebody looks for, for one of the wins."""

    of: str = ""
    customer: str = ""


class Candidates(NamedTuple):
    """Registrations that a win may belong to, and whether there are more than are shown."""

    items: list[dict[str, Any]]
    more: bool = False
    errors: tuple[str, ...] = ()


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
    search, cursor = Search(visit.asked("of"), visit.asked("customer")), visit.asked("cursor")
    found = await visit.api.get("/v1/opportunities", **UNPLACED, limit=PAGE_ROWS, cursor=cursor)
    items = found["items"]
    candidates = await asyncio.gather(*(_candidates(visit, one, search) for one in items))
    names = await names_of(visit, _partners(items, candidates))
    done = visit.asked("done")
    return visit.show(
        "wins.html",
        422 if any(one.errors for one in candidates) else status,
        items=list(zip(items, candidates, strict=True)),
        following=cursor_of(found["next"]),
        cursor=cursor,
        search=search,
        names=names,
        typed=typed,
        of=opportunity,
        nobody=NONE,
        done=done if done in DONE else "",
    )


def _partners(items: list[dict[str, Any]], candidates: list[Candidates]) -> Iterator[str | None]:
    yield from (one["partner"] for one in items)
    yield from (row["partner"] for found in candidates for row in found.items)


async def _candidates(visit: Visit, one: dict[str, Any], search: Search) -> Candidates:
    """Registrations whose customer is called as the opportunity's, or as was searched; the partner's own first."""
    searched = search.customer if search.of == one["opportunity"] else ""
    name = searched or str((one["customer"] or {}).get("legal_name", ""))
    if not name:
        return Candidates([])
    try:
        found = await visit.api.get("/v1/pipeline", customer=name, limit=MOST_CANDIDATES)
    except Refused as refusal:
        if not searched or refusal.status != 422:
            raise
        return Candidates([], errors=tuple(error["message"] for error in refusal.errors))
    return Candidates(sorted(found["items"], key=lambda row: row["partner"] != one["partner"]), bool(found["next"]))
