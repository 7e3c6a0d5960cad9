"""Targets: how far each partner is at a day's end; set and dropped on a page of the partner's."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any, get_args
from urllib.parse import parse_qsl, urlsplit

from starlette.responses import Response

from services.console.api import Refused
from services.console.forms import KEY, Typed
from services.console.pages.registrations import cursor_of
from services.console.partner_names import names_beside, offered
from services.console.rendering import query, segment
from services.console.sheets import sheet
from services.console.visit import Visit, go
from shared.events.target import TargetMeasure

PAGE_ROWS = 50
MOST = 500
"""Targets that one page of partners shows."""
FILTERS = ("as_of", "partner")
INPUTS = ("name", "measure", "amount", "currency", "count", "program", "product", "first_day", "last_day")
MEASURES: tuple[str, ...] = get_args(TargetMeasure)
DONE = ("target", "dropping", "pending")
_TENTH = Decimal("0.1")


async def listed(visit: Visit) -> Response:
    """One page of targets, of a partner its own."""
    chosen = {name: visit.asked(name) for name in FILTERS}
    (found, forms), partners = await asyncio.gather(
        visit.api.listed("/v1/measures/targets", **chosen, limit=PAGE_ROWS, cursor=visit.asked("cursor")),
        offered(visit),
    )
    return visit.show(
        "targets.html",
        found=found,
        forms=forms,
        chosen=chosen,
        same=query(**chosen),
        following=query(**chosen, cursor=cursor_of(found["next"])) if found["next"] else "",
        vendor=visit.session.partner is None,
        partners=partners,
        names=await names_beside(visit, partners, (one["partner"] for one in found["items"])),
        **drawn(),
    )


async def file(visit: Visit) -> Response:
    """All of these targets, as the API writes them."""
    return await sheet(visit, "/v1/measures/targets", "targets", **{name: visit.asked(name) for name in FILTERS})


async def edited(visit: Visit) -> Response:
    return await _page(visit, Typed())


async def done(visit: Visit) -> Response:
    """Set a target; what is refused is shown beside what was typed."""
    typed = visit.typed
    try:
        answer = await visit.api.write(f"{_path(visit)}/targets", _stated(typed), typed.line(KEY))
    except Refused as refusal:
        errors = refusal.errors or [{"field": "", "message": refusal.detail}]
        return await _page(visit, typed.refused(errors, INPUTS), refusal.status)
    return go(_here(visit) + query(done="pending" if answer["pending"] else "target"))


async def dropped(visit: Visit) -> Response:
    """Drop a target."""
    typed = visit.typed
    answer = await visit.api.write(f"{_path(visit)}/targets/drop", {"name": typed.line("name")}, typed.line(KEY))
    return go(_here(visit) + query(done="pending" if answer["pending"] else "dropping"))


async def running(visit: Visit, partners: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the targets whose period has this day, of each of the partners; at most fifty of them are asked for."""
    if not partners:
        return {}
    found = await visit.api.get("/v1/measures/targets", partner=partners, running="true", limit=MOST)
    by_partner: dict[str, list[dict[str, Any]]] = {}
    for one in found["items"]:
        by_partner.setdefault(one["partner"], []).append(one)
    return by_partner


def drawn() -> dict[str, Any]:
    """Return what the templates of targets call."""
    return {"percent": percent, "opens": opens}


def percent(share: str) -> str:
    """A share as a percentage, to a tenth."""
    return f"{(Decimal(share) * 100).quantize(_TENTH)} %"


def opens(target: dict[str, Any]) -> str:
    """The console's path of the list of registrations that the target counts."""
    return "/console/measures/registrations" + query(**dict(parse_qsl(urlsplit(target["opens"]).query)))


async def _page(visit: Visit, typed: Typed, status: int = 200) -> Response:
    partner = visit.named("partner")
    one, document, programs, found = await asyncio.gather(
        visit.api.get(_path(visit)),
        visit.api.get("/v1/vendor/document"),
        visit.api.get("/v1/programs"),
        visit.api.get("/v1/measures/targets", partner=partner, sort="-last_day", limit=MOST),
    )
    told = visit.asked("done")
    return visit.show(
        "partner_targets.html",
        status,
        one=one,
        products=[product["product"] for product in document["products"]],
        programs=[program["program"] for program in programs["programs"]],
        measures=MEASURES,
        items=found["items"],
        typed=typed,
        done=told if told in DONE else "",
        **drawn(),
    )


def _stated(typed: Typed) -> dict[str, Any]:
    body: dict[str, Any] = {
        name: typed.line(name)
        for name in ("name", "measure", "program", "product", "first_day", "last_day")
        if typed.line(name)
    }
    if typed.line("amount"):
        body["amount"] = {"amount": typed.line("amount"), "currency": typed.line("currency").upper()}
    count = typed.line("count")
    if count:
        body["count"] = int(count) if count.isascii() and count.isdigit() and len(count) < 10 else count
    return body


def _path(visit: Visit) -> str:
    return f"/v1/partners/{segment(visit.named('partner'))}"


def _here(visit: Visit) -> str:
    return f"/console/partners/{segment(visit.named('partner'))}/targets"
