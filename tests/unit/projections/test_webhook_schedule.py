"""Pauses between attempts: fourfold, with jitter, at most half a day, for three days."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from services.projections.webhooks.message import Attempt, Outgoing, Waiting
from services.projections.webhooks.message import test_body as body_of_a_test
from services.projections.webhooks.schedule import SPREAD_SECONDS, next_attempt, soon
from services.projections.webhooks.sending import Chain, Sender

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
THREE_DAYS = timedelta(hours=72)


@pytest.mark.parametrize("seed", range(5))
def test_a_message_is_tried_for_three_days_and_not_longer(seed: int) -> None:
    chance = random.Random(seed)
    at, pauses = START, []
    while (then := next_attempt(len(pauses) + 1, START, at, THREE_DAYS, chance)) is not None:
        pauses.append((then - at).total_seconds())
        at = then
    assert THREE_DAYS - timedelta(hours=15) < at - START <= THREE_DAYS
    assert all(4 <= pause <= 6 for pause in pauses[:1])
    assert all(2.5 < after / before < 6.1 for before, after in pairwise(pauses[:7]))
    assert max(pauses) <= 12 * 3600 * 1.2
    assert 10 <= len(pauses) <= 16


def test_messages_that_failed_together_do_not_come_back_together() -> None:
    chance = random.Random(1)
    assert len({next_attempt(1, START, START, THREE_DAYS, chance) for _ in range(50)}) > 40
    spread = [(soon(START, chance) - START).total_seconds() for _ in range(200)]
    assert min(spread) >= 0
    assert SPREAD_SECONDS / 2 < max(spread) <= SPREAD_SECONDS


def outgoing(position: int) -> Outgoing:
    return Outgoing(Waiting(f"m{position}", position, "s", 0, START, START), "t", b"{}")


@pytest.mark.parametrize(
    ("status", "delivered"),
    [(200, True), (204, True), (299, True), (300, False), (199, False), (500, False), (None, False)],
)
def test_any_2xx_is_a_delivery_and_nothing_else(status: int | None, delivered: bool) -> None:
    assert Attempt(outgoing(1), START, status, None, 0.1).delivered is delivered


async def test_a_chain_ends_with_what_is_not_taken_and_knows_what_was_not_begun() -> None:
    class Answering(Sender):
        async def send(self, one: Outgoing) -> Attempt:
            return Attempt(one, START, 200 if one.waiting.position != 2 else 503, None, 0.1)

    chain = Chain([outgoing(one) for one in (1, 2, 3, 4)])
    await chain.run(Answering(None, None, asyncio.Semaphore(1)))  # type: ignore[arg-type]
    assert [one.delivered for one in chain.news()] == [True, False]
    assert chain.news() == []
    assert [one.waiting.position for one in chain.unsent()] == [3, 4]
    stopped = Chain([outgoing(1), outgoing(3)])
    stopped.stop()
    await stopped.run(Answering(None, None, asyncio.Semaphore(1)))  # type: ignore[arg-type]
    assert (stopped.news(), len(stopped.unsent())) == ([], 2)


def test_a_test_event_has_the_fields_of_an_event() -> None:
    assert body_of_a_test("2026-11-24T09:00:00Z").startswith(b'{"position":0,"type":"webhook.test"')
