"""Format instants for responses."""

from __future__ import annotations

from datetime import UTC, datetime


def in_utc(moment: datetime) -> datetime:
    """The instant in UTC.

    The driver reads an infinite time of PostgreSQL as the first or last one of `datetime`, and without an offset; to
    convert that one would fail.
    """
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def rfc3339(moment: datetime) -> str:
    """Format as RFC 3339 in UTC with a Z, without trailing zeros."""
    return in_utc(moment).isoformat().replace("+00:00", "Z")
