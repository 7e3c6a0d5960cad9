"""The next release, made once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.upgrade.site import Release, release
from tests.upgrade.tree import next_release


@pytest.fixture(scope="session")
def next_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its source tree."""
    return next_release(tmp_path_factory.mktemp("next"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def next_(next_tree: Path) -> AsyncIterator[Release]:
    """Where its processes are started."""
    async with release(next_tree) as found:
        yield found
