"""Identity providers: real ones on Node, and one that does whatever a test makes it do."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from dealreg.runtime.server import listen, serving, url_of
from tests.e2e.channel import Channel
from tests.e2e.identity.hostile import Hostile
from tests.e2e.identity.person import Person
from tests.e2e.identity.real import Real

ROOT = Path(__file__).parents[3]
INSTALLED = ROOT / ".venv" / "provider"
START_SECONDS = 60


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def real() -> AsyncIterator[dict[str, Real]]:
    """Two providers of one program, by name."""
    node = shutil.which("node")
    if node is None or not (INSTALLED / ".ready").exists():
        told = "make provider installs the identity provider; it needs Node"
        (pytest.fail if os.environ.get("DEALREG_REQUIRE_SERVERS") else pytest.skip)(told)
    shutil.copy(ROOT / "tests" / "oidc" / "provider.js", INSTALLED)
    pipe = asyncio.subprocess.PIPE
    running = await asyncio.create_subprocess_exec(
        node, str(INSTALLED / "provider.js"), stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
    )
    assert running.stdin is not None
    assert running.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            issuers: dict[str, str] = json.loads(await running.stdout.readline())
        async with AsyncExitStack() as stack:
            yield {name: await stack.enter_async_context(Real.at(issuer)) for name, issuer in issuers.items()}
    finally:
        running.stdin.close()
        await running.wait()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def one(real: dict[str, Real]) -> Real:
    return real["one"]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def two(real: dict[str, Real]) -> Real:
    return real["two"]


@pytest_asyncio.fixture(loop_scope="session")
async def hostile() -> AsyncIterator[Hostile]:
    """A provider of this test alone."""
    listener = listen("127.0.0.1", 0)
    # Under a name of its own, since a port comes again and what a provider publishes is remembered.
    found = Hostile(f"{url_of(listener)}/{uuid4().hex[:8]}")
    async with serving(found.app(), listener):
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def browser(live: Channel) -> AsyncIterator[Person]:
    async with Person.browser(live) as person:
        yield person
