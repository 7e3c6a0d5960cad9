"""Secrets of webhook endpoints: sealed under the master key, shown once, two of them at work while one is replaced."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from standardwebhooks import Webhook

from shared.persons import MasterKey
from shared.values.written import in_utc

SECRET_BYTES = 32
MAX_GRACE = timedelta(days=7)

_INSERT = """
INSERT INTO webhooks.secret (secret, endpoint, sealed_secret) VALUES ($1, $2, $3) RETURNING created_at
"""
# After years of rotations a message must not be signed with every secret there ever was.
_FORGET = "DELETE FROM webhooks.secret WHERE endpoint = $1 AND expires_at <= clock_timestamp()"
_END_AFTER = """
WITH ended AS (
    UPDATE webhooks.secret SET expires_at = least(expires_at, statement_timestamp() + $2)
    WHERE endpoint = $1 RETURNING expires_at
)
SELECT max(expires_at) AS expires_at,
    round(extract(epoch FROM max(expires_at) - statement_timestamp()))::integer AS grace_seconds FROM ended
"""
_VALID = """
SELECT secret, sealed_secret, expires_at FROM webhooks.secret
WHERE endpoint = $1 AND (expires_at IS NULL OR expires_at > clock_timestamp()) ORDER BY created_at DESC
"""


@dataclass(frozen=True, slots=True)
class Replaced:
    """When the last of the secrets from before a rotation ends."""

    expires_at: datetime
    grace_seconds: int


class Signer:
    """Signs messages of one endpoint with each of its secrets that has not ended."""

    def __init__(self, known: Sequence[tuple[Webhook, datetime | None]]) -> None:
        self._known = known

    def headers(self, message: str, at: datetime, body: bytes) -> dict[str, str]:
        """The three headers of Standard Webhooks, the newest secret's signature first."""
        text = body.decode()
        signed = [one.sign(message, at, text) for one, ends in self._known if ends is None or at < ends]
        return {
            "webhook-id": message,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signed),
        }


class Secrets:
    """Makes, ends and opens the secrets of endpoints within the caller's transaction."""

    def __init__(self, master_key: MasterKey) -> None:
        self._master = master_key

    async def add(self, session: Any, endpoint: str) -> tuple[str, datetime]:
        """Store a new secret; return it as it is shown once (`whsec_…`), and when it was made."""
        secret, name = os.urandom(SECRET_BYTES), secrets.token_hex(8)
        sealed = self._master.wrap(secret, _context(endpoint, name))
        made_at = await session.fetchval(_INSERT, name, endpoint, sealed)
        return "whsec_" + base64.b64encode(secret).decode(), in_utc(made_at)

    async def end(self, session: Any, endpoint: str, grace: timedelta) -> Replaced:
        """Let every secret so far end after that time, or sooner where it ends sooner."""
        await session.execute(_FORGET, endpoint)
        ended = await session.fetchrow(_END_AFTER, endpoint, min(grace, MAX_GRACE))
        return Replaced(in_utc(ended["expires_at"]), ended["grace_seconds"])

    async def signer(self, session: Any, endpoint: str) -> Signer:
        """Return the signer of the secrets that are valid now."""
        rows = await session.fetch(_VALID, endpoint)
        return Signer([(self._webhook(endpoint, row), row["expires_at"]) for row in rows])

    def _webhook(self, endpoint: str, row: Any) -> Webhook:
        return Webhook(self._master.unwrap(row["sealed_secret"], _context(endpoint, row["secret"])))


def now() -> datetime:
    """The moment that a message is signed for."""
    return datetime.now(UTC)


def _context(endpoint: str, name: str) -> str:
    return f"webhook|{endpoint}|{name}"
