"""Measures: the channel in numbers as of any day's end, drawn and as a table; each number opens."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.responses import Response

from services.console.api import Refused
from services.console.chart import KINDS, Line, chart
from services.console.forms import Typed
from services.console.pages.registrations import cursor_of
from services.console.partner_names import names_beside, names_of, offered
from services.console.rendering import query
from services.console.saved import Choice, Inputs, changed, choice_of, saved_views
from services.console.sheets import sheet
from services.console.visit import Visit

GROUPS = ("partner", "program", "product", "territory", "segment", "month")
FILTERS = ("partner", "program", "product", "territory", "segment", "currency", "month_from", "month_to")
INPUTS = Inputs(
    "measures",
    one=("group_by", "as_of", *FILTERS),
    several=("partner", "program", "product", "territory", "segment", "currency"),
    unsaved=("as_of",),
)
SHOWN = ("registrations", "approved", "active", "won", "lost", "expired", "conflicts")
"""Numbers of each group in the table."""
REST = (
    "open", "rejected", "withdrawn", "closed", "released", "revoked", "reviewed", "clock_running", "clock_met",
    "clock_missed", "conflicts_open", "conflicts_promoted", "conflicts_rejected", "conflicts_withdrawn",
    "conflicts_closed", "conflicts_no_longer_same_deal", "conflicts_holder_ended",
)  # fmt: skip
"""The others, of all together."""
MOST_GROUPS = 20
"""Groups of a page, unless its reader asks for all of them."""
READ_GROUPS = 500
"""Groups that are read, to say how many more there are, and to show them; a file has every one."""
PAGE_ROWS = 25
ROLES = ("sourced", "influenced", "fulfilled")
SHARES = (
    "partner", "program", "product", "territory", "segment", "currency", "house", "by", "date_from", "date_to", "role",
    "as_of",
)  # fmt: skip
"""Filters of the list of shares, as the API names them."""
REACHED = ("reached_from", "reached_to")
"""Filters of the list alone: the days on which its number was reached."""
_LIST = "/console/measures/registrations"
_SHARES = "/console/measures/shares"


async def shown(visit: Visit) -> Response:
    """Numbers by one thing. Its address says all that was chosen, so it can be kept and sent."""
    return await _page(visit, Typed())


async def saved(visit: Visit) -> Response:
    """Save, replace or delete a view of the reader's own."""
    return await changed(visit, _chosen(visit), _page)


async def _page(visit: Visit, typed: Typed, status: int = 200) -> Response:
    choice = _chosen(visit)
    chosen = choice.asked
    refused: list[dict[str, Any]] = []
    try:
        (found, forms), revenue, views = await asyncio.gather(
            visit.api.listed("/v1/measures", **chosen, limit=READ_GROUPS),
            _revenue(visit, chosen),
            saved_views(visit, choice, typed),
        )
    except Refused as refusal:
        if refusal.status != 422:
            raise
        refused, status, revenue = refusal.errors, 422, None
        (found, forms), views = await asyncio.gather(
            visit.api.listed("/v1/measures"), saved_views(visit, choice, typed)
        )
    day, speech = date.fromisoformat(found["as_of"]), visit.page.speech
    most = READ_GROUPS if visit.asked("groups") == "all" else MOST_GROUPS
    groups, won = found["groups"][:most], _in_order(revenue, found["groups"])
    partners, keys = await offered(visit), [one["key"] for one in (*groups, *won[:most])]
    return visit.show(
        "measures.html",
        status,
        found=found,
        forms=forms,
        refused=refused,
        chosen=choice.one,
        choice=choice,
        saved=views,
        sheet=query(**chosen),
        shown_groups=groups,
        more=_more(found["groups"], most),
        won=won[:most],
        more_won=_more(won, most),
        every=query(**chosen, groups="all"),
        groups=GROUPS,
        numbers=SHOWN,
        rest=[one for one in REST if found["total"][one]],
        opens=opens,
        shares=shares,
        revenue=revenue,
        roles=ROLES,
        funnel=chart([Line(one, (found["total"][one],)) for one in KINDS], speech.direction, speech.number),
        bars=chart(
            [Line(one["key"] or "", tuple(one[kind] for kind in KINDS)) for one in groups],
            speech.direction,
            speech.number,
        ),
        kinds=KINDS,
        earlier=(day.replace(day=1) - timedelta(days=1)).isoformat(),
        later=_later(day).isoformat(),
        partner=visit.session.partner is None,
        partners=partners,
        names=await names_beside(visit, partners, keys if choice.one["group_by"] == "partner" else ()),
    )


