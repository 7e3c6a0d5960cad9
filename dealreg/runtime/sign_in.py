"""Sign-in links of the console, made by the operator's commands and the demo."""

from __future__ import annotations

import asyncpg

from services.console.sessions import Sessions, link_path
from shared.credentials import PARTNER_SCOPES, SCOPES, Credentials, operator
from shared.persons import MasterKey
from shared.settings import Settings

MANAGER_SCOPES = tuple(scope for scope in SCOPES if scope != "import")
"""A manager at a desk imports no history."""


async def sign_in_path(
    pool: asyncpg.Pool, settings: Settings, vendor: str, *, partner: str | None, principal: str
) -> str:
    """Make a link for somebody of the partner, or of the vendor, and return its path."""
    sessions = Sessions(pool, MasterKey(settings.master_key_bytes()), Credentials(pool, 0))
    scopes = PARTNER_SCOPES if partner else MANAGER_SCOPES
    token = await sessions.link(vendor, scopes, principal=principal, partner=partner, by=operator(vendor))
    return link_path(token)
