"""Registering a deal: what the program asks for beforehand, a blind check, then the claim itself."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

from starlette.responses import Response

from services.console.api import Refused
from services.console.fields import CUSTOMER, INPUTS, KINDS, checked, submission
from services.console.forms import ACT, KEY, Typed
from services.console.rendering import query, segment
from services.console.visit import Visit, go
from shared.messages import language

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
    program, programs, offered = await asyncio.gather(
        visit.api.get(f"/v1/programs/{segment(name)}"), visit.api.get("/v1/programs"), visit.api.get("/v1/products")
    )
    if not typed.pairs and (currency := one_currency(programs["programs"], offered["products"])):
        typed = Typed((("amount.currency", currency),))
    return visit.show(
        "register.html",
        status,
        program=program,
        typed=typed,
        answer=answer,
        products=tickable(offered),
        countries=countries(visit.page.speech.tag),
        customer_inputs=CUSTOMER,
        kinds=KINDS,
        needed=needed(program["required_fields"]),
    )


async def choices(visit: Visit) -> list[str]:
    """The products to tick; none where the catalogue is too long for that."""
    return tickable(await visit.api.get("/v1/products"))


def tickable(offered: dict[str, Any]) -> list[str]:
    """The products to tick, of those that are offered."""
    names = [one["product"] for one in offered["products"]]
    return names if len(names) <= MOST_CHOICES else []


def one_currency(programs: list[dict[str, Any]], products: list[dict[str, Any]]) -> str:
    """The currency that the vendor states everything in: gates of its programs, and list prices; empty if several."""
    stated = [gate for one in programs for gate in one["gates"].values() if isinstance(gate, dict)]
    stated += [one["list_price"] for one in products if one.get("list_price")]
    found = {one["currency"] for one in stated if one.get("currency")}
    return found.pop() if len(found) == 1 else ""


@cache
def countries(tag: str) -> list[tuple[str, str]]:
    """Codes of countries with their names in the language, by name."""
    names = language(tag).locale.territories
    return sorted(((code, name) for code, name in names.items() if _is_country(code)), key=lambda one: one[1])


def _is_country(code: str) -> bool:
    # What begins with Q or X, and these, are no countries but areas or codes for private use.
    return len(code) == 2 and code.isalpha() and code[0] not in "QX" and code not in ("EU", "EZ", "UN", "ZZ")


def needed(required: list[str]) -> frozenset[str]:
    """The inputs that a claim needs, or may need as one of several."""
    fields = {field.strip() for one in required for field in one.split("|")}
    whole = {name for name in INPUTS if name.partition(".")[0] in fields}
    return frozenset(fields | whole)
