"""A provider that answers as a test says: with tokens of its choice, late, or with something else."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
"""Under the same id, and nobody's."""


@dataclass(slots=True)
class Hostile:
    """What it publishes and answers; each may be changed at any time."""

    issuer: str
    metadata: dict[str, Any] = field(default_factory=dict)
    keys: list[RSAKey] = field(default_factory=lambda: [KEY])
    id_token: str = ""
    answers: dict[str, Response] = field(default_factory=dict)
    """Instead of what belongs there, by path."""
    late_seconds: float = 0.0
    asked: list[str] = field(default_factory=list)

    def app(self) -> Starlette:
        paths = ("/.well-known/openid-configuration", "/jwks", "/token", "/userinfo")
        under = urlsplit(self.issuer).path
        return Starlette(routes=[Route(f"{under}{path}", self._answer, methods=["GET", "POST"]) for path in paths])

    async def _answer(self, request: Request) -> Response:
        path = request.url.path.removeprefix(urlsplit(self.issuer).path)
        self.asked.append(path)
        await asyncio.sleep(self.late_seconds)
        if path in self.answers:
            return self.answers[path]
        if path == "/jwks":
            return JSONResponse({"keys": [key.as_dict(private=False) for key in self.keys]})
        if path == "/token":
            return JSONResponse({"id_token": self.id_token, "access_token": "opaque", "token_type": "Bearer"})
        return JSONResponse({
            "issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks", "token_endpoint": f"{self.issuer}/token",
            "authorization_endpoint": f"{self.issuer}/authorize", "userinfo_endpoint": f"{self.issuer}/userinfo",
            **self.metadata,
        })  # fmt: skip

    def claims(self, audience: str, **more: Any) -> dict[str, Any]:
        """Good claims for this audience, with what is said otherwise; None leaves one out."""
        now = int(time.time())
        made = {"iss": self.issuer, "aud": audience, "sub": "sam", "iat": now, "exp": now + 600, **more}
        return {name: value for name, value in made.items() if value is not None}


def signed(claims: dict[str, Any], key: Any = KEY, **header: Any) -> str:
    """The claims under this key."""
    stated = {"alg": "RS256", "kid": "one", "typ": "at+jwt", **header}
    return jwt.encode(stated, claims, key, algorithms=[stated["alg"]])


def shared_secret(claims: dict[str, Any], **header: Any) -> str:
    """The claims under the provider's public key, used as the secret of HS256; the library would refuse to make it."""
    stated = f"{_part({'alg': 'HS256', 'kid': 'one', 'typ': 'at+jwt', **header})}.{_part(claims)}"
    found = hmac.digest(KEY.as_pem(private=False), stated.encode(), "sha256")
    return f"{stated}.{base64.urlsafe_b64encode(found).rstrip(b'=').decode()}"


def unsigned(claims: dict[str, Any], **header: Any) -> str:
    """The claims under no key at all."""
    return ".".join((_part({"alg": "none", "typ": "at+jwt", **header}), _part(claims), ""))


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
