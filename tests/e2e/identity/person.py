"""A person with a browser who signs in at a provider: fills in its forms and is sent back."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from tests.e2e.channel import Channel
from tests.e2e.console.person import Person as _Person
from tests.e2e.identity.real import Real
from tests.until import until

MOST_STEPS = 12
MANAGER = {
    "name": "channel manager",
    "when": [{"claim": "groups", "value": "managers"}],
    "scopes": ["reviews:write", "pipeline:read", "payouts:read", "events:read", "credentials:admin"],
}
SELLER = {
    "name": "seller",
    "when": [{"claim": "groups", "value": "sellers"}],
    "partner_claim": "partner_id",
    "scopes": ["registrations:write", "pipeline:read", "payouts:read", "events:read"],
}


def start(channel: Channel, provider: str = "staff") -> str:
    """Where signing in by the vendor's provider begins."""
    return f"/console/sign-in/{channel.vendor}/{provider}"


async def configured(channel: Channel, issuer: str, provider: str = "staff", **more: Any) -> httpx.Response:
    """Set up a provider of this vendor by the API."""
    document = {"name": "Staff", "issuer": issuer, "roles": [MANAGER, SELLER], **more}
    return await channel.send("PUT", f"/v1/identity-providers/{provider}", document)


async def joined(channel: Channel, at: Real, provider: str = "staff", **more: Any) -> dict[str, Any]:
    """A client of the console at the real provider, and the provider set up for it."""
    answer_at = f"{channel.stack.base_url}{start(channel, provider)}/answer"
    after = f"{channel.stack.base_url}/console/sign-in"
    client = await at.registered(
        redirect_uris=[answer_at], scope="openid profile groups", post_logout_redirect_uris=[after]
    )
    answer = await configured(
        channel, at.issuer, provider,
        client_id=client["client_id"], client_secret=client["client_secret"],
        asks_for=["openid", "profile", "groups"], **more,
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return client


async def audited(channel: Channel, asked: str, count: int) -> list[dict[str, Any]]:
    """What the audit trail says, once it has so many acts."""

    async def found() -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await channel.read(f"/v1/audit?{asked}"))["items"]
        return items if len(items) >= count else []

    return await until(found)


class Person(_Person):
    """Whoever uses the browser."""

    async def at_provider(self, where: str, subject: str) -> str:
        """Sign in at the provider as this person; return the address to which it sends the browser back."""
        async with httpx.AsyncClient(timeout=60) as page:
            answer = await page.get(where)
            for _ in range(MOST_STEPS):
                if answer.status_code in (302, 303):
                    following = urljoin(str(answer.url), answer.headers["location"])
                    if urlsplit(following).path.startswith("/console/"):
                        return following
                    answer = await page.get(following)
                else:
                    assert answer.status_code == 200, answer.text
                    [action] = re.findall(r'action="([^"]+)"', answer.text)
                    [prompt] = re.findall(r'name="prompt" value="([^"]+)"', answer.text)
                    answer = await page.post(
                        urljoin(str(answer.url), action), data={"prompt": prompt, "login": subject, "password": "x"}
                    )
        raise AssertionError("the provider never sent the browser back")

    async def begun(self, path: str) -> str:
        """The address at the provider that the console leads to."""
        answer = await self.get(path)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    async def signed_in(self, path: str, subject: str) -> httpx.Response:
        """The console's answer to somebody whom the provider sent back."""
        return await self.get(await self.at_provider(await self.begun(path), subject))
