"""Two versions are summed up at the same time, and neither connection is left at work."""

from __future__ import annotations

import asyncio

import pytest

from shared.projection.compare import _both

pytestmark = pytest.mark.unit


async def test_where_one_fails_the_other_is_waited_for() -> None:
    begun, ended = asyncio.Event(), []

    async def fails() -> None:
        await begun.wait()
        raise RuntimeError("the first")

    async def works() -> None:
        begun.set()
        for _ in range(5):
            await asyncio.sleep(0)
        ended.append("the second")

    with pytest.raises(RuntimeError, match="the first"):
        await _both(fails(), works())
    assert ended == ["the second"]
