"""Time zones come from the locked `tzdata` package alone: with a machine's own, two machines could give one
deadline two instants, and the same facts two journals."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

zoneinfo.reset_tzpath(())


def time_zones() -> set[str]:
    """The names of all time zones."""
    return zoneinfo.available_timezones()


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant that the day opens in the zone, in UTC: its first midnight, or the end of the gap over it."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
