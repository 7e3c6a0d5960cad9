"""Record an act on a credential or a connection in the transaction that performs it, for the log to be told of."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from shared.credentials.caller import Caller
from shared.credentials.row import Credential
from shared.events import access

# Nobody can know the key in advance: a request under it would otherwise keep the act out of the log for good.
KEY_BYTES = 16
KEY_PREFIX = "administration"

_RECORD = """
INSERT INTO registration.administration (vendor, key, principal, type, content) VALUES ($1, $2, $3, $4, $5)
"""


async def record(session: Any, by: Caller, act: access.AccessEvent) -> None:
    """The act waits for the log, if the caller's transaction commits."""
    content = act.model_dump_json(exclude_defaults=True).encode()
    key = f"{KEY_PREFIX} {secrets.token_hex(KEY_BYTES)}"
    await session.execute(_RECORD, by.vendor, key, by.principal, act.type, content)


def actor(by: Caller) -> str:
    """Who acted, as an event names it: a credential, or the operator."""
    return by.credential or access.OPERATOR


def created(by: Caller, made: Credential) -> access.CredentialCreated:
    """A credential was made."""
    return access.CredentialCreated(
        by=actor(by),
        at=made.created_at,
        credential=made.credential,
        partner=made.partner,
        scopes=made.scopes,
        expires_at=made.expires_at,
    )


def rotated(by: Caller, credential: str, made: Credential, ends: datetime) -> access.CredentialRotated:
    """A credential got this successor, and ends then."""
    return access.CredentialRotated(
        by=actor(by),
        at=made.created_at,
        credential=credential,
        successor=made.credential,
        partner=made.partner,
        scopes=made.scopes,
        expires_at=ends,
    )


def revoked(by: Caller, ended: Credential) -> access.CredentialRevoked:
    """A credential was revoked."""
    assert ended.revoked_at is not None
    return access.CredentialRevoked(
        by=actor(by), at=ended.revoked_at, credential=ended.credential, partner=ended.partner
    )
