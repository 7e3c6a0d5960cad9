"""When a published policy version takes effect."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.attribution.domain.calendar import midnight


def takes_effect_at(policy: dict[str, Any]) -> datetime | None:
    """The midnight of `effective_from` in the policy's zone, or None for `immediately`."""
    written = policy.get("effective_from", "immediately")
    if written == "immediately":
        return None
    return midnight(date.fromisoformat(written), ZoneInfo(policy.get("time_zone", "UTC")))
