"""Times of a scenario: days of the program's calendar, days since the start, instants, periods to wait."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from services.attribution.scenarios.decider import after_period
from shared.events.vendor import Calendar
from shared.policy.periods import Period
from shared.values import BadValue, computed_instant, parse_day, parse_instant

MORNING = time(9)
"""When a fact of a day is recorded, unless its time is given."""
MOST_COUNTED = 9_999
"""Of days, hours or business days in one step: as many as a policy's longest period has."""
_LOCAL = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?: ([0-9]{2}:[0-9]{2}))?")
_WAIT = re.compile(r"([0-9]+) ?(d|days?|h|hours?|bd|business days?|bh|business hours?)")
_UNITS: dict[str, Literal["d", "h", "bd", "bh"]] = {
    "d": "d",
    "day": "d",
    "h": "h",
    "hour": "h",
    "bd": "bd",
    "business day": "bd",
    "bh": "bh",
    "business hour": "bh",
}
_HOW = (
    "write a day such as 2026-03-01, a local time such as 2026-03-01 14:30, an instant, or a number of days since start"
)

_TOO_FAR = "the time leads beyond the year 9998; wait less"


def moment(written: object, zone: ZoneInfo, start: datetime, otherwise: time = MORNING) -> datetime:
    """Return the instant that is written, in UTC; a day alone means `otherwise` on it. Raises `BadValue`."""
    if isinstance(written, int) and not isinstance(written, bool):
        if abs(written) > MOST_COUNTED:
            raise BadValue("time.out_of_range", f"count at most {MOST_COUNTED:,} days from the start, or write a date")
        return shifted(start, timedelta(days=written), zone)
    if not isinstance(written, str):
        raise BadValue("time.impossible", _HOW)
    local = _LOCAL.fullmatch(written)
    if local is None:
        return parse_instant(written)
    day = parse_day(local[1])
    return on_day(day, time.fromisoformat(local[2]) if local[2] else otherwise, zone)


def on_day(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant of that local time."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def shifted(now: datetime, by: timedelta, zone: ZoneInfo) -> datetime:
    """Return the instant so much later by the zone's wall clock: a day later at the same time. Raises `BadValue`."""
    try:
        return computed_instant((now.astimezone(zone) + by).astimezone(UTC))
    except OverflowError as error:
        raise BadValue("time.out_of_range", _TOO_FAR) from error


def after_wait(now: datetime, written: object, zone: ZoneInfo, calendar: Calendar) -> datetime:
    """Return the instant after a wait such as `30 days`, `2h` or `5 business days`. Raises `BadValue`."""
    found = _WAIT.fullmatch(written) if isinstance(written, str) else None
    if found is None or len(found[1]) > len(str(MOST_COUNTED)):
        raise BadValue(
            "period.invalid",
            "write how long to wait, such as 30 days, 2 hours, 5 business days or 8 business hours, at most 9,999",
        )
    count, unit = int(found[1]), _UNITS[found[2].removesuffix("s")]
    if unit == "d":
        return shifted(now, timedelta(days=count), zone)
    try:
        return computed_instant(after_period(now, Period(count, unit), zone, calendar))
    except OverflowError as error:
        raise BadValue("time.out_of_range", _TOO_FAR) from error
