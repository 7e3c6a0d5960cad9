"""Authenticate callers, for all HTTP applications."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared.credentials.caller import (
    Caller,
    CredentialExpired,
    CredentialMissing,
    CredentialRevoked,
    CredentialUnknown,
    Scope,
)
from shared.credentials.failures import Failures
from shared.credentials.rate import RateLimit
from shared.credentials.store import Credentials
from shared.http.problems import TooMany

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="`Authorization: Bearer dr_<credential id>_<secret>`",
)


def install_credentials(app: FastAPI, credentials: Credentials, rate: RateLimit) -> None:
    """Give the application what `caller` and `authenticate` need."""
    app.state.credentials = credentials
    app.state.rate = rate


async def authenticate(request: Request) -> Caller:
    """Authenticate the request; raise the errors of credentials, and `TooMany` over the rate limit.

    Leaves RateLimit headers in `request.state.answer_headers` for the response.
    """
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text:
        raise CredentialMissing("send Authorization: Bearer dr_<credential id>_<secret>")
    found = await _proven(request, text.strip(" "))
    limit(request, found.credential)
    return found


async def _proven(request: Request, text: str) -> Caller:
    """Look up the key; raise `TooMany` if the address sent too many wrong ones.

    It then looks up no key that it has not met: whoever guesses costs no question to the database, and whoever worked
    before from the same address goes on working.
    """
    credentials: Credentials = request.app.state.credentials
    failures = Failures(request)
    if failures.too_many() and not credentials.has_met(text):
        raise failures.refusal("key")
    try:
        return await credentials.authenticate(text)
    except (CredentialUnknown, CredentialExpired, CredentialRevoked):
        failures.count()
        raise


def limit(request: Request, who: str) -> None:
    """Count the request against the caller's rate; raise `TooMany`."""
    rate: RateLimit = request.app.state.rate
    left = rate.take(who)
    request.state.answer_headers = rate.headers(left)
    if left < 0:
        raise TooMany(f"more than {rate.most} requests a second; wait a second")


def caller(scope: Scope, *, partners: Scope | None = None) -> Callable[..., Awaitable[Caller]]:
    """Return a dependency that admits callers with the scope; it raises 401, 403 or 429 problems.

    A credential bound to a partner needs `partners` instead, where that is given.
    """

    async def check(
        request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)] = None
    ) -> Caller:
        found = await authenticate(request)
        found.need(scope if partners is None or found.partner is None else partners)
        return found

    return check
