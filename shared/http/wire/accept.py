"""Choose the media type of an answer from the request's `Accept` (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from shared.errors import DealregError
from shared.http.echo import echoed

MAX_RANGES = 100
"""Media ranges that are read. A browser sends eight; more only cost time."""
VARY = {"Vary": "Accept"}
"""Tells caches to keep the forms of a response apart."""

# Optional white space, a token on each side of the slash, then parameters, of which only `q` is weighed.
_RANGE = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)/([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(;.*)?", re.ASCII)
_QUALITY = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?", re.ASCII)
# Commas and semicolons inside quotes do not separate.
_COMMA = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')
_SEMICOLON = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')


class NotAcceptable(DealregError):
    """The response exists in none of the accepted media types."""

    code: ClassVar[str] = "accept.none"
    status: ClassVar[int] = 406


def chosen(accept: str | None, offered: Sequence[str]) -> str:
    """Return the offered type that the caller prefers, the earlier one on a tie; raise `NotAcceptable`.

    No header, or one without a media range, accepts everything.
    """
    ranges = _ranges(accept or "")
    if not ranges:
        return offered[0]
    best = max(offered, key=lambda one: _quality(one, ranges))
    if _quality(best, ranges) <= 0:
        raise NotAcceptable(f"the response is {' or '.join(offered)}; Accept asks for {echoed(accept or '')}")
    return best


def _quality(offered: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return the quality of the type by the most specific range that covers it."""
    said = dict(ranges)
    for name in (offered, f"{offered.partition('/')[0]}/*", "*/*"):
        if name in said:
            return said[name]
    return 0.0


def _ranges(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in _COMMA.split(accept, MAX_RANGES)[:MAX_RANGES]:
        match = _RANGE.fullmatch(part)
        if match is not None:
            found.append((f"{match[1]}/{match[2]}".lower(), _weight(match[3] or "")))
    # If a range is named twice with other parameters, the higher quality holds.
    return sorted(found, key=lambda one: one[1])


def _weight(parameters: str) -> float:
    for one in _SEMICOLON.split(parameters):
        name, _, value = one.partition("=")
        if name.strip().lower() == "q":
            stated = value.strip()
            # An invalid weight counts as the lowest that still accepts.
            return float(stated) if _QUALITY.fullmatch(stated) else 0.001
    return 1.0
