"""Read a token: signature first, then every claim that says for whom it is, and from when until when."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Mapping
from typing import Any

import orjson
from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.util import urlsafe_b64decode

from shared.identity.errors import TokenExpired, TokenInvalid
from shared.identity.keys import Keys

MAX_CHARACTERS = 8_192
"""Headers of a request have 32 kB in all; a token with a hundred groups has about four."""
SKEW_SECONDS = 30
"""How far the provider's clock and ours may be apart."""
MAX_SUBJECT = 255
"""OpenID Connect Core 1.0, section 2."""
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_REFUSED = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def is_token(text: str) -> bool:
    """Whether the text has the form of a signed token (JWS, compact). No key of ours has a dot."""
    return _FORM.fullmatch(text) is not None


def unproven(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims as they are stated, proven by nothing yet; raise `TokenInvalid`."""
    if len(text) > MAX_CHARACTERS:
        raise TokenInvalid(f"a token has at most {MAX_CHARACTERS} characters; ask the provider for fewer claims in it")
    header, claims, _ = (_json(part) if place < 2 else {} for place, part in enumerate(text.split(".")))
    return header, claims


async def proven(text: str, issuer: str, algorithms: Collection[str], keys: Keys) -> Mapping[str, Any]:
    """The claims of a token that the issuer signed; raise `TokenInvalid`, `ProviderAway`."""
    header, _ = unproven(text)
    algorithm, kid = header.get("alg"), header.get("kid")
    # Decided here and not by the key: a public key would do as the secret of a shared-key signature.
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise TokenInvalid(f"the token's alg is not one that this provider is configured for: {', '.join(algorithms)}")
    if kid is not None and not isinstance(kid, str):
        raise TokenInvalid("the token's kid is not a text")
    key = await keys.key(issuer, kid)
    try:
        return jwt.decode(text, key, algorithms=[algorithm]).claims
    except UnsupportedAlgorithmError as error:
        raise TokenInvalid("the token's alg does not fit the key that its kid names") from error
    except (JoseError, ValueError) as error:
        raise TokenInvalid("the token's signature is not the provider's") from error


def assert_for(claims: Mapping[str, Any], issuer: str, audience: str, now: float | None = None) -> float:
    """Assert issuer, audience, subject and times, and return when the token ends.

    Raises `TokenExpired`, `TokenInvalid`; `now` is in seconds since 1970.
    """
    now = time.time() if now is None else now
    if claims.get("iss") != issuer:
        raise TokenInvalid("the token is another issuer's (iss)")
    if audience not in audiences_of(claims):
        raise TokenInvalid(f"the token is not for this service: its aud must contain {audience}")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT or _REFUSED.search(subject):
        raise TokenInvalid(f"the token names nobody: sub must be a text of 1 to {MAX_SUBJECT} characters")
    ends, begun = _moment(claims, "exp"), _moment(claims, "iat")
    if ends + SKEW_SECONDS <= now:
        raise TokenExpired("the token has expired; get a new one from the provider")
    # A token of the future is one of a wrong clock: it would work longer than the provider meant.
    if begun - SKEW_SECONDS > now or ("nbf" in claims and _moment(claims, "nbf") - SKEW_SECONDS > now):
        raise TokenInvalid("the token is not valid yet (iat, nbf); is a clock wrong?")
    return ends


def audiences_of(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """For whom the token is."""
    found = claims.get("aud")
    return tuple(one for one in (found if isinstance(found, list) else [found]) if isinstance(one, str))


def _moment(claims: Mapping[str, Any], name: str) -> float:
    found = claims.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found < 1e11:
        raise TokenInvalid(f"the token has no time in {name}")
    return float(found)


def _json(part: str) -> dict[str, Any]:
    try:
        found = orjson.loads(urlsafe_b64decode(part.encode("ascii")))
    except ValueError as error:
        raise TokenInvalid("the token cannot be read; send it whole") from error
    if not isinstance(found, dict):
        raise TokenInvalid("the token cannot be read; send it whole")
    return found
