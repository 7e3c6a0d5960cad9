"""One Chromium for all of these tests, and one channel in which there is something of everything."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest_asyncio

from dealreg.runtime.in_process import Stack
from tests.chromium import CHROMIUM, OPTIONS, importable, lacking
from tests.conftest import missing
from tests.e2e.browser.visitor import Visitor
from tests.e2e.channel import Channel
from tests.e2e.console.person import Person
from tests.e2e.console.test_crawl import told

At = Callable[..., Awaitable[Visitor]]


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def chromium() -> AsyncIterator[Any]:
    """The browser; each visitor has cookies of its own in it."""
    if reason := lacking():
        missing("Chromium", OSError(reason))
    importable()
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def channel(running: Stack) -> Channel:
    """A vendor with a history: nobody changes anything of it."""
    vendor = f"shown-{uuid4().hex[:12]}"
    await running.vendor(vendor, importing_from=Channel.START)
    opened = await Channel.open(running, vendor, day=0)
    await told(opened)
    return opened


@pytest_asyncio.fixture(loop_scope="session")
async def at(chromium: Any) -> AsyncIterator[At]:
    """Sit somebody of a partner, or of the vendor, down at a browser, signed in."""
    async with AsyncExitStack() as stack:

        async def seated(channel: Channel, partner: str | None, language: str = "en", **options: Any) -> Visitor:
            visitor = await stack.enter_async_context(
                Visitor.open(chromium, channel.stack.base_url, language, **options)
            )
            async with Person.browser(channel) as person:
                await visitor.sign_in(await person.link(partner))
            return visitor

        yield seated
