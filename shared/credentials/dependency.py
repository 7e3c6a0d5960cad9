"""Authenticate callers, for all HTTP applications."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Protocol

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
from shared.errors import TooMany
from shared.identity.errors import TokenExpired, TokenInvalid
from shared.identity.tokens import is_token

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="`Authorization: Bearer dr_<credential id>_<secret>`, or an access token (RFC 9068) of an identity "
    "provider that the vendor configured",
)
_WRONG = (CredentialUnknown, CredentialExpired, CredentialRevoked, TokenInvalid, TokenExpired)


class Authenticator(Protocol):
    """Whatever turns a text into a caller."""

    async def authenticate(self, text: str) -> Caller: ...

    def has_met(self, text: str) -> bool: ...


def install_credentials(app: FastAPI, credentials: Credentials, rate: RateLimit, tokens: Authenticator) -> None:
    """Give the application what `caller` and `authenticate` need; `tokens` reads those of identity providers."""
    app.state.credentials = credentials
    app.state.tokens = tokens
    app.state.rate = rate


async def authenticate(request: Request) -> Caller:
    """Authenticate the request; raise the errors of credentials, and `TooMany` over the rate limit.

    Leaves RateLimit headers in `request.state.answer_headers` for the response.
    """
    text = key_in(request.headers.get("authorization", ""))
    if text is None:
        raise CredentialMissing(
            "send Authorization: Bearer dr_<credential id>_<secret>, or an access token of your identity provider"
        )
    found = await _proven(request, text)
    limit(request, found.credential)
    return found


def key_in(authorization: str) -> str | None:
    """Return the key that the header brings, whatever it is; None where it brings none."""
    kind, _, text = authorization.partition(" ")
    return text.strip(" ") if kind.lower() == "bearer" and text else None


async def _proven(request: Request, text: str) -> Caller:
    """Look up the key or read the token; raise `TooMany` if the address sent too many wrong ones.

    It then looks up none that it has not met: whoever guesses costs no question to the database or a provider, and
    whoever worked before from the same address goes on working.
    """
    credentials: Credentials = request.app.state.credentials
    known: Authenticator = request.app.state.tokens if is_token(text) else credentials
    failures = Failures(request) if credentials.failures.anybody() else None
    if failures is not None and failures.too_many() and not known.has_met(text):
        raise failures.refusal("key")
    try:
        return await known.authenticate(text)
    except _WRONG:
        (failures or Failures(request)).count()
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
