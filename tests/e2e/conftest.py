"""One real stack for the end-to-end tests: HTTP on a port, decider and views; each test is a vendor of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest_asyncio
from pydantic import SecretStr

from dealreg.runtime.in_process import Stack, stack
from shared.settings import Settings
from tests.conftest import TEST_KEY, FreshDatabase
from tests.e2e.channel import Channel


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def running(fresh_database: FreshDatabase, server_folder: Path) -> AsyncIterator[Stack]:
    """The whole service on the PostgreSQL log; to the end of the session it would look for work beside every test."""
    async with fresh_database() as url:
        settings = Settings(
            data_dir=server_folder,
            master_key=TEST_KEY,
            port=0,
            database_url=SecretStr(url),
            # A burst of several hundred requests is what some tests are about.
            rate_per_credential=5_000,
            # All tests come from one address.
            failed_authentications_per_minute=5_000,
            credential_cache_seconds=1,
            # Identity providers of the tests are on this machine.
            outward_networks="127.0.0.0/8",
        )
        async with stack(settings) as started:
            yield started


@pytest_asyncio.fixture(loop_scope="session")
async def live(running: Stack) -> Channel:
    """A vendor that works from now on."""
    vendor = f"live-{uuid4().hex[:12]}"
    await running.vendor(vendor)
    return await Channel.open(running, vendor, day=None)


@pytest_asyncio.fixture(loop_scope="session")
async def importing(running: Stack) -> Channel:
    """A vendor whose history is told, so that its time moves as the test says."""
    vendor = f"importing-{uuid4().hex[:12]}"
    await running.vendor(vendor, importing_from=Channel.START)
    return await Channel.open(running, vendor, day=0)
