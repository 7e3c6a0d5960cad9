"""Time zones come from the locked `tzdata` package alone: with a machine's own, two machines could give one
deadline two instants, and the same facts two journals."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

zoneinfo.reset_tzpath(())


@cache  # it opens six hundred files, and a policy is read for each claim that pins another version
def time_zones() -> frozenset[str]:
    """The names of all time zones."""
    return frozenset(zoneinfo.available_timezones())


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant that the day opens in the zone, in UTC: its first midnight, or the end of the gap over it."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _known(name: object) -> object:
    if isinstance(name, str) and name not in time_zones():
        raise ValueError(f"{name[:80]!r} is no IANA time zone; write one such as Europe/Berlin or UTC")
    return name


TimeZone = Annotated[str, BeforeValidator(_known)]
"""An IANA name."""
