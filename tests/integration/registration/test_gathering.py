"""A batch gathers while somebody comes, and never for long."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from services.registration.intake import intake as module
from services.registration.intake.intake import GATHER_WINDOWS, LEAST_SHARE, Intake
from services.registration.intake.kinds import SUBMIT
from services.registration.intake.submission import Sent
from shared.credentials import SCOPES, Caller
from tests.integration.registration.conftest import SUBMISSION, Edge

WINDOW_SECONDS = 0.1234
"""Unlike any other pause, so that the test knows it."""


@pytest.mark.parametrize("crowd, windows", [(1, 1), (2, 2), (1 + GATHER_WINDOWS, GATHER_WINDOWS)])
async def test_a_batch_gathers_until_a_window_brings_nobody(
    edge: Edge, monkeypatch: pytest.MonkeyPatch, crowd: int, windows: int
) -> None:
    intake: Intake = edge.app.state.edge.intake
    caller = Caller("acme", "key:a", None, frozenset(SCOPES), "a")
    prepare = edge.app.state.edge.submissions.prepare
    coming = [prepare(Sent(SUBMIT, SUBMISSION, f"k{number}"), caller) for number in range(crowd)]
    asked: list[asyncio.Task[Any]] = []
    taken: list[int] = []
    paused = 0
    sleep, take = asyncio.sleep, intake._acceptance.take

    async def window(seconds: float) -> None:
        """Each window brings one more, as long as there is one."""
        nonlocal paused
        if seconds != WINDOW_SECONDS:
            return await sleep(seconds)
        paused += 1
        if coming:
            asked.append(asyncio.create_task(intake.accept(coming.pop())))
        return await sleep(0)

    async def noted(batch: Sequence[Any]) -> Any:
        taken.append(len(batch))
        return await take(batch)

    monkeypatch.setattr(module.asyncio, "sleep", window)
    monkeypatch.setattr(intake, "_window_seconds", WINDOW_SECONDS)
    monkeypatch.setattr(intake._acceptance, "take", noted)
    asked.append(asyncio.create_task(intake.accept(coming.pop())))
    while sum(taken) < crowd or not all(one.done() for one in asked):
        await sleep(0.001)
    assert (taken, paused) == ([crowd], windows)


async def test_a_crowd_that_waits_for_its_answers_is_divided_among_the_flushers(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that one batch is made while the database has the other."""
    intake: Intake = edge.app.state.edge.intake
    caller = Caller("acme", "key:a", None, frozenset(SCOPES), "a")
    prepare = edge.app.state.edge.submissions.prepare
    take, taken, at_once, most_at_once = intake._acceptance.take, [], 0, 0

    async def noted(batch: Sequence[Any]) -> Any:
        nonlocal at_once, most_at_once
        at_once += 1
        most_at_once = max(most_at_once, at_once)
        taken.append(len(batch))
        try:
            return await take(batch)
        finally:
            at_once -= 1

    async def client(number: int) -> None:
        for turn in range(4):
            await intake.accept(prepare(Sent(SUBMIT, SUBMISSION, f"k{number}-{turn}"), caller))

    monkeypatch.setattr(intake._acceptance, "take", noted)
    crowd = 4 * LEAST_SHARE
    await asyncio.gather(*(client(number) for number in range(crowd)))
    assert sum(taken) == 4 * crowd
    assert max(taken) <= crowd / 2
    assert most_at_once == 2
