"""Periods turned into instants: days end at midnights of the program's zone, business days follow a calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared.events.vendor import Calendar
from shared.policy.periods import Period
from shared.policy.zones import midnight

STANDARD = Calendar()
"""Monday to Friday, no holidays: where a policy names no calendar."""


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
    # Every calendar leaves a day of the week open and lists finitely many holidays, so this ends.
    while left:
        left -= day.isoweekday() not in calendar.weekend and day not in calendar.holidays
        day += timedelta(days=1)
    return midnight(day, zone)


def takes_effect_at(policy: dict[str, Any]) -> datetime | None:
    """The midnight of `effective_from` in the policy's zone, or None for `immediately`."""
    written = policy.get("effective_from", "immediately")
    if written == "immediately":
        return None
    return midnight(date.fromisoformat(written), ZoneInfo(policy.get("time_zone", "UTC")))
