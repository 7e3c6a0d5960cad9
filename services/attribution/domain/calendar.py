"""Periods turned into instants: days end at midnights of the program's zone, business days follow a calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.events.vendor import Calendar
from shared.policy.periods import Period

STANDARD = Calendar()
"""Monday to Friday, no holidays: where a policy names no calendar."""
_LONGEST_CLOSURE_DAYS = 3_660


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant that the day opens in the zone, in UTC (the later offset where the clock was set back)."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def first_day(event: datetime, zone: ZoneInfo) -> date:
    """Day 1 of a period: the day after the event, or the day that opens at it where the event is a midnight."""
    day = event.astimezone(zone).date()
    return day if midnight(day, zone) == event else day + timedelta(days=1)


def after_days(event: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The midnight that closes day `days` of a period that starts with the event."""
    return midnight(first_day(event, zone) + timedelta(days=days), zone)


def after_period(event: datetime, period: Period, zone: ZoneInfo, calendar: Calendar = STANDARD) -> datetime:
    """The instant at which a period that starts with the event is over."""
    if period.unit == "h":
        return event + timedelta(hours=period.count)
    if period.unit == "d":
        return after_days(event, period.count, zone)
    day, left = first_day(event, zone), period.count
    for _ in range(_LONGEST_CLOSURE_DAYS + period.count * 8):
        left -= day.isoweekday() not in calendar.weekend and day not in calendar.holidays
        day += timedelta(days=1)
        if left == 0:
            return midnight(day, zone)
    raise OverflowError("the calendar has no business day within ten years")
