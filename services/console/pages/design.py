"""The design system, written down by showing it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from services.console.visit import open_page

COLOURS = ("ground", "surface", "ink", "quiet", "line", "accent", "good", "warn", "bad")
SPACES = ("1", "2", "3", "4", "5")
STATES = ("protected", "waiting", "in_review", "action_required", "rejected", "expired", "converted", "lost")


async def shown(request: Request) -> Response:
    page = await open_page(request)
    return page.show("design.html", colours=COLOURS, spaces=SPACES, states=STATES)
