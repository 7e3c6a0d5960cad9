"""One running dealreg for the whole level."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.conftest import FreshDatabase
from tests.fuzz.place import Place, running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def place(fresh_database: FreshDatabase) -> AsyncIterator[Place]:
    """Everything as `dealreg run` starts it, on the PostgreSQL log."""
    with tempfile.TemporaryDirectory(prefix="dealreg-", ignore_cleanup_errors=True) as folder:
        async with fresh_database() as url, running(url, Path(folder)) as started:
            yield started
