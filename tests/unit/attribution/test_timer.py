"""The timer asks again for the vendors whose deadlines may have moved, and remembers the others'."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from services.attribution.port import Store
from services.attribution.timer import Timer
from shared.log.port import Record

NOW = datetime(2026, 1, 5, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


class Deadlines:
    """A store of next deadlines alone, which notes what it was asked."""

    def __init__(self, due: dict[str, datetime]) -> None:
        self.due = due
        self.asked: list[Sequence[str] | None] = []

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Deadlines]:
        yield self

    async def now(self) -> datetime:
        return NOW

    async def next_due(self, partition: int, vendors: Sequence[str] | None = None) -> dict[str, datetime]:
        self.asked.append(vendors)
        return {one: at for one, at in self.due.items() if vendors is None or one in vendors}


class Log:
    def __init__(self) -> None:
        self.ticked: list[str] = []

    async def append(self, topic: str, records: Sequence[Record]) -> None:
        self.ticked += [record.key for record in records]


async def test_a_commit_makes_it_look_at_its_own_vendors_alone() -> None:
    found, log = Deadlines({"acme": LATER, "globex": LATER, "initech": LATER}), Log()
    timer = Timer(cast(Any, log), 0)
    await timer.tick(cast(Store, found))
    found.due = {"acme": NOW, "globex": NOW}
    timer.changed(["globex", "initech"])
    await timer.tick(cast(Store, found))
    await timer.tick(cast(Store, found))
    assert found.asked == [None, ["globex", "initech"]]
    assert log.ticked == ["globex"]
    timer.seen("globex")
    timer.changed(["acme"])
    await timer.tick(cast(Store, found))
    assert found.asked[2:] == [["acme", "globex"]]
    assert log.ticked == ["globex", "acme", "globex"]
