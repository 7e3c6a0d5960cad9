"""A provider's keys: kept for minutes, asked for again at a bounded rate, good for a day while it is away."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from shared.identity.errors import ProviderAway, TokenInvalid
from shared.identity.keys import MAX_AGE_SECONDS, RETRY_SECONDS, STALE_SECONDS, Keys
from shared.outward.asking import NoAnswer

ISSUER = "https://login.example"
GOOD = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


class Provider:
    """Answers from memory, and counts."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = [dict(GOOD.as_dict(private=True))]
        self.away = False
        self.asked = 0
        self.now = 0.0

    async def get(self, url: str, bearer: str | None = None) -> tuple[int, dict[str, Any]]:
        await asyncio.sleep(0)
        if self.away:
            raise NoAnswer("it is away")
        if url.endswith("/jwks"):
            self.asked += 1
            return 200, {"keys": self.keys}
        return 200, {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/jwks"}


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def keys(provider: Provider) -> Keys:
    return Keys(provider, lambda: provider.now)  # type: ignore[arg-type]


async def test_keys_are_asked_for_once_by_however_many(provider: Provider, keys: Keys) -> None:
    found = await asyncio.gather(*(keys.key(ISSUER, "one") for _ in range(20)))
    assert (provider.asked, len({id(one) for one in found})) == (1, 1)
    assert not found[0].is_private, "nothing is ever signed here"


async def test_an_unknown_key_is_asked_for_at_a_bounded_rate(provider: Provider, keys: Keys) -> None:
    await keys.key(ISSUER, "one")
    for number in range(100):
        with pytest.raises(TokenInvalid):
            await keys.key(ISSUER, f"made up {number}")
    assert provider.asked == 1
    provider.now += RETRY_SECONDS
    for number in range(100):
        with pytest.raises(TokenInvalid):
            await keys.key(ISSUER, f"made up {number}")
    assert provider.asked == 2


async def test_a_key_that_is_withdrawn_ends_within_minutes(provider: Provider, keys: Keys) -> None:
    await keys.key(ISSUER, "one")
    provider.keys = [dict(RSAKey.generate_key(2048, {"kid": "two"}).as_dict(private=False))]
    provider.now += MAX_AGE_SECONDS
    await keys.key(ISSUER, "one")
    provider.now += 1
    with pytest.raises(TokenInvalid):
        await keys.key(ISSUER, "one")
    await keys.key(ISSUER, "two")


async def test_a_provider_that_is_away_leaves_known_keys_good_for_a_day(provider: Provider, keys: Keys) -> None:
    provider.away = True
    with pytest.raises(ProviderAway):
        await keys.key(ISSUER, "one")
    provider.away = False
    provider.now += RETRY_SECONDS
    await keys.key(ISSUER, "one")
    provider.away = True
    provider.now += STALE_SECONDS
    await keys.key(ISSUER, "one")
    provider.now += 1
    with pytest.raises(ProviderAway):
        await keys.key(ISSUER, "one")


async def test_only_keys_that_sign_and_are_strong_are_taken(provider: Provider, keys: Keys) -> None:
    weak = {"kty": "RSA", "kid": "weak", "e": "AQAB", "n": "x" * 170}
    secret = dict(OctKey.generate_key(256, {"kid": "secret"}).as_dict(private=True))
    encrypts = dict(RSAKey.generate_key(2048, {"kid": "encrypts", "use": "enc"}).as_dict(private=False))
    curve = dict(ECKey.generate_key("P-256", {"kid": "curve"}).as_dict(private=False))
    provider.keys = [weak, secret, encrypts, {"kty": "RSA", "kid": "broken"}, {"kid": "bare"}, {}, curve]
    assert (await keys.key(ISSUER, "curve")).key_type == "EC"
    assert await keys.key(ISSUER, None) is await keys.key(ISSUER, "curve"), "the only one need not be named"
    for kid in ("weak", "secret", "encrypts", "broken", "bare"):
        with pytest.raises(TokenInvalid):
            await keys.key(ISSUER, kid)


async def test_of_several_keys_a_token_names_one(provider: Provider, keys: Keys) -> None:
    provider.keys.append(dict(RSAKey.generate_key(2048, {"kid": "two"}).as_dict(private=False)))
    with pytest.raises(TokenInvalid):
        await keys.key(ISSUER, None)
