"""Periods turned into instants: days end at midnights of the program's zone, business days follow a calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared.errors import known
from shared.events.vendor import Calendar, VendorDocument
from shared.policy.periods import Period
from shared.policy.protection import Protection
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


def after_months(event: datetime, months: int, zone: ZoneInfo) -> datetime:
    """The midnight that closes the last day of the months: that of the event's number, or its month's last.

    What starts at a midnight has its whole months: from 1 March 00:00 one month is March, to 1 April 00:00.
    """
    day = event.astimezone(zone).date()
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    last = date(year, month, min(day.day, monthrange(year, month)[1]))
    whole = midnight(day, zone) == event and last.day == day.day
    return midnight(last if whole else last + timedelta(days=1), zone)


def after_protection(event: datetime, protection: Protection, zone: ZoneInfo) -> datetime:
    """The end of protection that counts from the event."""
    if protection.months is not None:
        return after_months(event, protection.months, zone)
    return after_days(event, known(protection.days, "days of protection"), zone)


def after_period(event: datetime, period: Period, zone: ZoneInfo, calendar: Calendar = STANDARD) -> datetime:
    """The instant at which a period that starts with the event is over."""
    if period.unit == "h":
        return event + timedelta(hours=period.count)
    if period.unit == "d":
        return after_days(event, period.count, zone)
    if period.unit == "bh":
        return _after_business_hours(event, timedelta(hours=period.count), zone, calendar)
    day, left = first_day(event, zone), period.count
    # Every calendar leaves a day of the week open and lists finitely many holidays, so this ends.
    while left:
        left -= _is_open(day, calendar)
        day += timedelta(days=1)
    return midnight(day, zone)


def _is_open(day: date, calendar: Calendar) -> bool:
    return day.isoweekday() not in calendar.weekend and day not in calendar.holidays


def _after_business_hours(event: datetime, left: timedelta, zone: ZoneInfo, calendar: Calendar) -> datetime:
    day = event.astimezone(zone).date()
    while True:
        if _is_open(day, calendar):
            # Between instants: a day on which the clock is set within its hours is longer or shorter.
            since = max(event, _at(day, calendar.opens, zone))
            open_for = _at(day, calendar.closes, zone) - since
            if left <= open_for:
                return since + left
            left -= max(open_for, timedelta())
        day += timedelta(days=1)


def _at(day: date, written: str, zone: ZoneInfo) -> datetime:
    if written == "24:00":
        return midnight(day + timedelta(days=1), zone)
    return datetime.combine(day, time.fromisoformat(written), tzinfo=zone).astimezone(UTC)


def takes_effect_at(policy: dict[str, Any]) -> datetime | None:
    """The midnight of `effective_from` in the policy's zone, or None for `immediately`."""
    written = policy.get("effective_from", "immediately")
    if written == "immediately":
        return None
    return midnight(date.fromisoformat(written), ZoneInfo(policy.get("time_zone", "UTC")))


def calendar_of(document: VendorDocument, name: str | None) -> Calendar:
    """The business days that a policy counts which names that calendar of the document, or none."""
    return document.calendars[name] if name is not None else STANDARD
