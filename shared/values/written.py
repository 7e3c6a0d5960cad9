"""How values are written for readers: every instant in one spelling, whatever answer or text it stands in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson


def in_utc(moment: datetime) -> datetime:
    """Return the instant in UTC.

    The driver reads an infinite time of PostgreSQL as the first or last one of `datetime`, and without an offset; to
    convert that one would fail.
    """
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def rfc3339(moment: datetime) -> str:
    """Write an instant as RFC 3339 in UTC with a `Z`: microseconds in six digits, none where the second is whole."""
    return in_utc(moment).isoformat().replace("+00:00", "Z")


def written_json(content: Any, *, indented: bool = False, default: Callable[[Any], Any] | None = None) -> bytes:
    """Write content as JSON, its instants as `rfc3339` writes them."""
    option = orjson.OPT_UTC_Z | (orjson.OPT_INDENT_2 if indented else 0)
    return orjson.dumps(content, default, option)
