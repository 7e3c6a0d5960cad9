"""People who are signed in to the console of the running service, each with a browser of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest_asyncio

from tests.e2e.channel import Channel
from tests.e2e.console.person import Person

SignIn = Callable[..., Awaitable[Person]]


@pytest_asyncio.fixture(loop_scope="session")
async def sign_in() -> AsyncIterator[SignIn]:
    """Sign somebody in: of a partner, or of the vendor."""
    async with AsyncExitStack() as stack:

        async def signed_in(channel: Channel, partner: str | None, language: str = "en") -> Person:
            person = await stack.enter_async_context(Person.browser(channel, language))
            await person.sign_in(partner)
            return person

        yield signed_in
