"""Webhook endpoints of the vendor or of a partner: where events go, what became of each, the secrets that sign them.

The pages are the same for both: the API shows a partner its own endpoints alone, and sends its own feed to them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import Response

from services.console.api import Refused
from services.console.forms import KEY, Typed
from services.console.rendering import query, segment
from services.console.visit import Visit, go

PAGE_ROWS = 50
HERE = "/console/webhooks"
API = "/v1/webhooks"
OUTCOMES = ("delivered", "failed", "given_up")
GRACES = {"day": 86_400, "hour": 3_600, "none": 0}
"""Seconds for which deliveries are signed with the old secret as well."""
NEW = ("url", "name", "types", "ordered", "after")
NEW_OF_VENDOR = (*NEW, "partner")
"""A partner's endpoint always sends the partner's own feed, so its form does not ask whose."""
INPUTS: dict[str, tuple[str, ...]] = {
    "change": ("url", "name", "types", "ordered"), "rotation": ("grace_seconds",), "replay": ("after",),
    "disablement": (), "enablement": (), "test": (), "deletion": (),
}  # fmt: skip
DONE = ("change", "replay", "disablement", "enablement", "test", "deleted")
SURE = frozenset({"rotation", "deletion"})
"""Acts that nobody can undo: a box is ticked first."""
Body = dict[str, Any]


async def listed(visit: Visit) -> Response:
    return await _list(visit, Typed())


async def made(visit: Visit) -> Response:
    """Create an endpoint, and show its secret the only time that anybody sees it."""
    typed = visit.typed
    body = _settings(typed) | _stated(typed, "partner")
    if typed.line("after"):
        body["after"] = _number(typed.line("after"))
    try:
        new = await visit.api.make(API, body)
    except Refused as refusal:
        inputs = NEW_OF_VENDOR if visit.session.partner is None else NEW
        return await _list(visit, typed.refused(_errors(refusal), inputs), refusal.status)
    return visit.show_once("webhook_secret.html", secret=new["secret"], endpoint=new["endpoint"], replaced=None)


async def shown(visit: Visit) -> Response:
    return await _page(visit, Typed())


async def done(visit: Visit) -> Response:
    """Change, rotate, replay, disable, enable, test or delete; what is refused is shown beside what was typed."""
    act, typed, t = visit.named("act"), visit.typed, visit.page.speech.say
    if act not in ACTS:
        return visit.page.show("missing.html", 404, why="missing")
    if act in SURE and typed.one("sure") != "yes":
        unsure = [{"field": "sure", "message": t("webhooks.sure")}]
        return await _page(visit, typed.refused(unsure, ("sure",)), 422, act=act)
    try:
        return await ACTS[act](visit)
    except Refused as refusal:
        return await _page(visit, typed.refused(_errors(refusal), INPUTS[act]), refusal.status, act=act)


async def _list(visit: Visit, typed: Typed, status: int = 200) -> Response:
    found = await visit.api.get(API, limit=PAGE_ROWS, after=visit.asked("after"))
    endpoints = found["webhooks"]
    return visit.show(
        "webhooks.html",
        status,
        endpoints=endpoints,
        following=endpoints[-1]["endpoint"] if found["next"] else "",
        typed=typed,
        done="deleted" if visit.asked("done") == "deleted" else "",
    )


async def _page(visit: Visit, typed: Typed, status: int = 200, *, act: str = "") -> Response:
    outcome = visit.asked("outcome")
    outcome = outcome if outcome in OUTCOMES else ""
    one, log = await asyncio.gather(
        visit.api.get(_path(visit)),
        visit.api.get(f"{_path(visit)}/deliveries", limit=PAGE_ROWS, outcome=outcome, before=visit.asked("before")),
    )
    told = visit.asked("done")
    return visit.show(
        "webhook.html",
        status,
        one=one,
        deliveries=log["deliveries"],
        following=log["deliveries"][-1]["number"] if log["next"] else "",
        outcome=outcome,
        outcomes=OUTCOMES,
        graces=GRACES,
        typed=typed,
        changed=typed if act == "change" else _filled(one),
        act=act,
        done=told if told in DONE else "",
    )


async def _changed(visit: Visit) -> Response:
    await visit.api.write(_path(visit), _settings(visit.typed), visit.typed.line(KEY), method="PATCH")
    return _told(visit, "change")


async def _rotated(visit: Visit) -> Response:
    grace = GRACES.get(visit.typed.one("grace"), GRACES["day"])
    new = await visit.api.make(f"{_path(visit)}/rotation", {"grace_seconds": grace})
    return visit.show_once(
        "webhook_secret.html", secret=new["secret"], endpoint=new["endpoint"], replaced=new["replaced"]
    )


async def _replayed(visit: Visit) -> Response:
    await visit.api.make(f"{_path(visit)}/replay", {"after": _number(visit.typed.line("after"))})
    return _told(visit, "replay")


async def _deleted(visit: Visit) -> Response:
    await visit.api.delete(_path(visit))
    return go(HERE + query(done="deleted"))


def _plain(act: str) -> Callable[[Visit], Awaitable[Response]]:
    """What needs no more than its path."""

    async def acted(visit: Visit) -> Response:
        await visit.api.make(f"{_path(visit)}/{act}", None)
        return _told(visit, act)

    return acted


ACTS: dict[str, Callable[[Visit], Awaitable[Response]]] = {
    "change": _changed, "rotation": _rotated, "replay": _replayed, "deletion": _deleted,
    **{act: _plain(act) for act in ("disablement", "enablement", "test")},
}  # fmt: skip


def _settings(typed: Typed) -> Body:
    given = {"types": typed.lines("types"), "ordered": typed.one("ordered") == "yes"}
    return {**{name: typed.line(name) for name in ("url", "name")}, **given}


def _stated(typed: Typed, *names: str) -> Body:
    return {name: typed.line(name) for name in names if typed.line(name)}


def _number(text: str) -> int | str:
    """The number, or the text as it is: what is no number the API refuses by its field's name."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else text


def _filled(one: Body) -> Typed:
    pairs = [("url", one["url"]), ("name", one["name"]), ("types", "\n".join(one["types"]))]
    return Typed((*pairs, *((("ordered", "yes"),) if one["ordered"] else ())))


def _errors(refusal: Refused) -> list[dict[str, Any]]:
    return refusal.errors or [{"field": "", "message": refusal.detail}]


def _path(visit: Visit) -> str:
    return f"{API}/{segment(visit.named('endpoint'))}"


def _told(visit: Visit, act: str) -> Response:
    return go(f"{HERE}/{segment(visit.named('endpoint'))}" + query(done=act))
