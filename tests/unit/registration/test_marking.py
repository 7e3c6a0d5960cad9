"""Marks are written a moment later; a process that stops writes the last of them, and then is quiet."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from services.registration.intake import marking
from services.registration.intake.marking import Marking
from services.registration.intake.port import Keys
from services.registration.intake.submission import Submission
from shared.errors import Unavailable


class Table:
    """The keys' table, which answers or does not."""

    def __init__(self, *, away: bool) -> None:
        self.away = away
        self.asked = 0
        self.marked: list[str] = []

    async def mark_appended(self, appended: Sequence[Submission]) -> None:
        self.asked += 1
        if self.away:
            raise Unavailable("no database")
        self.marked += [one.fact for one in appended]


def appended(fact: str) -> Submission:
    return Submission("acme", "desk", None, "k", fact, "/", b"hash", cast(Any, None))


@pytest.mark.parametrize("away", [False, True])
async def test_who_stops_tries_once_more_and_never_again(monkeypatch: pytest.MonkeyPatch, away: bool) -> None:
    monkeypatch.setattr(marking, "INTERVAL_SECONDS", 0.001)
    table = Table(away=away)
    marks = Marking(cast(Keys, table))
    marks.add([appended("fact-1"), appended("fact-2")])
    await marks.stop()
    asked = table.asked
    await asyncio.sleep(0.02)
    assert (table.asked, table.marked) == (asked, [] if away else ["fact-1", "fact-2"])
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "intake-marking"]


async def test_a_table_that_is_away_is_asked_until_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "INTERVAL_SECONDS", 0.001)
    table = Table(away=True)
    marks = Marking(cast(Keys, table))
    marks.add([appended("fact-1")])
    while table.asked < 3:
        await asyncio.sleep(0.001)
    table.away = False
    async with asyncio.timeout(10):
        while not table.marked:
            await asyncio.sleep(0.001)
    assert table.marked == ["fact-1"]
    await marks.stop()
