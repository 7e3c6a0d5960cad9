"""Partners: what they are measured by, what they have open, and the facts that the vendor states about them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from services.console.api import Refused
from services.console.forms import KEY, Typed
from services.console.pages import targets
from services.console.rendering import query, segment
from services.console.visit import Visit, go
from shared.credentials import PARTNER_SCOPES

PAGE_ROWS = 25
SHOWN = 10
"""Registrations of a partner's page; the rest is a link away."""
MOST_KEYS = 100
OPEN = ("draft", "submitted", "waiting", "in_review", "action_required", "protected")
MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}
Body = dict[str, Any]


async def listed(visit: Visit) -> Response:
    """One page of partners, each with how much it has open."""
    after = visit.asked("after")
    found = await visit.api.get("/v1/partners", limit=PAGE_ROWS, after=after)
    partners = found["partners"]
    named = [one["partner"] for one in partners]
    summary, aims = await asyncio.gather(
        visit.api.get("/v1/pipeline/summary", group_by="partner", state=OPEN, partner=named, amounts="false"),
        targets.running(visit, named),
    )
    return visit.show(
        "partners.html",
        partners=partners,
        open={one["key"]: one["registrations"] for one in summary["groups"]},
        aims=aims,
        percent=targets.percent,
        following=partners[-1]["partner"] if found["next"] else "",
    )


async def shown(visit: Visit) -> Response:
    return await _page(visit, Typed())


async def done(visit: Visit) -> Response:
    """State a fact about the partner; what is refused is shown beside what was typed."""
    act, typed = visit.named("act"), visit.typed
    if act not in ACTS:
        return visit.page.show("missing.html", 404, why="missing")
    path, body, method = ACTS[act](typed)
    key = typed.line(KEY)
    try:
        headers = MERGE_PATCH if method == "PATCH" else None
        answer = await visit.api.write(f"{_path(visit)}{path}", body, key, method=method, headers=headers)
    except Refused as refusal:
        return await _page(visit, typed.refused(_errors(refusal), INPUTS[act]), refusal.status, act=act)
    return go(_here(visit) + query(done="pending" if answer["pending"] else act))


async def keyed(visit: Visit) -> Response:
    """Make a key of the partner's, and show it the only time that anybody sees it."""
    typed = visit.typed
    body: Body = {"partner": visit.named("partner"), "scopes": typed.all("scopes")}
    if typed.line("label"):
        body["label"] = typed.line("label")
    if typed.line("expires_at"):
        body["expires_at"] = f"{typed.line('expires_at')}T00:00:00Z"
    try:
        made = await visit.api.make("/v1/credentials", body)
    except Refused as refusal:
        return await _page(visit, typed.refused(_errors(refusal), INPUTS["key"]), refusal.status, act="key")
    return visit.show_once("partner_key.html", made=made, partner=visit.named("partner"))


async def revoked(visit: Visit) -> Response:
    """End a key of the partner's."""
    await visit.api.delete(f"/v1/credentials/{segment(visit.named('credential'))}")
    return go(_here(visit) + query(done="revoked"))


async def _page(visit: Visit, typed: Typed, status: int = 200, *, act: str = "") -> Response:
    partner = visit.named("partner")
    one, document, registrations, keys, aims = await asyncio.gather(
        visit.api.get(_path(visit)),
        visit.api.get("/v1/vendor/document"),
        visit.api.get("/v1/pipeline", partner=partner, limit=SHOWN),
        visit.api.get("/v1/credentials", partner=partner, limit=MOST_KEYS),
        targets.running(visit, [partner]),
    )
    told = visit.asked("done")
    return visit.show(
        "partner.html",
        status,
        one=one,
        document=document,
        aims=aims.get(partner, []),
        items=registrations["items"],
        more=registrations["next"] is not None,
        keys=[key for key in keys["credentials"] if key["status"] != "revoked"],
        scopes=PARTNER_SCOPES,
        typed=typed if act else _filled(one),
        act=act,
        done=told if told in DONE else "",
        **targets.drawn(),
    )


def _filled(one: Body) -> Typed:
    """The form of the partner's terms, as they are."""
    pairs = [(name, one[name] or "") for name in ("name", "partner_type", "tier")]
    pairs.append(("segments", "\n".join(f"{name}: {value}" for name, value in one["segments"].items())))
    pairs += [("territories", name) for name in one["territories"]]
    return Typed((*pairs, ("segments_before", " ".join(one["segments"]))))


def _changed(typed: Typed) -> tuple[str, Body, str]:
    body: Body = {name: typed.line(name) for name in ("name", "partner_type", "tier") if typed.line(name)}
    now = dict(_segment(line) for line in typed.lines("segments"))
    # A merge patch takes away what it names as null.
    gone = [name for name in typed.line("segments_before").split() if name not in now]
    return "", {**body, "segments": {**now, **dict.fromkeys(gone)}, "territories": typed.all("territories")}, "PATCH"


def _segment(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip(), value.strip()


def _certified(typed: Typed) -> tuple[str, Body, str]:
    return "/certifications", _stated(typed, "certification", "valid_until"), "POST"


def _scored(typed: Typed) -> tuple[str, Body, str]:
    return "/scores", _stated(typed, "score", "value"), "POST"


def _suspended(typed: Typed) -> tuple[str, Body, str]:
    return "/suspension", _stated(typed, "reason"), "POST"


def _reinstated(typed: Typed) -> tuple[str, Body, str]:
    return "/reinstatement", _stated(typed, "reason"), "POST"


ACTS: dict[str, Callable[[Typed], tuple[str, Body, str]]] = {
    "terms": _changed, "certification": _certified, "score": _scored, "suspension": _suspended,
    "reinstatement": _reinstated,
}  # fmt: skip
INPUTS: dict[str, tuple[str, ...]] = {
    "terms": ("name", "partner_type", "tier", "segments", "territories"),
    "certification": ("certification", "valid_until"), "score": ("score", "value"), "suspension": ("reason",),
    "reinstatement": ("reason",), "key": ("scopes", "label", "expires_at"),
}  # fmt: skip
DONE = (*ACTS, "revoked", "pending")


def _stated(typed: Typed, *names: str) -> Body:
    return {name: typed.line(name) for name in names if typed.line(name)}


def _errors(refusal: Refused) -> list[dict[str, Any]]:
    return refusal.errors or [{"field": "", "message": refusal.detail}]


def _path(visit: Visit) -> str:
    return f"/v1/partners/{segment(visit.named('partner'))}"


def _here(visit: Visit) -> str:
    return f"/console/partners/{segment(visit.named('partner'))}"
