"""Registering a deal: what the program asks for beforehand, a blind check, then the claim itself."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response

from services.console.api import Refused
from services.console.fields import CUSTOMER, INPUTS, KINDS, checked, submission
from services.console.forms import ACT, KEY, Typed
from services.console.rendering import query, segment
from services.console.visit import Visit, go

MOST_CHOICES = 60
"""Products to tick; a longer catalogue is typed, one a line."""
CHECK = "check"


async def programs(visit: Visit) -> Response:
    """The programs that are open to the partner, each with its terms."""
    found = (await visit.api.get("/v1/programs"))["programs"]
    return visit.show("programs.html", programs=[one for one in found if not one["withdrawn"]])


async def form(visit: Visit) -> Response:
    return await _form(visit, Typed())


async def sent(visit: Visit) -> Response:
    """Check, or register. Whatever comes of it, what was typed is there again."""
    typed, program = visit.typed, visit.named("program")
    try:
        if typed.one(ACT) == CHECK:
            answer = await visit.api.ask("/v1/registrations/check", checked(typed, program))
            return await _form(visit, typed, answer=answer)
        made = await visit.api.write("/v1/registrations", submission(typed, program), typed.line(KEY))
    except Refused as refusal:
        errors = refusal.errors or [{"field": "", "message": refusal.detail}]
        return await _form(visit, typed.refused(errors, INPUTS), status=refusal.status)
    number = _number(made)
    return go(f"/console/registrations/{segment(number)}" + query(done="" if made["pending"] else "registered"))


def _number(made: dict[str, Any]) -> str:
    """The registration's number: of what was decided, or of where it will be found."""
    named = made.get("registration")
    return str(named) if named else str(made["location"]).rpartition("/")[2]


async def _form(visit: Visit, typed: Typed, *, status: int = 200, answer: dict[str, Any] | None = None) -> Response:
    name = visit.named("program")
    program, products = await asyncio.gather(visit.api.get(f"/v1/programs/{segment(name)}"), choices(visit))
    return visit.show(
        "register.html",
        status,
        program=program,
        typed=typed,
        answer=answer,
        products=products,
        customer_inputs=CUSTOMER,
        kinds=KINDS,
        needed=needed(program["required_fields"]),
    )


async def choices(visit: Visit) -> list[str]:
    """The products to tick; none where the catalogue is too long for that."""
    names = [one["product"] for one in (await visit.api.get("/v1/products"))["products"]]
    return names if len(names) <= MOST_CHOICES else []


def needed(required: list[str]) -> frozenset[str]:
    """The inputs that a claim needs, or may need as one of several."""
    fields = {field.strip() for one in required for field in one.split("|")}
    whole = {name for name in INPUTS if name.partition(".")[0] in fields}
    return frozenset(fields | whole)
