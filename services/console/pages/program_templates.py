"""Templates and presets: programs to begin with, and what the editor says beside the text of one."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from services.console.api import Refused
from services.console.forms import Typed
from services.console.policy_text import POLICY, SCENARIOS, free_name, on_document
from services.console.rendering import segment
from services.console.visit import Visit
from shared.program_templates.folder import renamed

TEMPLATE = "template"
"""The input that says with which template or preset the text began."""
GRADES = {"first-party": "first", "first-party, in part": "part", "third party": "third"}


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside a text that began with a template or preset."""

    template: dict[str, Any]
    lacking: list[dict[str, Any]]
    """Names in the text that the vendor's own document does not have."""
    proposed: str = ""
    """The program's name in the text, where the template's own is taken."""


async def listed(visit: Visit) -> Response:
    """Every template and preset."""
    found = (await visit.api.get("/v1/program-templates"))["templates"]
    kinds = {kind: [one for one in found if one["kind"] == kind] for kind in ("template", "preset")}
    return visit.show("program_templates.html", templates=kinds["template"], presets=kinds["preset"], grades=GRADES)


async def begun(visit: Visit, name: str) -> tuple[Typed, Beside]:
    """The texts of the template as the editor opens with them, under a program's name that is free."""
    template, known = await asyncio.gather(_read(visit, name), visit.api.get("/v1/programs"))
    program = free_name(name, {one["program"] for one in known["programs"]})
    policy = renamed(_shown_here(template), name, program)
    scenarios = renamed(template["scenario_file"], name, program)
    if not template["document_fits"]:
        scenarios = on_document(scenarios, template["vendor_document"])
    typed = Typed(((TEMPLATE, name), (POLICY, policy), (SCENARIOS, scenarios)))
    return typed, _beside(template, policy, program if program != name else "")


async def beside(visit: Visit, typed: Typed) -> Beside | None:
    """What is said beside a text that was sent; None where it did not begin with a template."""
    name = typed.line(TEMPLATE)
    if not name:
        return None
    try:
        return _beside(await _read(visit, name), typed.one(POLICY))
    except Refused:  # whatever the input says, the text that was sent is shown again
        return None


async def _read(visit: Visit, name: str) -> dict[str, Any]:
    return dict(await visit.api.get(f"/v1/program-templates/{segment(name)}"))


def _beside(template: dict[str, Any], text: str, proposed: str = "") -> Beside:
    # A name that is no longer in the text is no longer missed.
    return Beside(template, [one for one in template["lacking"] if _names(text, one["name"])], proposed)


def _shown_here(template: dict[str, Any]) -> str:
    """The policy, without the comment of a preset on a file that nobody has here: the page says the same."""
    text = str(template["policy"])
    return text.partition("\n")[2] if template["kind"] == "preset" and text.startswith("# Modelled on") else text


def _names(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
