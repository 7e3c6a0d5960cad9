"""Whose days and times a vendor's pages show: the time zone in which its programs count days."""

from __future__ import annotations

import time
from collections import Counter
from zoneinfo import ZoneInfo

from services.console.api import Asked, Away, Refused
from services.console.rendering import UTC_ZONE
from services.console.sessions import Session

KEPT_SECONDS = 60.0
"""How long a page may show the zone of before; programs are published once a quarter."""
MOST_KEPT = 10_000


class Zones:
    """The zone of each reader's programs, asked for now and then."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str | None], tuple[float, ZoneInfo]] = {}

    async def of(self, session: Session, api: Asked) -> ZoneInfo:
        """The zone of most programs that the reader sees, UTC where there is none; raises `SignedOut`."""
        reader, now = (session.vendor, session.partner), time.monotonic()
        kept = self._known.get(reader)
        if kept is not None and now - kept[0] < KEPT_SECONDS:
            return kept[1]
        try:
            programs = (await api.get("/v1/programs"))["programs"]
        except (Away, Refused):
            # The page that is asked for says so itself.
            return kept[1] if kept is not None else UTC_ZONE
        zones = Counter(one["time_zone"] for one in programs if one["time_zone"])
        zone = ZoneInfo(min(zones, key=lambda name: (-zones[name], name))) if zones else UTC_ZONE
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[reader] = (now, zone)
        return zone
