"""Health: what stands still for this vendor, and why; a failed deadline is armed again here."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response

from services.console.forms import KEY
from services.console.rendering import query
from services.console.visit import Visit, go

DONE = ("armed",)


async def shown(visit: Visit) -> Response:
    """A halt, failed deadlines, entries that views have set aside."""
    decider, parked = await asyncio.gather(visit.api.get("/v1/decider"), visit.api.get("/v1/parked"))
    timers = [{**one, "registration": _registration(one["subject"])} for one in decider["timers"]]
    done = visit.asked("done")
    return visit.show(
        "health.html",
        halted=decider["halted"],
        timers=timers,
        parked=[{**one, "registrations": _registrations(one)} for one in parked["items"]],
        done=done if done in DONE else "",
    )


async def armed(visit: Visit) -> Response:
    """Arm a deadline that failed: it fires at once if it is due."""
    body = {"subject": visit.typed.line("subject"), "timer": visit.typed.line("timer")}
    await visit.api.write("/v1/timers/arm", body, visit.typed.line(KEY))
    return go("/console/health" + query(done="armed"))


def _registrations(parked: dict[str, Any]) -> list[str]:
    return [found for one in parked["subjects"] if (found := _registration(one))]


def _registration(subject: str) -> str:
    """The registration that a subject is; empty for others."""
    kind, _, identity = subject.partition(":")
    return identity if kind == "registration" else ""
