"""Take a provider's access token in place of a key: the same caller, scopes and partner, as its claims say."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from shared.credentials.caller import Caller
from shared.identity.errors import TokenInvalid
from shared.identity.keys import Keys
from shared.identity.people import People, principal_of
from shared.identity.roles import granted
from shared.identity.store import Provider, Providers
from shared.identity.tokens import SKEW_SECONDS, assert_for, audiences_of, proven, unproven

MAX_CACHED = 10_000
PROVEN_SECONDS = 60.0
"""A signature is good so long without another look: a key that was withdrawn ends soon all the same."""
_TYPES = {"at+jwt": ("at+jwt", "application/at+jwt"), "JWT": ("jwt", "at+jwt", "application/at+jwt")}


@dataclass(frozen=True, slots=True)
class _Proven:
    claims: Mapping[str, Any]
    provider: int
    """The number of the provider's row by which it was read."""
    until: float


class Tokens:
    """Reads access tokens (RFC 9068) of every provider that is configured with an audience."""

    def __init__(self, providers: Providers, people: People, keys: Keys) -> None:
        self.providers = providers
        self.people = people
        self.keys = keys
        self._proven: OrderedDict[bytes, _Proven] = OrderedDict()

    async def authenticate(self, text: str) -> Caller:
        """Return the caller.

        Raises `TokenInvalid`, `TokenExpired`, `RoleMissing`, `IdentityBlocked`, `ProviderAway`.
        """
        _, stated = unproven(text)
        provider = await self._provider(stated)
        claims = await self._claims(text, provider)
        found = granted(provider.document.roles, claims)
        identity = await self.people.arrived(provider, str(claims["sub"]), found.partner)
        return Caller(provider.vendor, principal_of(identity), found.partner, found.scopes, identity)

    def has_met(self, text: str) -> bool:
        """Return whether the token was good in this process a moment ago, without asking anybody."""
        known = self._proven.get(_digest(text))
        return known is not None and time.time() < known.until

    async def _provider(self, stated: Mapping[str, Any]) -> Provider:
        issuer, audiences = stated.get("iss"), audiences_of(stated)
        texts = all("\0" not in one and one.isprintable() for one in audiences)
        found = None
        if isinstance(issuer, str) and issuer.isprintable() and audiences and texts:
            found = await self.providers.of_token(issuer, audiences)
        if found is None:
            raise TokenInvalid(
                "no identity provider here issues tokens with this iss and aud; ask for a token whose audience is the "
                "one that the vendor configured"
            )
        return found

    async def _claims(self, text: str, provider: Provider) -> Mapping[str, Any]:
        digest, document = _digest(text), provider.document
        known = self._proven.get(digest)
        if known is not None and known.provider == provider.number and time.time() < known.until:
            return known.claims
        assert document.audience is not None
        header, _ = unproven(text)
        kind = header.get("typ")
        if not isinstance(kind, str) or kind.lower() not in _TYPES[document.token_type]:
            raise TokenInvalid(f"the token is not an access token: its typ must be {document.token_type}")
        claims = await proven(text, document.issuer, document.algorithms, self.keys)
        ends = assert_for(claims, document.issuer, document.audience)
        until = min(ends + SKEW_SECONDS, time.time() + PROVEN_SECONDS)
        self._proven[digest] = _Proven(claims, provider.number, until)
        self._proven.move_to_end(digest)
        if len(self._proven) > MAX_CACHED:
            self._proven.popitem(last=False)
        return claims


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
