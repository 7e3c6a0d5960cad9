"""Programs: what is published, and the editor in which the next version is written, checked, tried and published."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response

from services.console.api import Refused
from services.console.forms import ACT, KEY, Typed
from services.console.pages.program_templates import GRADES, Beside, begun, beside
from services.console.pages.register import choices
from services.console.policy_text import (
    BEGINNING,
    POLICY,
    SCENARIOS,
    dated,
    findings,
    numbered,
    scenarios_for,
)
from services.console.rendering import SCRIPT_PATH, query, segment
from services.console.visit import Visit, go

EFFECTIVE = "effective_from"
INPUTS = (POLICY, SCENARIOS, EFFECTIVE)
CHECK, TRY, PUBLISH, CONFIRM, EDIT = "check", "try", "publish", "confirm", "edit"
MOST_VERSIONS = 20
"""Versions whose state is shown; older ones are listed by number alone."""
STATES = ("published", "in_force", "superseded")
DONE = ("published", "withdrawn", "pending")


async def listed(visit: Visit) -> Response:
    """Every program with its versions."""
    found = (await visit.api.get("/v1/programs"))["programs"]
    return visit.show("policies.html", programs=found, done=_done(visit))


async def shown(visit: Visit, typed: Typed | None = None, status: int = 200) -> Response:
    """One program: its terms, and every version with what became of it."""
    path = _path(visit)
    program = await visit.api.get(path)
    newest = list(reversed(program["versions"]))
    versions = await asyncio.gather(*(visit.api.get(f"{path}/versions/{one}") for one in newest[:MOST_VERSIONS]))
    return visit.show(
        "policy_versions.html",
        status,
        program=program,
        versions=versions,
        older=newest[MOST_VERSIONS:],
        typed=typed or Typed(),
        done=_done(visit),
    )


async def withdrawn(visit: Visit) -> Response:
    """Withdraw the program for new claims."""
    if visit.typed.one("sure") != "yes":
        t = visit.page.speech.say
        error = {"field": "sure", "message": t("policy.sure")}
        return await shown(visit, visit.typed.refused([error], ("sure",)), 422)
    reason = visit.typed.line("reason")
    answer = await visit.api.write(f"{_path(visit)}/withdrawal", {"reason": reason} if reason else {}, _key(visit))
    return go(f"/console/programs/{segment(visit.named('program'))}" + query(done=_after(answer, "withdrawn")))


async def edited(visit: Visit) -> Response:
    """The editor, with a template or a published version to begin with, or with the shortest policy there is."""
    if name := visit.asked("from"):
        typed, said = await begun(visit, name)
        return _shown(visit, typed, said=said)
    program, version = visit.asked("program"), visit.asked("version")
    text = BEGINNING
    if program:
        path = f"/v1/programs/{segment(program)}"
        known = (await visit.api.get(path))["versions"]
        text = await visit.api.yaml(f"{path}/versions/{segment(version or str(known[-1]))}")
        text = numbered(text, max(known) + 1)
    typed = Typed(((POLICY, text), (SCENARIOS, scenarios_for(await choices(visit)))))
    return _shown(visit, typed, fresh=not program)


async def sent(visit: Visit) -> Response:
    """Check, try, or publish; whatever comes of it, both texts are there again."""
    typed = _with_day(visit.typed)
    act, text = typed.one(ACT), typed.one(POLICY)
    if act == EDIT:
        return await _editor(visit, typed)
    try:
        if act == TRY:
            return await _tried(visit, typed)
        if act == CONFIRM:
            answer = await visit.api.write("/v1/programs", text, _key(visit))
            return go("/console/programs" + query(done=_after(answer, "published")))
        checked = await visit.api.ask("/v1/programs?check=true", text)
    except Refused as refusal:
        wrong = findings(text, refusal.errors, refusal.detail)
        return await _editor(visit, typed.rekeyed(), refusal.status, wrong=wrong)
    if act == PUBLISH:
        return visit.show("policy_publish.html", typed=typed, checked=checked)
    return await _editor(visit, typed, checked=checked)


async def _tried(visit: Visit, typed: Typed) -> Response:
    body = {"policy": typed.one(POLICY), "scenarios": typed.one(SCENARIOS)}
    try:
        report = await visit.api.ask("/v1/scenarios", body)
    except Refused as refusal:
        scenarios = refusal.code.startswith("scenario.")
        wrong = findings(typed.one(SCENARIOS if scenarios else POLICY), refusal.errors, refusal.detail)
        return await _editor(visit, typed, refusal.status, wrong=wrong, of_scenarios=scenarios)
    return await _editor(visit, typed, report=report)


async def _editor(visit: Visit, typed: Typed, status: int = 200, **found: Any) -> Response:
    """The editor with texts that were sent, and what came of them."""
    return _shown(visit, typed, status, said=await beside(visit, typed), **found)


def _shown(
    visit: Visit,
    typed: Typed,
    status: int = 200,
    *,
    said: Beside | None = None,
    fresh: bool = False,
    wrong: list[Any] | None = None,
    of_scenarios: bool = False,
    checked: dict[str, Any] | None = None,
    report: dict[str, Any] | None = None,
) -> Response:
    return visit.show(
        "policy.html",
        status,
        typed=typed,
        said=said,
        fresh=fresh,
        grades=GRADES,
        wrong=wrong or [],
        of_scenarios=of_scenarios,
        checked=checked,
        report=report,
        script=SCRIPT_PATH,
    )


def _with_day(typed: Typed) -> Typed:
    """The text with the day that was chosen beside it; and lines as the API counts them."""
    text = typed.one(POLICY).replace("\r\n", "\n")
    day = typed.line(EFFECTIVE)
    pairs = [(name, value.replace("\r\n", "\n")) for name, value in typed.pairs if name not in (POLICY, EFFECTIVE)]
    return Typed((*pairs, (POLICY, dated(text, day) if day else text)))


def _key(visit: Visit) -> str:
    return visit.typed.line(KEY)


def _after(answer: dict[str, Any], done: str) -> str:
    return "pending" if answer["pending"] else done


def _path(visit: Visit) -> str:
    return f"/v1/programs/{segment(visit.named('program'))}"


def _done(visit: Visit) -> str:
    return visit.asked("done") if visit.asked("done") in DONE else ""
