"""A real provider, and what a test may do to it from behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(slots=True)
class Real:
    """The program `oidc-provider` at one address."""

    issuer: str
    client: httpx.AsyncClient

    @classmethod
    @asynccontextmanager
    async def at(cls, issuer: str) -> AsyncIterator[Real]:
        async with httpx.AsyncClient(base_url=issuer, timeout=60) as client:
            yield cls(issuer, client)

    async def act(self, name: str, given: Any = None) -> dict[str, Any]:
        answer = await self.client.post(f"/test/{name}", json=given or {})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def person(self, subject: str, **claims: Any) -> None:
        """Whoever signs in under this name has these claims from now on."""
        await self.act("people", {subject: claims})

    async def signed(self, claims: dict[str, Any], **header: Any) -> str:
        """A token that the provider's key signed, whatever stands in it."""
        return str((await self.act("sign", {"header": header, "claims": claims}))["token"])

    async def registered(self, **metadata: Any) -> dict[str, Any]:
        """A new client, by dynamic registration."""
        answer = await self.client.post("/reg", json=metadata)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def access_token(self, audience: str, **claims: Any) -> str:
        """An access token for a client of its own, as the provider issues it (RFC 9068)."""
        made = await self.registered(
            grant_types=["client_credentials"], response_types=[], redirect_uris=[], scope="openid"
        )
        await self.person(made["client_id"], **claims)
        answer = await self.client.post(
            "/token",
            data={"grant_type": "client_credentials", "resource": audience, "scope": "api"},
            auth=(made["client_id"], made["client_secret"]),
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])
