"""The partner's own company: its terms, and what happened to its keys."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response

from services.console.api import Refused
from services.console.rendering import segment
from services.console.visit import Visit

MOST_ACTS = 100


async def shown(visit: Visit) -> Response:
    partner, acts = await asyncio.gather(
        visit.api.get(f"/v1/partners/{segment(str(visit.session.partner))}"), _acts(visit)
    )
    return visit.show("company.html", one=partner, acts=acts)


async def _acts(visit: Visit) -> list[dict[str, Any]]:
    """What was done to the company's keys; nothing for a key that may not follow events."""
    try:
        found = await visit.api.get("/v1/audit", limit=MOST_ACTS)
    except Refused as refusal:
        if refusal.status != 403:
            raise
        return []
    return list(found["items"])
