"""Instants, days and months, within a range that no later arithmetic can leave."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from shared.values.refusal import BadValue

DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
MONTH = "[0-9]{4}-[0-9]{2}"
INSTANT = (
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2})(?:(:[0-9]{2})(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)

_DAY = re.compile(DAY)
_MONTH = re.compile(MONTH)
_INSTANT = re.compile(INSTANT)

FIRST_YEAR = 1900
"""Older than any deal that somebody imports. `datetime` begins with the year 1: a zone's 14 hours lead nowhere near."""
END_YEAR = 9000
"""Exclusive. `datetime` ends with 9999: the longest rule, 9,999 business days of one a week, leads 192 years on."""
_FIRST = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
_END = datetime(END_YEAR, 1, 1, tzinfo=UTC)
_END_OF_COMPUTED = datetime(9999, 1, 1, tzinfo=UTC)

_HOW = "write an instant with its offset (RFC 3339), such as 2026-03-31T09:00:00Z"
_RANGE = f"must lie in the years {FIRST_YEAR} to {END_YEAR - 1}"


def parse_instant(text: str) -> datetime:
    """Return the instant that RFC 3339 text names, in UTC, to the microsecond; finer digits are cut off."""
    written = _INSTANT.fullmatch(text)
    if written is None:
        raise _no_instant()
    day, minutes, seconds, fraction, offset = written.groups()
    zone = "+00:00" if offset in "Zz" else offset
    try:
        moment = datetime.fromisoformat(f"{day}T{minutes}{seconds or ':00'}{(fraction or '')[:7]}{zone}")
    except ValueError as error:
        raise _no_instant() from error
    return said_instant(moment)


def parse_day(text: str) -> date:
    """Return the calendar day that is written `YYYY-MM-DD`."""
    detail = "write a date as YYYY-MM-DD, such as 2026-03-31"
    if not _DAY.fullmatch(text):
        raise BadValue("date.impossible", detail)
    try:
        return said_day(date.fromisoformat(text))
    except ValueError as error:
        raise BadValue("date.impossible", f"there is no such day; {detail}") from error


def parse_month(text: str) -> date:
    """Return the first day of the month that is written `YYYY-MM`."""
    detail = "write a month as YYYY-MM, such as 2026-03"
    if not _MONTH.fullmatch(text):
        raise BadValue("date.impossible", detail)
    try:
        return said_day(date.fromisoformat(f"{text}-01"))
    except ValueError as error:
        raise BadValue("date.impossible", f"there is no such month; {detail}") from error


def said_instant(moment: datetime) -> datetime:
    """Return an instant that somebody states, in UTC; refuse one without an offset or out of the range."""
    return _in_utc(moment, _END)


def computed_instant(moment: datetime) -> datetime:
    """Return an instant that rules made of stated ones, in UTC: it may lie beyond what anybody may state."""
    return _in_utc(moment, _END_OF_COMPUTED)


def said_day(day: date) -> date:
    """Return a calendar day that somebody states; refuse one out of the range."""
    if not FIRST_YEAR <= day.year < END_YEAR:
        raise BadValue("date.out_of_range", _RANGE)
    return day


def _in_utc(moment: datetime, end: datetime) -> datetime:
    if moment.tzinfo is UTC:  # as nearly every one is; comparing is all that is left
        if _FIRST <= moment < end:
            return moment
        raise BadValue("time.out_of_range", _RANGE)
    if moment.utcoffset() is None:
        raise BadValue("time.without_offset", _HOW)
    if not _FIRST <= moment < end:  # compared before it is converted, which fails at the ends of time
        raise BadValue("time.out_of_range", _RANGE)
    return moment.astimezone(UTC)


def _no_instant() -> BadValue:
    return BadValue("time.impossible", _HOW)
