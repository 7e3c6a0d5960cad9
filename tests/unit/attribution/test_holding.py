"""What is found leaves at fixed instants after its request came."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.attribution.api import constant_time
from services.attribution.api.constant_time import TELL_EVERY_MS, held, wait_seconds

EVERY = TELL_EVERY_MS / 1000


@given(st.floats(0, 100, allow_subnormal=False))
def test_every_answer_leaves_at_the_next_multiple(passed: float) -> None:
    wait = wait_seconds(passed)
    assert 0 < wait <= EVERY
    multiple = (passed + wait) / EVERY
    assert multiple == pytest.approx(round(multiple), abs=1e-6)
    assert round(multiple) >= 1


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each answer was held, without holding it."""
    told: list[float] = []

    # Of that module alone: servers of other tests may be at work in the same loop.
    async def sleep(seconds: float) -> None:
        told.append(seconds)

    monkeypatch.setattr(constant_time, "sleep", sleep)
    return told


async def finds(what: object) -> object:
    if isinstance(what, Exception):
        raise what
    return what


async def test_an_answer_is_held(waits: list[float]) -> None:
    since = asyncio.get_running_loop().time()
    assert await held(finds("clear"), since) == "clear"
    (held_for,) = waits
    assert EVERY - 0.2 < held_for <= EVERY


async def test_a_failure_is_held_as_long(waits: list[float]) -> None:
    since = asyncio.get_running_loop().time() - EVERY
    with pytest.raises(LookupError):
        await held(finds(LookupError()), since)
    assert len(waits) == 1