async def file(visit: Visit) -> Response:
    """All groups, as the API writes them."""
    return await sheet(visit, "/v1/measures", "measures", **_chosen(visit).asked)


async def revenue_file(visit: Visit) -> Response:
    """Won value of all groups, as the API writes it."""
    return await sheet(visit, "/v1/measures/revenue", "revenue", **_chosen(visit).asked)


async def listed(visit: Visit) -> Response:
    """One page of the registrations that a number counts."""
    chosen = {name: visit.asked(name) for name in (*FILTERS, *REACHED, "as_of", "of")}
    found, forms = await visit.api.listed(
        "/v1/measures/registrations", **chosen, limit=PAGE_ROWS, cursor=visit.asked("cursor")
    )
    return visit.show(
        "measured.html",
        found=found,
        items=found["items"],
        names=await names_of(visit, (one["partner"] for one in found["items"])),
        forms=forms,
        of=chosen["of"] or "registrations",
        same=query(**chosen),
        following=query(**chosen, cursor=cursor_of(found["next"])) if found["next"] else "",
        partner=visit.session.partner is None,
    )


async def listed_file(visit: Visit) -> Response:
    """All of these registrations, as the API writes them."""
    chosen = {name: visit.asked(name) for name in (*FILTERS, *REACHED, "as_of", "of")}
    return await sheet(visit, "/v1/measures/registrations", "registrations", **chosen)


def opens(group: dict[str, Any], of: str) -> str:
    """The console's path of the list that one number of a group counts."""
    return _LIST + query(**dict(parse_qsl(urlsplit(group["opens"]).query)), of=of)


async def shared(visit: Visit) -> Response:
    """One page of the shares of won deals that an amount is the sum of."""
    chosen = {name: visit.asked(name) for name in SHARES}
    found, forms = await visit.api.listed("/v1/credits", **chosen, limit=PAGE_ROWS, cursor=visit.asked("cursor"))
    return visit.show(
        "shares.html",
        items=found["items"],
        names=await names_of(visit, (one["partner"] for one in found["items"])),
        forms=forms,
        following=query(**chosen, cursor=cursor_of(found["next"])) if found["next"] else "",
        same=query(**chosen),
        partner=visit.session.partner is None,
    )


async def shared_file(visit: Visit) -> Response:
    """All of these shares, as the API writes them."""
    return await sheet(visit, "/v1/credits", "shares", **{name: visit.asked(name) for name in SHARES})


def shares(group: dict[str, Any], role: str) -> str:
    """The console's path of the shares of one role in a group."""
    return _SHARES + query(**dict(parse_qsl(urlsplit(group["opens"]).query)), role=role)


async def _revenue(visit: Visit, chosen: dict[str, Any]) -> Any:
    """Won value by role, by the same thing; None where the reader may not see money."""
    try:
        return await visit.api.get("/v1/measures/revenue", **chosen)
    except Refused as refusal:
        if refusal.status != 403:
            raise
        return None


def _in_order(revenue: Any, groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the groups of won value in the order of those counted, others behind them; months in their own order."""
    if revenue is None:
        return []
    if revenue["group_by"] == "month":
        return list(revenue["groups"])
    places = {one["key"]: place for place, one in enumerate(groups) if one["key"] is not None}
    return sorted(revenue["groups"], key=lambda one: places.get(one["key"], len(places)))


def _more(groups: list[dict[str, Any]], most: int) -> str:
    """Say how many groups are not shown; empty where all are."""
    left = len(groups) - most
    if len(groups) >= READ_GROUPS:
        return f"{left}+" if left > 0 else "1+"
    return str(left) if left > 0 else ""


def _later(day: date) -> date:
    """The end of the month, or of the next one where the day is its month's last."""
    following = (day + timedelta(days=1)).replace(day=1) + timedelta(days=31)
    return following.replace(day=1) - timedelta(days=1)


def _chosen(visit: Visit) -> Choice:
    found = choice_of(visit, INPUTS)
    group_by = found.one["group_by"]
    stated = {
        "group_by": group_by if group_by in GROUPS else GROUPS[0],
        # A button of a month beside the day wins over it.
        "as_of": visit.asked("at") or found.one["as_of"],
    }
    return replace(found, one={**found.one, **stated})
