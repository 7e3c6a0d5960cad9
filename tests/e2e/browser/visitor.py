"""Somebody at a real browser: opens pages, fills in forms, presses keys; what the browser asks and says is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

LOCALES = {"en": "en-GB", "ar": "ar-EG"}
DIRECTIONS = {"en": "ltr", "ar": "rtl"}
DESKTOP = {"width": 1280, "height": 900}
MILLISECONDS = 120_000
"""Far above what a page takes: a machine that does other things too is slow, and no test depends on how fast it is."""


@dataclass(slots=True)
class Visitor:
    """One person's browser, with its own cookies."""

    page: Any
    origin: str
    asked: list[str] = field(default_factory=list)
    """The address of every request."""
    said: list[str] = field(default_factory=list)
    """What the browser complains of: policies that were broken, scripts that failed."""

    @classmethod
    @asynccontextmanager
    async def open(cls, chromium: Any, origin: str, language: str = "en", **options: Any) -> AsyncIterator[Visitor]:
        chosen = {"locale": LOCALES[language], "viewport": DESKTOP, "base_url": origin, **options}
        context = await chromium.new_context(**chosen)
        context.set_default_timeout(MILLISECONDS)
        try:
            visitor = cls(await context.new_page(), origin)
            context.on("request", lambda request: visitor.asked.append(request.url))
            context.on("console", lambda message: visitor._heard(message.type, message.text))
            context.on("weberror", lambda error: visitor.said.append(str(error.error)))
            yield visitor
        finally:
            await context.close()

    def _heard(self, kind: str, text: str) -> None:
        # A page that says 404 or 422 is an answer; the browser calls each of them an error.
        if kind in ("error", "warning") and not text.startswith("Failed to load resource: the server responded"):
            self.said.append(text)

    def assert_quiet(self) -> None:
        """Nothing left this origin, and the browser had nothing to complain of."""
        assert {one for one in self.asked if not one.startswith((f"{self.origin}/", "data:"))} == set()
        assert self.said == []

    async def see(self, path: str, status: int = 200) -> None:
        """Open the page at the path."""
        answer = await self.page.goto(path)
        assert answer.status == status, (path, answer.status)

    async def sign_in(self, link: str) -> None:
        """Follow a sign-in link and press its button."""
        await self.see(link)
        await self.page.locator("main button").click()
        await self.page.wait_for_url("**/console**")

    async def text(self) -> str:
        """What the page says, without what the navigation says on each."""
        return " ".join((await self.page.locator("main").inner_text()).split())

    async def follow(self, path: str) -> None:
        """Click the first link there, wherever it stands on the page."""
        await self.page.locator(f'a[href="{path}"]').first.click()
        await self.page.wait_for_load_state()

    async def press(self, button: str) -> None:
        """Press a button by its name and value, such as `act=register`."""
        name, _, value = button.partition("=")
        await self.page.locator(f'button[name="{name}"][value="{value}"]').first.click()
        await self.page.wait_for_load_state()

    async def submit(self, action: str) -> None:
        """Press the main button of the form that is sent there."""
        await self.page.locator(f'form[action="{action}"] button.main').first.click()
        await self.page.wait_for_load_state()

    async def fill(self, **typed: str) -> None:
        """Type into inputs, by their names; two underscores are a dot."""
        for name, value in typed.items():
            await self.page.locator(f'main [name="{name.replace("__", ".")}"]').first.fill(value)
