"""Claims that meet: each with whom it waits behind now, and side by side with everybody it met."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from services.console.pages.registration import verdicts
from services.console.pages.registrations import cursor_of
from services.console.partner_names import names_of
from services.console.rendering import segment
from services.console.visit import Visit

PAGE_ROWS = 25
MOST_SIDES = 6
"""Claims beside each other; a deal with more is listed by its registrations."""
COMPARED = ("partner", "state", "submitted_at", "completed_at", "protected_until", "close_date", "site", "project")
LIVE = frozenset({"draft", "submitted", "waiting", "in_review", "action_required", "protected"})
HOLDING = frozenset({"protected", "converted"})


async def listed(visit: Visit) -> Response:
    """Claims that meet others."""
    found = await visit.api.get(
        "/v1/conflicts", state="open", sort="detected_at", limit=PAGE_ROWS, cursor=visit.asked("cursor")
    )
    items = found["items"]
    ids = [one["partner"] for one in items]
    ids += [other["partner"] for one in items for other in (*one["behind"], *one["opponents"])]
    names = await names_of(visit, ids)
    return visit.show("conflicts.html", items=items, names=names, following=cursor_of(found["next"]))


async def compared(visit: Visit) -> Response:
    """One claim and those that it meets: what is the same and why, evidence on one line of time, the deciding rule."""
    number = visit.named("registration")
    explanation = await visit.api.get(f"/v1/registrations/{segment(number)}/explanation")
    others = _others(explanation)
    shown = [number, *others[: MOST_SIDES - 1]]
    sides = await asyncio.gather(*(visit.api.get(f"/v1/registrations/{segment(one)}") for one in shown))
    return visit.show(
        "compared.html",
        sides=sides,
        standings=[_standing(one, sides[0]) for one in sides],
        deciding=bool(verdicts(sides[0])),
        more=max(len(others) + 1 - MOST_SIDES, 0),
        rows=COMPARED,
        keys=_keys(explanation, {one["registration"] for one in sides[1:] if one["state"] in LIVE}),
        evidence=_evidence(list(sides)),
        explanation=explanation,
        names=await names_of(visit, (one["partner"] for one in sides)),
    )


def _others(explanation: Mapping[str, Any]) -> list[str]:
    """Registrations beside the claim: those it waits behind, those of open conflicts, then the rest, newest first."""
    rivals = list(reversed(explanation["rivals"]))
    found = [one["registration"] for one in explanation["behind"]]
    found += [one["registration"] for one in rivals if one["outcome"] is None and one["role"] == "claimant"]
    found += [one["registration"] for one in rivals if one["outcome"] is None]
    return list(dict.fromkeys([*found, *(one["registration"] for one in rivals)]))


def _standing(side: Mapping[str, Any], claim: Mapping[str, Any]) -> str:
    """Say where the side stands to the claim now."""
    if side is claim:
        return "claim"
    if side["registration"] in (one["registration"] for one in claim["behind"]):
        return "holder" if side["state"] in HOLDING else "ahead"
    if side["state"] not in LIVE:
        return "ended"
    return "behind" if claim["registration"] in (one["registration"] for one in side["behind"]) else "beside"


def _keys(explanation: Mapping[str, Any], live: set[str]) -> list[str]:
    """Return what makes the claim the same deal as others now: by what it waits, and of open conflicts.

    A rival that ended, and an answer that was taken back, make it nothing any more.
    """
    behind = {one["registration"] for one in explanation["behind"]}
    found = _waited_by(explanation["decisions"], behind)
    for one in explanation["rivals"]:
        holds = one["role"] == "claimant" or not behind
        if one["outcome"] is None and one["registration"] in live and holds:
            found.update(one["keys"])
    return sorted(found)


def _waited_by(decisions: Sequence[Mapping[str, Any]], behind: set[str]) -> set[str]:
    """Return the keys of the last decision by which the claim waits behind one of these."""
    for decision in reversed(decisions):
        for finding in reversed(decision["findings"]):
            if behind & set(finding["rivals"]) and finding["inputs"].get("keys"):
                return set(finding["inputs"]["keys"])
    return set()


def _evidence(sides: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The evidence of all claims in the order of its days."""
    found = [{**one, "partner": side["partner"]} for side in sides for one in side.get("evidence", ())]
    return sorted(found, key=lambda one: str(one["on"]))
