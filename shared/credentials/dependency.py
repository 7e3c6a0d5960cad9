"""The one check of who calls, for both HTTP applications."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import IPv6Address
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
from shared.credentials.rate import RateLimit
from shared.credentials.store import Credentials
from shared.http.problems import TooMany

NETWORK_CHARACTERS = len("2001:0db8:0000:0000")
"""The first 64 bits of an IPv6 address, as they are written out."""

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="`Authorization: Bearer dr_<credential id>_<secret>`",
)


def install_credentials(app: FastAPI, credentials: Credentials, rate: RateLimit) -> None:
    """Gives the application what `caller` and `authenticate` need."""
    app.state.credentials = credentials
    app.state.rate = rate


async def authenticate(request: Request) -> Caller:
    """Who sent the request; raises the errors of credentials, and `TooMany` over the rate limit.

    Leaves RateLimit headers in `request.state.answer_headers` for whatever answer follows.
    """
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text:
        raise CredentialMissing("send Authorization: Bearer dr_<credential id>_<secret>")
    found = await _proven(request, text.strip(" "))
    limit(request, found.credential)
    return found


async def _proven(request: Request, text: str) -> Caller:
    """Whose key it is; raises `TooMany` where the address sent too many wrong ones.

    It then looks up no key that it has not met: whoever guesses costs no question to the database, and whoever worked
    before from the same address goes on working.
    """
    credentials: Credentials = request.app.state.credentials
    failures, address = credentials.failures, address_of(request)
    left = failures.left(address)
    if left < 1 and not credentials.has_met(text):
        request.state.answer_headers = failures.headers(left)
        refused = TooMany(
            f"more than {failures.most} wrong keys a minute came from your address; wait, and check the key"
        )
        refused.retry_after_seconds = failures.wait_seconds(left - 1)
        raise refused
    try:
        return await credentials.authenticate(text)
    except (CredentialUnknown, CredentialExpired, CredentialRevoked):
        failures.take(address)
        raise


def address_of(request: Request) -> str:
    """Where the request came from; of IPv6 the network that one customer has, since it has all its addresses."""
    host = request.client.host if request.client else ""
    if ":" not in host:
        return host
    try:
        return str(IPv6Address(host.partition("%")[0]).exploded[:NETWORK_CHARACTERS])
    except ValueError:
        return host


def limit(request: Request, who: str) -> None:
    """Counts the request against the caller's rate; raises `TooMany`."""
    rate: RateLimit = request.app.state.rate
    left = rate.take(who)
    request.state.answer_headers = rate.headers(left)
    if left < 0:
        raise TooMany(f"more than {rate.most} requests a second; wait a second")


def caller(scope: Scope, *, partners: Scope | None = None) -> Callable[..., Awaitable[Caller]]:
    """A dependency: the caller, who has the scope; raises 401, 403 or 429 problems.

    A credential bound to a partner needs `partners` instead, where that is given.
    """

    async def check(
        request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)] = None
    ) -> Caller:
        found = await authenticate(request)
        found.need(scope if partners is None or found.partner is None else partners)
        return found

    return check
