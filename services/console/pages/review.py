"""What a person of the vendor decides: reviews, evidence, customers that may be one, cases."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from services.console.api import Refused
from services.console.decided import PENDING, saying
from services.console.forms import KEY
from services.console.pages.desk import requests
from services.console.pages.registration import IN_WORDS, show
from services.console.rendering import query, segment
from services.console.visit import Visit, go

MOST_WAITING = 500
"""Of the queue that is gone through without deciding; whoever comes to its end begins again."""
TEXTS = ("message", "note")
"""What a reviewer writes: to the partner, and for the vendor alone."""
ANSWERS = ("grant_extension", "refuse_extension", "uphold_objection", "dismiss_objection")
"""Verdicts on what a partner asks for."""
CODED = ("reject", "revoke", "refuse_extension")


async def decided(visit: Visit) -> Response:
    """Decide, then lead to what waits next. Whoever comes second is told by whom it was decided, and what."""
    typed, number = visit.typed, visit.named("registration")
    verdict = typed.line("verdict")
    body: dict[str, Any] = {"verdict": verdict}
    if verdict in CODED and typed.line("code"):
        body["code"] = typed.line("code")
    if verdict == "action_required":
        body["fields"] = typed.all("fields") or [IN_WORDS]
    body |= {name: typed.one(name).strip() for name in TEXTS if typed.line(name)}
    try:
        answer = await visit.api.write(f"/v1/registrations/{segment(number)}/review", body, typed.line(KEY))
    except Refused as refusal:
        errors = refusal.errors or [{"field": "", "message": refusal.detail}]
        again = typed.refused(errors, ("verdict", "code", "fields", *TEXTS))
        return await show(visit, again, refusal.status, by=await _decided_by(visit, number))
    said = saying(number, PENDING if answer["pending"] else verdict)
    return go(await _next(visit, number, answers=verdict in ANSWERS) + said)


async def verified(visit: Visit) -> Response:
    """Say of a piece of evidence that it is true, or not."""
    number = segment(visit.named("registration"))
    body = {"evidence": visit.typed.line("evidence"), "verdict": visit.typed.line("verdict")}
    await visit.api.write(f"/v1/registrations/{number}/verification", body, visit.typed.line(KEY))
    return go(f"/console/registrations/{number}")


async def matched(visit: Visit) -> Response:
    """Say whether two customers are one."""
    body = {"same": visit.typed.line("same") == "yes"}
    await visit.api.write(f"/v1/matches/{segment(visit.named('match'))}/decision", body, visit.typed.line(KEY))
    return go("/console/customers" + query(done="match"))


async def unmatched(visit: Visit) -> Response:
    """Take an answer back: claims that nobody decided are asked about again."""
    await visit.api.write(f"/v1/matches/{segment(visit.named('match'))}/revocation", {}, visit.typed.line(KEY))
    return go("/console/customers" + query(done="unmatch"))


async def following(visit: Visit) -> Response:
    """Lead to what waits behind the registration that is named, without deciding it; at the end, to the desk."""
    found = await visit.api.get("/v1/pipeline", state="in_review", sort="submitted_at", limit=MOST_WAITING)
    waiting = [one["registration"] for one in found["items"]]
    after = visit.asked("after")
    place = waiting.index(after) + 1 if after in waiting else 0
    return go(f"/console/registrations/{segment(waiting[place])}" if place < len(waiting) else "/console/desk")


async def resolved(visit: Visit) -> Response:
    """Decide what a case holds, with a reason for later readers."""
    body = {"verdict": visit.typed.line("verdict"), "reason": visit.typed.line("reason")}
    await visit.api.write(f"/v1/cases/{segment(visit.named('case'))}/resolution", body, visit.typed.line(KEY))
    return go("/console/cases" + query(done="case"))


async def _decided_by(visit: Visit, number: str) -> dict[str, Any] | None:
    """The last decision of a person; None where nobody decided."""
    history = await visit.api.get(f"/v1/registrations/{segment(number)}/history", limit=500)
    decisions = [one for one in history["items"] if one["type"] == "review.decided"]
    return decisions[-1] if decisions else None


async def _next(visit: Visit, number: str, *, answers: bool) -> str:
    """The page of what waited longest beside this one; the desk where nothing does.

    Whoever answers what partners ask for goes on with that, and whoever reviews with the reviews.
    """
    reviews = (await visit.api.get("/v1/pipeline", state="in_review", sort="submitted_at", limit=2))["items"]
    asked = [one.registration for one in await requests(visit.api)]
    waiting = [*asked, *reviews] if answers else [*reviews, *asked]
    others = [one["registration"] for one in waiting if one["registration"] != number]
    return f"/console/registrations/{segment(others[0])}" if others else "/console/desk"
