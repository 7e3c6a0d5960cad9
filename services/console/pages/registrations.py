"""Registrations: searched, filtered, sorted, by pages, as a file, and as views saved under a name."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import get_args
from urllib.parse import parse_qs, urlsplit

from starlette.responses import Response

from services.console.api import Listed, Refused
from services.console.forms import Typed
from services.console.partner_names import names_beside, offered
from services.console.rendering import query
from services.console.saved import Choice, Inputs, changed, choice_of, saved_views
from services.console.sheets import sheet
from services.console.visit import Visit
from shared.events.lifecycle import State

PAGE_ROWS = 25
STATES: tuple[str, ...] = get_args(State)
SORTS = (
    "-submitted_at", "submitted_at", "protected_until", "-protected_until", "customer", "-amount", "state",
)  # fmt: skip
MORE_SORTS = (
    "-customer", "amount", "-state", "completed_at", "-completed_at", "close_date", "-close_date", "ended_at",
    "-ended_at", "extension_until", "-extension_until", "loss_until", "-loss_until", "partner", "-partner", "program",
    "-program",
)  # fmt: skip
"""Orders that the list knows too: offered where a saved view has one."""
INPUTS = Inputs(
    "registrations",
    one=("customer", "state", "program", "partner", "sort"),
    several=("state", "program", "partner"),
    rest=("registration", "hold", "asks", "product", "currency", "external_id", "opportunity", "close_from", "close_to",
          "submitted_from", "submitted_before", "protected_before"),
)  # fmt: skip


async def listed(visit: Visit) -> Response:
    """One page of what the reader may see. Its address says all that was chosen, so it can be kept and sent."""
    return await _page(visit, Typed())


async def saved(visit: Visit) -> Response:
    """Save, replace or delete a view of the reader's own."""
    return await changed(visit, _chosen(visit), _page)


async def file(visit: Visit) -> Response:
    """Every matching row, as the API writes it."""
    return await sheet(visit, "/v1/pipeline", "registrations", **_chosen(visit).asked)


def cursor_of(following: str | None) -> str:
    """The cursor in the API's path of the next page; empty on the last page."""
    return parse_qs(urlsplit(following or "").query).get("cursor", [""])[0]


async def _page(visit: Visit, typed: Typed, status: int = 200) -> Response:
    choice, refused = _chosen(visit), []
    try:
        found, forms = await visit.api.listed(
            "/v1/pipeline", **choice.asked, limit=PAGE_ROWS, cursor=visit.asked("cursor")
        )
    except Refused as refusal:
        if refusal.status != 422:
            raise
        (found, forms), refused, status = Listed({"items": [], "next": None}), refusal.errors, 422
    views, partners = await asyncio.gather(saved_views(visit, choice, typed), offered(visit))
    same = {**choice.asked, "saved": views["opened"]["saved_view"] if views["opened"] else ""}
    following = cursor_of(found["next"])
    return visit.show(
        "registrations.html",
        status,
        items=found["items"],
        forms=forms,
        refused=refused,
        chosen=choice.one,
        choice=choice,
        saved=views,
        following=query(**same, cursor=following) if following else "",
        sheet=query(**choice.asked),
        states=STATES,
        sorts=(*SORTS, *(one for one in MORE_SORTS if one == choice.one["sort"])),
        usual=SORTS,
        partner=visit.session.partner is None,
        partners=partners,
        names=await names_beside(visit, partners, (one["partner"] for one in found["items"])),
    )


def _chosen(visit: Visit) -> Choice:
    found = choice_of(visit, INPUTS)
    one, more = dict(found.one), list(found.more)
    if one["state"] not in STATES:
        one["state"] = ""
    if one["sort"] not in (*SORTS, *MORE_SORTS):
        one["sort"] = SORTS[0]
    more = [(name, value) for name, value in more if name != "state" or value in STATES]
    if visit.session.partner is not None:
        # A partner sees its own alone, whatever it names.
        one["partner"], more = "", [pair for pair in more if pair[0] != "partner"]
    return replace(found, one=one, more=tuple(more))
