"""What providers publish: where they are asked, and the keys that sign their tokens. Kept for minutes.

A key that nobody has met yet is asked for at once, but not more often than once in `RETRY_SECONDS`: whoever sends
made-up key ids would otherwise have us ask the provider each time. A provider that is away changes nothing for
`STALE_SECONDS`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, RSAKey

from shared.identity.errors import ProviderAway, TokenInvalid
from shared.outward.asking import Client, NoAnswer, is_secure

MAX_AGE_SECONDS = 600.0
"""A key that the provider withdraws works at most so long."""
STALE_SECONDS = 86_400.0
"""How long known keys are good while the provider does not answer."""
RETRY_SECONDS = 10.0
MAX_KEYS = 50
MIN_RSA_BITS = 2_048
_PATH = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Published:
    """A provider's discovery document and its keys, by `kid`."""

    metadata: Mapping[str, Any]
    keys: Mapping[str | None, Key]
    """Under None the only key, where there is just one: its tokens need not name it."""

    def endpoint(self, name: str) -> str:
        """The address of an endpoint; raise `ProviderAway` if the document has none that can be asked."""
        found = self.metadata.get(name)
        try:
            if isinstance(found, str) and (is_secure(found) or not is_secure(self.metadata["issuer"])):
                return found
        except NoAnswer as error:
            raise ProviderAway(f"the provider's {name} cannot be asked: {error}") from error
        raise ProviderAway(f"the provider's document names no {name}; it must be https://…")


@dataclass(slots=True)
class _Known:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    published: Published | None = None
    read_at: float = 0.0
    tried_at: float = float("-inf")
    reason: str = ""


class Keys:
    """Those of every provider that is configured."""

    def __init__(self, client: Client, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._known: dict[str, _Known] = {}

    async def published(self, issuer: str) -> Published:
        """What the provider publishes; raise `ProviderAway`."""
        known = self._known.setdefault(issuer, _Known())
        due = known.published is None or self._clock() - known.read_at > MAX_AGE_SECONDS
        # Whoever comes while one asks again goes on with what is known, instead of waiting for a slow provider.
        if due and (known.published is None or not known.lock.locked()):
            await self._read_again(issuer, known, known.published)
        age = self._clock() - known.read_at
        if known.published is None or age > STALE_SECONDS:
            raise ProviderAway(f"the provider {issuer} cannot be read: {known.reason}")
        return known.published

    async def key(self, issuer: str, kid: str | None) -> Key:
        """The provider's key of this id; raise `ProviderAway`, and `TokenInvalid` if it has none."""
        published = await self.published(issuer)
        if kid not in published.keys:
            await self._read_again(issuer, self._known[issuer], published)
            published = await self.published(issuer)
        found = published.keys.get(kid)
        if found is None:
            raise TokenInvalid("the provider has no key with the kid of this token; get a new token")
        return found

    async def _read_again(self, issuer: str, known: _Known, seen: Published | None) -> None:
        """Read what is published, unless somebody did while this waited, or tried it a moment ago."""
        async with known.lock:
            if known.published is not seen or self._clock() - known.tried_at < RETRY_SECONDS:
                return
            known.tried_at = self._clock()
            try:
                known.published = await self._read(issuer)
                known.read_at = self._clock()
            except NoAnswer as error:
                known.reason = str(error)
            except ProviderAway as error:
                known.reason = error.detail

    async def _read(self, issuer: str) -> Published:
        metadata = await self._get(issuer.rstrip("/") + _PATH)
        if metadata.get("issuer") != issuer:
            # Else one provider could speak for another (OpenID Connect Discovery 1.0, section 4.3).
            raise NoAnswer("its document is another issuer's")
        where = Published(metadata, {}).endpoint("jwks_uri")
        return Published(metadata, _keys((await self._get(where)).get("keys")))

    async def _get(self, url: str) -> dict[str, Any]:
        status, document = await self._client.get(url)
        if status != 200:
            raise NoAnswer(f"it answered with status {status}")
        return document


def _keys(listed: object) -> dict[str | None, Key]:
    """The keys that sign. One that cannot be read is left out: the provider may use it for something else."""
    found: dict[str | None, Key] = {}
    signing = 0
    for one in listed[:MAX_KEYS] if isinstance(listed, list) else ():
        key = _key(one) if isinstance(one, dict) else None
        if key is None:
            continue
        signing += 1
        found[None] = key
        if isinstance(one.get("kid"), str):
            found[one["kid"]] = key
    if signing != 1:
        found.pop(None, None)
    return found


def _key(one: dict[str, Any]) -> Key | None:
    if one.get("kty") not in ("RSA", "EC") or one.get("use") not in (None, "sig"):
        return None
    # Without a private part, whatever was published: nothing is ever signed here.
    public: dict[str, Any] = {
        name: one[name] for name in ("kty", "kid", "alg", "crv", "x", "y", "n", "e") if name in one
    }
    try:
        key = JWKRegistry.import_key(public)
        weak = isinstance(key, RSAKey) and key.raw_value.key_size < MIN_RSA_BITS
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if isinstance(key, RSAKey | ECKey) and not weak else None
