"""A credential without its secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import asyncpg

from shared.values.written import in_utc

Status = Literal["active", "expired", "revoked", "replaced"]

COLUMNS = """
credential_id, vendor, principal, partner, scopes, label, created_at, expires_at, revoked_at, last_used_at,
replaces,
(SELECT newer.credential_id FROM registration.credential newer
 WHERE newer.replaces = credential.credential_id) AS replaced_by,
coalesce(expires_at <= clock_timestamp(), false) AS ended
"""
"""Columns of `registration.credential` that `credential_of` needs."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential and its status."""

    credential: str
    vendor: str
    principal: str
    partner: str | None
    scopes: tuple[str, ...]
    label: str | None
    status: Status
    """`replaced` after a rotation; it still works until `expires_at`."""
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    """The minute of its last use, written about a minute later."""
    replaces: str | None
    replaced_by: str | None


@dataclass(frozen=True, slots=True)
class Replaced:
    """When a rotated key ends."""

    credential: str
    expires_at: datetime
    grace_seconds: int
    """Seconds from the rotation until then: less than requested if the key expires sooner."""


def credential_of(row: asyncpg.Record) -> Credential:
    """Build the credential from a row of `COLUMNS`."""
    values = dict(row)
    ended = values.pop("ended")
    values["scopes"] = tuple(values["scopes"])
    values["credential"] = values.pop("credential_id")
    for name in ("created_at", "expires_at", "revoked_at", "last_used_at"):
        values[name] = in_utc(values[name]) if values[name] else None
    return Credential(status=_status(row, ended), **values)


def _status(row: asyncpg.Record, ended: bool) -> Status:
    if row["revoked_at"] is not None:
        return "revoked"
    if row["replaced_by"] is not None:
        return "replaced"
    return "expired" if ended else "active"
