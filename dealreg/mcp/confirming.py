"""Carrying a proposal out, with the key of the person who confirms it."""

from __future__ import annotations

from typing import Any

import httpx

from dealreg.mcp.access import TIMEOUT_SECONDS, Access, answered, document
from dealreg.mcp.proposals import ACTS, Proposal

WAIT_SECONDS = 5


async def about(one: Proposal, granted: Access) -> dict[str, Any]:
    """Return what the proposal is about as it is now; empty for something new. Raises `Refused`, `Unavailable`."""
    kind = ACTS[one.act].target
    if kind is None:
        return {}
    plural = {"registration": "registrations", "opportunity": "opportunities", "match": "matches"}[kind]
    async with _client(granted) as client:
        found = document(await answered(client, "GET", f"/v1/{plural}/{one.target}"))
    return {
        name: found[name] for name in ("state", "partner", "customer", "sides", "products", "amount") if found.get(name)
    }


async def carry_out(one: Proposal, granted: Access) -> dict[str, Any]:
    """Send the proposed request, and return what was decided. Raises `Refused`, `Unavailable`.

    The key of the request is the proposal's id, so a request whose answer was lost can be sent again and counts once.
    """
    headers = {"Idempotency-Key": f"mcp-{one.id}", "Prefer": f"wait={WAIT_SECONDS}"}
    async with _client(granted) as client:
        found = document(await answered(client, "POST", one.path, json=one.body, headers=headers))
    return dict(found)


def _client(granted: Access) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {granted.key}"}
    return httpx.AsyncClient(base_url=granted.url, headers=headers, timeout=TIMEOUT_SECONDS)
