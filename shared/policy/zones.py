"""Time zones come from the locked `tzdata` package alone: with a machine's own, two machines could give one
deadline two instants, and the same facts two journals."""

from __future__ import annotations

import zoneinfo

zoneinfo.reset_tzpath(())


def time_zones() -> set[str]:
    """The names of all time zones."""
    return zoneinfo.available_timezones()
