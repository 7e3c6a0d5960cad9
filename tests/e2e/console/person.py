"""A person with a browser: follows links, fills in forms, sees what is shown; no script runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from services.console.sessions import Sessions, link_path
from shared.credentials import PARTNER_SCOPES, SCOPES, Credentials
from shared.persons import MasterKey
from tests.e2e.channel import Channel
from tests.e2e.console.html import Shown, shown

FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Person:
    """Whoever uses the browser."""

    channel: Channel
    client: httpx.AsyncClient

    @classmethod
    @asynccontextmanager
    async def browser(cls, channel: Channel, language: str = "en") -> AsyncIterator[Person]:
        headers = {"Accept-Language": language}
        url = channel.stack.base_url
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
            yield cls(channel, client)

    @property
    def origin(self) -> str:
        return str(self.client.base_url).rstrip("/")

    async def link(self, partner: str | None, principal: str | None = None, scopes: Sequence[str] | None = None) -> str:
        """A fresh sign-in link of this vendor, with every scope that there is for such a person unless said."""
        stack = self.channel.stack
        sessions = Sessions(
            stack.pool, MasterKey(stack.settings.master_key_bytes()), Credentials(stack.pool, cache_seconds=0)
        )
        most = PARTNER_SCOPES if partner else [one for one in SCOPES if one != "import"]
        token = await sessions.link(
            self.channel.vendor,
            scopes or most,
            principal=principal or f"person:{partner or 'manager'}",
            partner=partner,
        )
        return link_path(token)

    async def sign_in(
        self, partner: str | None, principal: str | None = None, scopes: Sequence[str] | None = None
    ) -> None:
        page = await self.see(await self.link(partner, principal, scopes))
        answer = await self.submit(page)
        assert answer.status_code == 303, answer.text

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=headers)

    async def see(self, path: str, status: int = 200) -> Shown:
        """The page at the path, which must be one."""
        answer = await self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:2_000])
        return shown(path, answer)

    async def post(self, path: str, pairs: list[tuple[str, str]], **headers: str) -> httpx.Response:
        """Send a form as a browser does."""
        stated = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin", "Content-Type": FORM, **headers}
        return await self.client.post(path, content=urlencode(pairs), headers=stated)

    async def submit(self, page: Shown, number: int = -1, button: str = "", **typed: Any) -> httpx.Response:
        """Fill in a form of the page, the last one unless said, and press a button of it."""
        form = page.forms[number]
        pairs = form.filled(typed, button)
        return await self.post(form.action or page.path, pairs)

    async def follow(self, answer: httpx.Response) -> Shown:
        """The page that the answer leads to."""
        assert answer.status_code == 303, answer.text
        return await self.see(answer.headers["location"])
