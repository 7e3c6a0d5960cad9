"""One registration: its clocks, what was decided and why, its evidence, and what can be done now."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from services.console.api import Refused
from services.console.decided import just_decided
from services.console.fields import INPUTS, KINDS, changes, closed, filled, kept, opened
from services.console.forms import KEY, Typed
from services.console.pages.register import choices, countries
from services.console.partner_names import names_of
from services.console.rendering import query, segment
from services.console.visit import Visit, go

MOST_ENTRIES = 500
CLOCKS = (
    "protected_from",
    "protected_until",
    "confirm_by",
    "loss_until",
    "extension_until",
    "extension_to",
    "ended_at",
)
UNDECIDED = frozenset({"draft", "submitted", "waiting", "in_review", "action_required"})
OPEN = UNDECIDED | {"protected"}
REASONS = ("not_qualified", "insufficient_evidence", "existing_customer", "wrong_program", "outside_policy")
"""Codes that a reviewer's form offers; the API takes any."""
ACCESS_KEYS = {"approve": "a", "reject": "r", "action_required": "q", "grant_extension": "a", "refuse_extension": "r"}
"""Letters that choose a verdict, together with the browser's own keys for access."""
ASKABLE = (
    "customer.tax_id", "customer.duns", "customer.domain", "customer.country", "contact", "amount", "close_date",
    "project", "site", "competitor", "evidence", "notes",
)  # fmt: skip
"""Fields that a reviewer's form asks for; the API knows more."""
IN_WORDS = "notes"
"""What is asked for where the reviewer ticks nothing: a question is answered in words."""
KEPT = "kept"
"""Fields that were asked for and that the partner says are right as they are."""

SAID = {
    "extension.requested": "reason", "objection.raised": "reason", "registration.withdrawn": "reason",
    "review.decided": "message",
}  # fmt: skip
"""Entries that carry what somebody wrote to the other side, and where."""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a partner can do with a registration."""

    path: str
    inputs: tuple[str, ...]
    states: frozenset[str]


ACTS: dict[str, Act] = {
    "amendment": Act("", (), OPEN),
    "evidence": Act("evidence", ("kind", "on", "note"), OPEN),
    "extension": Act("extension", ("reason",), frozenset({"protected"})),
    "confirmation": Act("confirmation", (), frozenset({"waiting"})),
    "objection": Act("objection", ("reason",), frozenset({"protected"})),
    "withdrawal": Act("withdrawal", ("reason",), OPEN),
}


async def shown(visit: Visit) -> Response:
    """Everything about one registration."""
    return await show(visit, Typed())


async def show(visit: Visit, typed: Typed, status: int = 200, *, by: dict[str, Any] | None = None) -> Response:
    """The page, with what a reviewer typed and who decided before."""
    path, partner = _path(visit), visit.session.partner is not None
    found, explanation, history = await asyncio.gather(
        visit.api.get(path), visit.api.get(f"{path}/explanation"), visit.api.get(f"{path}/history", limit=MOST_ENTRIES)
    )
    if found.get("state") == "pending":
        return visit.show("pending.html", registration=visit.named("registration"))
    done = visit.asked("done")
    return visit.show(
        "registration.html",
        status,
        one=found,
        names=await names_of(visit, [found["partner"]]),
        explanation=explanation,
        history=[(entry, said(entry)) for entry in history["items"]],
        letters=letters(found, history["items"]),
        clocks=CLOCKS,
        acts=acts(found) if partner else [],
        verdicts=[] if partner else verdicts(found),
        reasons=REASONS,
        keys=ACCESS_KEYS,
        askable=ASKABLE,
        by=by,
        typed=typed,
        decided=await just_decided(visit) if not partner else None,
        done=done if done in ACTS or done == "registered" else "",
    )


def said(entry: dict[str, Any]) -> str:
    """What somebody wrote with this entry; empty where nobody did, or where it was erased."""
    return str(entry["data"].get(SAID.get(entry["type"], "")) or "")


def letters(found: dict[str, Any], history: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What waits for an answer, in the words of who asks: a reviewer's question, a partner's reasons."""
    asked = {
        "review.decided": found["state"] == "action_required",
        "extension.requested": found["extension_until"] is not None,
        "objection.raised": found["objected"],
    }
    latest = {entry["type"]: said(entry) for entry in history if asked.get(entry["type"])}
    return [(kind, text) for kind, text in latest.items() if text]


