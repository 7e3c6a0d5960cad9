"""Check times from senders' own clocks: none may be later than the recorded time of its fact."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from shared.errors import FieldProblem
from shared.values.written import rfc3339

FOREIGN_CLOCK_SECONDS = 300
"""How far a sender's clock may be ahead of ours: the tolerance of signed webhooks."""
EARLIEST_ZONE = timedelta(hours=14)
"""The time zone where a day begins first (UTC+14). A day that has not begun there is in the future everywhere."""

Happened = tuple[str, datetime | date | None]
"""A field, and the time or day that the sender gives for it."""


def in_the_future(happened: Iterable[Happened], recorded_at: datetime | None) -> list[FieldProblem]:
    """A problem for each time after the fact's own; live facts are recorded now.

    A message from the future would be the newest until that time comes, and everything before then older.
    """
    happened = tuple(happened)
    if not happened:
        return []
    latest = (recorded_at or datetime.now(UTC)).astimezone(UTC)
    return [
        FieldProblem(
            field, "time.future", f"is in the future: it is after {_bound(at, latest)}; correct the clock or the field"
        )
        for field, at in happened
        if at is not None and _is_after(at, latest)
    ]


def _is_after(at: datetime | date, latest: datetime) -> bool:
    # Compared as differences: at the edge of the calendar a sum is no instant.
    if isinstance(at, datetime):
        return (at - latest).total_seconds() > FOREIGN_CLOCK_SECONDS
    return at > _newest_day(latest)


def _newest_day(latest: datetime) -> date:
    try:
        return (latest + EARLIEST_ZONE).date()
    except OverflowError:
        return date.max


def _bound(at: datetime | date, latest: datetime) -> str:
    if isinstance(at, datetime):
        return f"{rfc3339(latest.replace(microsecond=0))}, when the fact is recorded"
    return f"{_newest_day(latest)}, the day on which it is recorded"
