"""Which vendors are sandboxes, known before anything is decided: their keys and connections are named as such."""

from __future__ import annotations

from typing import Any

from shared.credentials.caller import TEST

# A vendor that exists as another one stays what it is, however late it is asked to be a sandbox.
_MARK = """
INSERT INTO registration.sandbox (vendor) SELECT $1
WHERE NOT EXISTS (SELECT FROM registration.directory_vendor WHERE vendor = $1 AND mode <> 'sandbox')
ON CONFLICT DO NOTHING
"""


async def mark_sandbox(connection: Any, vendor: str) -> None:
    """Note that the vendor is a sandbox; again changes nothing."""
    await connection.execute(_MARK, vendor)


async def prefix_of(connection: Any, vendor: str) -> str:
    """Return how ids of the vendor's credentials and connections begin: empty for all but a sandbox."""
    found = await connection.fetchval("SELECT true FROM registration.sandbox WHERE vendor = $1", vendor)
    return TEST if found else ""