def verdicts(found: dict[str, Any]) -> list[str]:
    """What a reviewer can decide about the registration now."""
    possible = ["approve", "reject", "action_required"] if found["state"] in UNDECIDED else []
    if found["state"] == "protected":
        possible += ["grant_extension", "refuse_extension"] if found["extension_until"] else []
        possible += ["uphold_objection", "dismiss_objection"] if found["objected"] else []
        possible.append("revoke")
    return possible


def acts(found: dict[str, Any]) -> list[str]:
    """What its partner can do with the registration now."""
    possible = [name for name, act in ACTS.items() if found["state"] in act.states]
    if found["hold"] != "confirmation":
        possible = [name for name in possible if name != "confirmation"]
    offered = {"extension": found["extension_offered"], "objection": found["objection_offered"]}
    return [name for name in possible if offered.get(name, True)]


async def asked(visit: Visit) -> Response:
    """A form that says what follows from the act."""
    return await _form(visit, None)


async def done(visit: Visit) -> Response:
    """Do it; what is refused is shown beside what was typed."""
    name = visit.named("act")
    if name not in ACTS:
        return visit.page.show("missing.html", 404, why="missing")
    try:
        answer = await _write(visit, name)
    except Refused as refusal:
        return await _form(visit, visit.typed.refused(_errors(refusal), _inputs(name)), refusal.status)
    return go(
        f"/console/registrations/{segment(visit.named('registration'))}" + query(done="" if answer["pending"] else name)
    )


async def _write(visit: Visit, name: str) -> dict[str, Any]:
    path, typed, key = _path(visit), visit.typed, visit.typed.line(KEY)
    if name == "amendment":
        found = await visit.api.get(path)
        patch = kept(changes(typed, found, found["open_fields"]), found, typed.all(KEPT))
        _assert_open(visit, patch, found)
        headers = {"Content-Type": "application/merge-patch+json", "If-Match": f'"{typed.line("revision")}"'}
        return await visit.api.write(path, patch, key, method="PATCH", headers=headers)
    body = {one: typed.line(one) for one in ACTS[name].inputs if typed.line(one)}
    return await visit.api.write(f"{path}/{ACTS[name].path}", body, key)


def _assert_open(visit: Visit, patch: dict[str, Any], found: dict[str, Any]) -> None:
    """Raise `Refused` where nothing is changed, or what may not change now: nothing that was typed is left out."""
    t, typed = visit.page.speech.say, visit.typed
    errors = [
        {"field": "", "message": t("amendment.closed", field=t(f"field.{name}"), text=_typed(typed, name) or "none")}
        for name in closed(patch, found["open_fields"])
    ]
    if not patch:
        errors = [{"field": "", "message": t("amendment.nothing")}]
    if errors:
        raise Refused(422, {"errors": errors})


def _typed(typed: Typed, field: str) -> str:
    """All that was typed for the field, in one line."""
    return " ".join(value for name, value in typed.pairs if value and (name == field or name.startswith(f"{field}.")))


async def _form(visit: Visit, typed: Typed | None, status: int = 200) -> Response:
    name = visit.named("act")
    found = await visit.api.get(_path(visit))
    if name not in ACTS or found.get("state") == "pending":
        return visit.page.show("missing.html", 404, why="missing")
    begun = typed or (filled(found) if name == "amendment" else Typed())
    products = await choices(visit) if name == "amendment" else []
    if products:
        products = list(dict.fromkeys([*products, *found["products"]]))
    return visit.show(
        "act.html",
        status,
        one=found,
        act=name,
        typed=begun,
        kinds=KINDS,
        inputs=_inputs(name),
        products=products,
        countries=countries(visit.page.speech.tag),
        asked=opened(found["open_fields"]) if name == "amendment" else (),
        keepable=[one for one in found["open_fields"] if one != "evidence"],
        letters=await _letters(visit, found) if name == "amendment" else [],
    )


async def _letters(visit: Visit, found: dict[str, Any]) -> list[tuple[str, str]]:
    """The reviewer's question, if one is asked."""
    if found["state"] != "action_required":
        return []
    return letters(found, (await visit.api.get(f"{_path(visit)}/history", limit=MOST_ENTRIES))["items"])


def _inputs(name: str) -> tuple[str, ...]:
    return INPUTS if name == "amendment" else ACTS[name].inputs


def _errors(refusal: Refused) -> list[dict[str, str]]:
    return refusal.errors or [{"field": "", "message": refusal.detail}]


def _path(visit: Visit) -> str:
    return f"/v1/registrations/{segment(visit.named('registration'))}"
