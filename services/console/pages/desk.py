"""The manager's desk: what waits for a decision, what waited longest first."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

from starlette.responses import Response

from services.console.aligned import Run, aligned
from services.console.api import Asked
from services.console.decided import just_decided
from services.console.pages.registrations import cursor_of
from services.console.pages.wins import UNPLACED
from services.console.partner_names import names_of
from services.console.rendering import segment
from services.console.visit import Visit

PAGE_ROWS = 25
COUNTED = 10
"""Of what waits elsewhere the desk counts this far: a number of more says no more to do."""
CASE_ROWS = 10
"""Each has a form of its own, so a page of them is long."""
UNDECIDED = ("draft", "submitted", "waiting", "in_review", "action_required")
"""States that are counted: few registrations are in one of them, however many there are."""
DONE = ("match", "unmatch", "case")
LAST_ANSWERS = 10
"""Answers that can be taken back from the page; older ones over the API."""


class Request(NamedTuple):
    """What a partner asks for (an extension, to keep a deal reported lost), until when to answer, its registration."""

    kind: str
    answer_by: str
    registration: dict[str, Any]


async def queue(visit: Visit) -> Response:
    """Registrations that a person must decide, and the state of the channel."""
    get, cursor = visit.api.get, visit.asked("cursor")
    waiting, asked, states, matches, cases, conflicts, wins = await asyncio.gather(
        get("/v1/pipeline", state="in_review", sort="submitted_at", limit=PAGE_ROWS, cursor=cursor),
        requests(visit.api),
        get("/v1/pipeline/summary", group_by="state", state=UNDECIDED, amounts="false"),
        get("/v1/matches", state="open", limit=COUNTED),
        get("/v1/cases", state="open", limit=COUNTED, fields="case"),
        get("/v1/conflicts", state="open", limit=COUNTED, fields="conflict"),
        get("/v1/opportunities", **UNPLACED, limit=COUNTED, fields="opportunity"),
    )
    return visit.show(
        "desk.html",
        items=waiting["items"],
        following=cursor_of(waiting["next"]),
        requests=asked,
        names=await names_of(visit, (one["partner"] for one in [*waiting["items"], *(a.registration for a in asked)])),
        counts=states["groups"],
        others=[
            ("customers", _count(matches)),
            ("cases", _count(cases)),
            ("conflicts", _count(conflicts)),
            ("wins", _count(wins)),
        ],
        decided=await just_decided(visit),
        done=_done(visit),
    )


async def requests(api: Asked) -> list[Request]:
    """What partners ask for, what must be answered soonest first."""
    extensions, objections = await asyncio.gather(
        api.get("/v1/pipeline", asks="extension", sort="extension_until", limit=PAGE_ROWS),
        api.get("/v1/pipeline", asks="objection", sort="loss_until", limit=PAGE_ROWS),
    )
    found = [Request("extension", one["extension_until"], one) for one in extensions["items"]]
    found += [Request("objection", one["loss_until"], one) for one in objections["items"]]
    return sorted(found, key=lambda one: one.answer_by)


async def customers(visit: Visit) -> Response:
    """Customers that may be one: both as their partners wrote them, their spellings aligned; and the last answers."""
    get = visit.api.get
    found, answered = await asyncio.gather(
        get("/v1/matches", state="open", sort="decide_by", limit=PAGE_ROWS, cursor=visit.asked("cursor")),
        get("/v1/matches", state="decided", revoked="false", sort="-decided_at", limit=LAST_ANSWERS),
    )
    return visit.show(
        "customers.html",
        items=[(one, _spellings(one)) for one in found["items"]],
        answered=[] if visit.asked("cursor") else answered["items"],
        names=await names_of(visit, (side["partner"] for one in found["items"] for side in one["sides"])),
        following=cursor_of(found["next"]),
        done=_done(visit),
    )


def _spellings(match: dict[str, Any]) -> list[Run]:
    """The names of both sides, aligned; nothing where one is not known."""
    names = [side["customer"]["legal_name"] for side in match["sides"] if side.get("customer")]
    return aligned(*names) if len(names) == 2 else []


async def cases(visit: Visit) -> Response:
    """Wins against a holder, with what they hold of its money; one alone where the address names it."""
    if named := visit.asked("case"):
        one = await visit.api.get(f"/v1/cases/{segment(named)}")
        items, following = [one] if one["state"] == "open" else [], ""
    else:
        found = await visit.api.get(
            "/v1/cases", state="open", sort="opened_at", limit=CASE_ROWS, cursor=visit.asked("cursor")
        )
        items, following = found["items"], cursor_of(found["next"])
    names = await names_of(visit, (one[whose] for one in items for whose in ("partner", "winner_partner")))
    return visit.show(
        "cases.html", items=items, following=following, one_alone=bool(named), names=names, done=_done(visit)
    )


def _count(page: dict[str, Any]) -> str:
    return f"{len(page['items'])}+" if page["next"] else str(len(page["items"]))


def _done(visit: Visit) -> str:
    return visit.asked("done") if visit.asked("done") in DONE else ""
