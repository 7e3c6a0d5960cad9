"""Credentials as rows: create, look up, rotate, revoke. Look-ups are cached for some seconds."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from shared.credentials.caller import (
    Caller,
    CredentialEnded,
    CredentialExpired,
    CredentialNotFound,
    CredentialRevoked,
    CredentialRotated,
    CredentialUnknown,
    LastAdministrator,
)
from shared.credentials.rate import RateLimit
from shared.credentials.recording import created, record, revoked, rotated
from shared.credentials.row import COLUMNS, Credential, Replaced, credential_of
from shared.credentials.sandbox import prefix_of
from shared.credentials.tokens import Token, new_token, read_token
from shared.credentials.uses import Uses
from shared.database import database_errors
from shared.errors import DealregError
from shared.http.echo import echoed
from shared.values import is_identifier
from shared.values.written import in_utc

MAX_CACHED = 10_000
"""Cached look-ups; the oldest is dropped."""
FAILURES_A_MINUTE = 60
"""Failed authentications per address and minute, unless a setting says otherwise."""
MAX_GRACE = timedelta(days=7)
"""The longest that a rotated key can work beside its successor."""

_LOCKED = """
SELECT credential_id, expires_at, expires_at <= clock_timestamp() AS ended FROM registration.credential
WHERE vendor = $1 AND credential_id = $2 AND revoked_at IS NULL FOR UPDATE
"""
_END_AFTER = """
UPDATE registration.credential SET expires_at = least(expires_at, statement_timestamp() + $2) WHERE credential_id = $1
RETURNING expires_at, round(extract(epoch FROM expires_at - statement_timestamp()))::integer AS grace_seconds
"""
_CREATE = f"""
INSERT INTO registration.credential
    (credential_id, vendor, principal, partner, scopes, label, expires_at, secret_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING {COLUMNS}
"""
# The successor keeps the end that the old one had before it was rotated.
_SUCCEED = f"""
INSERT INTO registration.credential
    (credential_id, vendor, principal, partner, scopes, label, expires_at, secret_hash, replaces)
SELECT $1, vendor, principal, partner, scopes, label, $4, $2, credential_id
FROM registration.credential WHERE credential_id = $3 RETURNING {COLUMNS}
"""
# Locked: of two revocations at once, the second sees that the first was there.
_ENDED = "SELECT revoked_at FROM registration.credential WHERE vendor = $1 AND credential_id = $2 FOR UPDATE"
_REVOKE = f"""
UPDATE registration.credential SET revoked_at = coalesce(revoked_at, clock_timestamp())
WHERE vendor = $1 AND credential_id = $2 RETURNING {COLUMNS}
"""
_REVOKE_ALL = f"""
UPDATE registration.credential SET revoked_at = clock_timestamp()
WHERE vendor = $1 AND principal = ANY ($2::text[]) AND revoked_at IS NULL
  AND (expires_at IS NULL OR expires_at > clock_timestamp()) RETURNING {COLUMNS}
"""
_SCOPES_OF = """
SELECT DISTINCT unnest(scopes) AS scope FROM registration.credential
WHERE vendor = $1 AND principal = $2 AND revoked_at IS NULL
  AND (expires_at IS NULL OR expires_at > clock_timestamp())
"""
# Locked in one order: if two administrators revoke themselves at once, the second sees that the first is gone.
_ADMINISTRATORS = """
SELECT credential_id FROM registration.credential
WHERE vendor = $1 AND partner IS NULL AND 'credentials:admin' = ANY (scopes) AND revoked_at IS NULL
  AND (expires_at IS NULL OR expires_at > clock_timestamp())
ORDER BY credential_id FOR UPDATE
"""
_PAGE = f"""
SELECT {COLUMNS} FROM registration.credential
WHERE vendor = $1 AND ($2::text IS NULL OR (created_at, credential_id) >
    (SELECT created_at, credential_id FROM registration.credential WHERE vendor = $1 AND credential_id = $2))
    AND ($4::text IS NULL OR partner = $4)
ORDER BY created_at, credential_id LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class _Known:
    caller: Caller
    secret_hash: bytes
    expires_at: float | None
    revoked: bool


class Credentials:
    """Stores the credentials of all vendors; the result of `authenticate` may be `cache_seconds` old."""

    def __init__(self, pool: asyncpg.Pool, cache_seconds: float, failures_per_minute: int = FAILURES_A_MINUTE) -> None:
        self.failures = RateLimit(failures_per_minute, 60, "failures")
        """Wrong keys, by the address that sent them."""
        self._pool = pool
        self.uses = Uses(pool)
        self._cache_seconds = cache_seconds
        self._cache: OrderedDict[str, tuple[float, _Known | None]] = OrderedDict()

    async def authenticate(self, text: str) -> Caller:
        """Return the caller of the key; raise `CredentialUnknown`, `CredentialRevoked`, `CredentialExpired`."""
        token = read_token(text)
        found = _proven(token, await self._known(token.credential) if token else None)
        self.uses.note(found.credential)
        return found

    def at_hand(self, text: str) -> Caller | None:
        """Return the caller that `authenticate` would return without a query; None where it may do anything else.

        Its use is not noted.
        """
        token = read_token(text)
        cached = self._cached(token.credential) if token else None
        if cached is None:
            return None
        try:
            return _proven(token, cached[1])
        except DealregError:
            return None

    def has_met(self, text: str) -> bool:
        """Return whether the key worked in this process before, without a query."""
        token = read_token(text)
        known = self._cache.get(token.credential) if token else None
        return token is not None and known is not None and known[1] is not None and token.proves(known[1].secret_hash)

    async def create(
        self,
        vendor: str,
        scopes: Sequence[str],
        *,
        principal: str | None = None,
        partner: str | None = None,
        label: str | None = None,
        expires_at: datetime | None = None,
        by: Caller | None = None,
        once: Callable[[Any], Awaitable[None]] | None = None,
    ) -> tuple[Credential, Token]:
        """Create a credential; return it with its key, which is stored nowhere.

        Without `principal` it gets a new one. `by` goes into the audit trail; only keys of a demo or a test have none.
        `once` runs first, in the same transaction, and may forbid it by an error.
        """
        with database_errors():
            async with self._pool.acquire() as connection, connection.transaction():
                if once is not None:
                    await once(connection)
                token = new_token(await prefix_of(connection, vendor))
                row = await connection.fetchrow(
                    _CREATE,
                    token.credential,
                    vendor,
                    principal or f"key:{token.credential}",
                    partner,
                    sorted(set(scopes)),
                    label,
                    expires_at,
                    token.hash,
                )
                made = credential_of(row)
                if by is not None:
                    await record(connection, by, created(by, made))
        return made, token

    async def rotate(
        self, vendor: str, credential: str, *, by: Caller, grace: timedelta = timedelta(0)
    ) -> tuple[Credential, Token, Replaced]:
        """Rotate: return the successor (same principal, scopes, partner), its key, and when the old key ends.

        Raises `CredentialNotFound`, also where the old one was revoked, and `CredentialRotated` or `CredentialEnded`
        where its successor would have to end before it began.
        """
        _assert_identifier(credential)
        with database_errors():
            async with self._pool.acquire() as connection, connection.transaction():
                token = new_token(await prefix_of(connection, vendor))
                # Locked first, so that the second of two concurrent rotations sees the first.
                old = await connection.fetchrow(_LOCKED, vendor, credential)
                if old is None:
                    raise CredentialNotFound(f"there is no active credential {credential}")
                await _assert_rotatable(connection, old)
                end = await connection.fetchrow(_END_AFTER, credential, min(grace, MAX_GRACE))
                row = await connection.fetchrow(_SUCCEED, token.credential, token.hash, credential, old["expires_at"])
                made, ends = credential_of(row), in_utc(end["expires_at"])
                await record(connection, by, rotated(by, credential, made, ends))
        self._cache.pop(credential, None)
        return made, token, Replaced(credential, ends, end["grace_seconds"])

    async def revoke(self, vendor: str, credential: str, *, by: Caller, keep_administrator: bool = False) -> Credential:
        """Revoke the key: at once here, within `cache_seconds` elsewhere; raise `CredentialNotFound`.

        Revoking it again changes nothing and records nothing. With `keep_administrator`, raises `LastAdministrator`
        if no other key could administer the vendor's keys.
        """
        _assert_identifier(credential)
        with database_errors():
            async with self._pool.acquire() as connection, connection.transaction():
                if keep_administrator:
                    await _assert_not_last(connection, vendor, credential)
                before = await connection.fetchrow(_ENDED, vendor, credential)
                if before is None:
                    raise CredentialNotFound(f"there is no credential {credential}")
                ended = credential_of(await connection.fetchrow(_REVOKE, vendor, credential))
                if before["revoked_at"] is None:
                    await record(connection, by, revoked(by, ended))
        self._cache.pop(credential, None)
        return ended

    async def revoke_all(self, connection: Any, vendor: str, principals: Sequence[str], *, by: Caller) -> None:
        """Revoke every key of these principals within the caller's transaction."""
        for row in await connection.fetch(_REVOKE_ALL, vendor, list(principals)):
            ended = credential_of(row)
            await record(connection, by, revoked(by, ended))
            self._cache.pop(ended.credential, None)

    async def scopes_of(self, vendor: str, principal: str) -> frozenset[str]:
        """Return every scope of the principal's active credentials."""
        with database_errors():
            found = await self._pool.fetch(_SCOPES_OF, vendor, principal)
        return frozenset(row["scope"] for row in found)

    async def get(self, vendor: str, credential: str) -> Credential:
        """Return the vendor's credential; raise `CredentialNotFound`."""
        _assert_identifier(credential)
        with database_errors():
            row = await self._pool.fetchrow(
                f"SELECT {COLUMNS} FROM registration.credential WHERE vendor = $1 AND credential_id = $2",
                vendor,
                credential,
            )
        if row is None:
            raise CredentialNotFound(f"there is no credential {credential}")
        return credential_of(row)

    async def of(
        self, vendor: str, *, partner: str | None = None, after: str | None = None, limit: int | None = None
    ) -> list[Credential]:
        """Return up to `limit` of the vendor's credentials after `after`, oldest first, revoked ones included.

        With `partner` only those that are bound to it.

        Raises `CredentialNotFound` if `after` is not one of them.
        """
        if after is not None:
            await self.get(vendor, after)
        with database_errors():
            rows = await self._pool.fetch(_PAGE, vendor, after, limit, partner)
        return [credential_of(row) for row in rows]

    def _cached(self, credential: str) -> tuple[float, _Known | None] | None:
        """Return a look-up, and its time, that is recent enough to be believed."""
        cached = self._cache.get(credential)
        return cached if cached is not None and time.monotonic() - cached[0] < self._cache_seconds else None

    async def _known(self, credential: str) -> _Known | None:
        cached = self._cached(credential)
        if cached is not None:
            return cached[1]
        now = time.monotonic()
        with database_errors():
            row = await self._pool.fetchrow(
                "SELECT vendor, principal, partner, scopes, secret_hash, expires_at, revoked_at "
                "FROM registration.credential WHERE credential_id = $1",
                credential,
            )
        known = None if row is None else _read(credential, row)
        # Dated before the query, so that the cached answer is never older than promised.
        self._cache[credential] = (now, known)
        self._cache.move_to_end(credential)
        if len(self._cache) > MAX_CACHED:
            self._cache.popitem(last=False)
        return known


def _proven(token: Token | None, known: _Known | None) -> Caller:
    """Return whom the key stands for, given what was looked up; raise what `authenticate` raises."""
    if token is None or known is None or not token.proves(known.secret_hash):
        raise CredentialUnknown("the credential is unknown; check that you copied it completely")
    if known.revoked:
        raise CredentialRevoked(f"credential {token.credential} was revoked; use its successor")
    if known.expires_at is not None and known.expires_at <= time.time():
        raise CredentialExpired(f"credential {token.credential} has expired; use its successor or create a new one")
    return known.caller


def _assert_identifier(credential: str) -> None:
    # A text that is not an identifier names no credential, and PostgreSQL does not accept every text.
    if not is_identifier(credential):
        raise CredentialNotFound(f"there is no credential {echoed(credential)}")


def _read(credential: str, row: asyncpg.Record) -> _Known:
    caller = Caller(row["vendor"], row["principal"], row["partner"], frozenset(row["scopes"]), credential)
    expires = row["expires_at"]
    return _Known(caller, row["secret_hash"], expires.timestamp() if expires else None, row["revoked_at"] is not None)


async def _assert_rotatable(connection: Any, old: asyncpg.Record) -> None:
    """Assert that it has no successor and has not ended; raise `CredentialRotated`, `CredentialEnded`."""
    successor = await connection.fetchval(
        "SELECT credential_id FROM registration.credential WHERE replaces = $1 LIMIT 1", old["credential_id"]
    )
    if successor is not None:
        raise CredentialRotated(
            f"credential {old['credential_id']} was already rotated: rotate its successor {successor}, "
            "or create a new credential if that key is lost"
        )
    if old["ended"]:
        raise CredentialEnded(f"credential {old['credential_id']} has expired; create a new one")


async def _assert_not_last(connection: Any, vendor: str, credential: str) -> None:
    """Assert that another credential administers the vendor's keys; raise `LastAdministrator`."""
    if [row["credential_id"] for row in await connection.fetch(_ADMINISTRATORS, vendor)] == [credential]:
        raise LastAdministrator(
            f"credential {credential} is the last one with credentials:admin; create another one first, or ask the "
            f"operator to revoke it: dealreg credential revoke {vendor} {credential}"
        )
