"""Registrations: searched, filtered, sorted, by pages, and as one CSV."""

from __future__ import annotations

from typing import Any, get_args
from urllib.parse import parse_qs, urlsplit

import httpx
from starlette.responses import Response

from services.console.visit import Visit
from shared.events.lifecycle import State

PAGE_ROWS = 25
STATES: tuple[str, ...] = get_args(State)
SORTS = (
    "-submitted_at", "submitted_at", "protected_until", "-protected_until", "customer", "-amount", "state",
)  # fmt: skip


async def listed(visit: Visit) -> Response:
    """One page of what the reader may see. Its address says all that was chosen, so it can be kept and sent."""
    chosen = _chosen(visit)
    found = await visit.api.get("/v1/pipeline", **chosen, limit=PAGE_ROWS, cursor=visit.asked("cursor"))
    return visit.show(
        "registrations.html",
        items=found["items"],
        chosen=chosen,
        following=cursor_of(found["next"]),
        states=STATES,
        sorts=SORTS,
        partner=visit.session.partner is None,
    )


async def csv(visit: Visit) -> Response:
    """Every matching row, as the API writes it."""
    return sheet(await visit.api.csv("/v1/pipeline", **_chosen(visit)), "registrations.csv")


def sheet(answer: httpx.Response, name: str) -> Response:
    """A CSV to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(answer.content, 200, headers, "text/csv; charset=utf-8")


def cursor_of(following: str | None) -> str:
    """The cursor in the API's path of the next page; empty on the last page."""
    return parse_qs(urlsplit(following or "").query).get("cursor", [""])[0]


def _chosen(visit: Visit) -> dict[str, Any]:
    state, sort = visit.asked("state"), visit.asked("sort")
    return {
        "customer": visit.asked("customer"),
        "state": state if state in STATES else "",
        "program": visit.asked("program"),
        # A partner sees its own alone, whatever it names.
        "partner": visit.asked("partner") if visit.session.partner is None else "",
        "sort": sort if sort in SORTS else SORTS[0],
    }
