"""Sign somebody in by a provider: OpenID Connect, authorization code with PKCE, state and nonce."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from shared.identity.errors import ProviderAway, ProviderUnknown, TokenInvalid
from shared.identity.keys import Keys, Published
from shared.identity.people import People, principal_of
from shared.identity.roles import Granted, granted
from shared.identity.store import Provider, Providers
from shared.identity.tokens import assert_for, audiences_of, is_token, proven
from shared.outward.asking import Client, NoAnswer

_RANDOM_BYTES = 32
MAX_CODE = 4_096


@dataclass(frozen=True, slots=True)
class Asked:
    """What one sign-in was begun with: only its answer will do."""

    state: str
    nonce: str
    verifier: str

    def __repr__(self) -> str:
        return "Asked(…)"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider sent the browser back with."""

    code: str
    issuer: str | None
    """`iss` of RFC 9207, where the provider sends it."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Somebody whom the provider vouches for, until `ends` (seconds since 1970)."""

    provider: Provider
    identity: str
    granted: Granted
    ends: float

    @property
    def principal(self) -> str:
        return principal_of(self.identity)


def asked() -> Asked:
    """Fresh secrets for one sign-in."""
    return Asked(*(secrets.token_urlsafe(_RANDOM_BYTES) for _ in range(3)))


class SigningIn:
    """Signs people in by the providers that have a client."""

    def __init__(self, providers: Providers, people: People, keys: Keys, client: Client) -> None:
        self.providers = providers
        self._people = people
        self._keys = keys
        self._client = client

    async def provider(self, vendor: str, provider: str) -> Provider:
        """The provider, if people sign in by it; raise `ProviderUnknown`."""
        found = await self.providers.get(vendor, provider)
        if found.document.client_id is None:
            raise ProviderUnknown(f"nobody signs in by the identity provider {provider}: it has no client_id")
        return found

    async def address(self, provider: Provider, one: Asked, redirect_uri: str) -> str:
        """Where the browser goes to sign in; raise `ProviderAway`."""
        published = await self._keys.published(provider.document.issuer)
        challenge = base64.urlsafe_b64encode(sha256(one.verifier.encode()).digest()).rstrip(b"=").decode()
        return _with_query(
            published.endpoint("authorization_endpoint"),
            response_type="code",
            client_id=provider.document.client_id,
            redirect_uri=redirect_uri,
            scope=" ".join(provider.document.asks_for),
            state=one.state,
            nonce=one.nonce,
            code_challenge=challenge,
            code_challenge_method="S256",
        )

    async def sign_out_address(self, provider: Provider, back: str) -> str | None:
        """Where the browser goes to sign out at the provider too; None if it has no such place."""
        published = await self._keys.published(provider.document.issuer)
        if "end_session_endpoint" not in published.metadata:
            return None
        where = published.endpoint("end_session_endpoint")
        return _with_query(where, client_id=provider.document.client_id, post_logout_redirect_uri=back)

    async def arrived(self, provider: Provider, one: Asked, answer: Answer, redirect_uri: str) -> Arrived:
        """Exchange the code, and read who came and with which role.

        Raises `TokenInvalid`, `TokenExpired`, `RoleMissing`, `IdentityBlocked`, `ProviderAway`.
        """
        published = await self._keys.published(provider.document.issuer)
        _assert_issuer(provider, published, answer)
        tokens = await self._exchanged(provider, published, one, answer.code, redirect_uri)
        claims = await self._claims(provider, tokens, one.nonce)
        ends = float(claims["exp"])
        if provider.document.userinfo:
            claims = {**await self._userinfo(published, tokens, claims["sub"]), **claims}
        found = granted(provider.document.roles, claims)
        identity = await self._people.arrived(provider, str(claims["sub"]), found.partner)
        minutes = provider.document.session_minutes
        return Arrived(provider, identity, found, ends if minutes is None else time.time() + minutes * 60)

    async def _exchanged(
        self, provider: Provider, published: Published, one: Asked, code: str, redirect_uri: str
    ) -> Mapping[str, Any]:
        client_id, secret = provider.document.client_id, await self.providers.secret(provider)
        assert client_id is not None
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": one.verifier,
        }
        stated: dict[str, str] = {}
        if secret is not None and _takes_basic(published.metadata):
            stated["Authorization"] = _basic(client_id, secret)
        else:
            form |= {"client_id": client_id, **({"client_secret": secret} if secret is not None else {})}
        try:
            status, found = await self._client.post(published.endpoint("token_endpoint"), form, stated)
        except NoAnswer as error:
            raise ProviderAway(f"the provider's token endpoint cannot be asked: {error}") from error
        if status >= 500:
            raise ProviderAway(f"the provider's token endpoint answered with status {status}")
        if status != 200:
            raise TokenInvalid(f"the provider refused the sign-in ({_code(found.get('error'))}); begin again")
        return found

    async def _claims(self, provider: Provider, tokens: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        document, token = provider.document, tokens.get("id_token")
        if not isinstance(token, str) or not is_token(token):
            raise TokenInvalid("the provider sent no ID token; does the client ask for the scope openid?")
        claims = await proven(token, document.issuer, document.algorithms, self._keys)
        assert document.client_id is not None
        assert_for(claims, document.issuer, document.client_id)
        # One of several audiences is no party for which it was made, unless it says so (Core 1.0, section 3.1.3.7).
        party = claims.get("azp")
        if party != document.client_id and (party is not None or len(audiences_of(claims)) > 1):
            raise TokenInvalid("the ID token was made for another client (azp)")
        given = claims.get("nonce")
        if not isinstance(given, str) or not secrets.compare_digest(given.encode(), nonce.encode()):
            raise TokenInvalid("the ID token is of another sign-in (nonce); begin again")
        return claims

    async def _userinfo(self, published: Published, tokens: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
        token = tokens.get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise TokenInvalid("the provider sent no access token, so its userinfo cannot be read")
        try:
            status, found = await self._client.get(published.endpoint("userinfo_endpoint"), token)
        except NoAnswer as error:
            raise ProviderAway(f"the provider's userinfo cannot be read: {error}") from error
        if status != 200:
            raise ProviderAway(f"the provider's userinfo answered with status {status}")
        if found.get("sub") != subject:
            raise TokenInvalid("the provider's userinfo is about somebody else (sub)")
        return found


def _assert_issuer(provider: Provider, published: Published, answer: Answer) -> None:
    """Assert that the answer comes from the provider that was asked: another could have sent its own (RFC 9207)."""
    stated = published.metadata.get("authorization_response_iss_parameter_supported") is True
    if (answer.issuer is None and stated) or answer.issuer not in (None, provider.document.issuer):
        raise TokenInvalid("the answer is not from the provider that was asked (iss); begin again")


def _takes_basic(metadata: Mapping[str, Any]) -> bool:
    # The default of discovery (section 3) where it is not stated.
    return "client_secret_basic" in (metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"])


def _basic(client_id: str, secret: str) -> str:
    # Each is form-encoded first (RFC 6749, section 2.3.1).
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _code(error: object) -> str:
    plain = isinstance(error, str) and len(error) <= 60 and error.isascii() and error.replace("_", "").isalpha()
    return str(error) if plain else "without a reason"


def _with_query(url: str, **values: str | None) -> str:
    joined = "&" if urlsplit(url).query else "?"
    return f"{url}{joined}{urlencode({name: value for name, value in values.items() if value is not None})}"
