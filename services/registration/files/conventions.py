"""Dates and decimals as people write them: which way a column writes them, and each value in ours.

What a column leaves open (`03/04/2026`, `1.234`) is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.registration.files.declared import Days, Decimals
from services.registration.files.reasons import MAX_CELL, Unusable
from shared.http.echo import echoed

Cells = Sequence[tuple[int, str]]
"""Lines and texts of one column, without empty ones."""

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_WRITTEN = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})")
# Spaces of any width and apostrophes group digits in both conventions.
_GROUPS = re.compile(r"(?<=[0-9])[ \u00a0\u202f'’](?=[0-9]{3})")
_PLAIN = {
    "point": re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?"),
    "comma": re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,[0-9]+)?"),
}
# One mark before exactly three digits, after one to three that are not a zero alone, is either.
_EITHER = re.compile(r"-?(?!0[.,])[0-9]{1,3}[.,][0-9]{3}")


def dates_of(cells: Cells) -> Days:
    """Return the convention of the column; raise `Unusable`."""
    first: dict[Days, tuple[int, str]] = {}
    unclear: tuple[int, str] | None = None
    for line, text in cells:
        match = _WRITTEN.fullmatch(text)
        if match is None:
            continue  # ISO, or no date at all, which its row says
        if int(match[1]) > 12:
            first.setdefault("dmy", (line, text))
        elif int(match[3]) > 12:
            first.setdefault("mdy", (line, text))
        elif match[1] != match[3]:
            unclear = unclear or (line, text)
    _assert_clear(first, ("dmy", "mdy"), unclear, "file.dates.unclear", "file.dates.mixed")
    return next(iter(first), "iso")


def day_of(text: str, convention: Days) -> str:
    """Return the day as YYYY-MM-DD; raise `Unusable`."""
    if match := _ISO.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif (match := _WRITTEN.fullmatch(text)) and (convention != "iso" or match[1] == match[3]):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        day, month = (second, first) if convention == "mdy" else (first, second)
    else:
        raise Unusable("file.value.date", text=echoed(text, MAX_CELL), convention=convention)
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise Unusable("file.value.no_day", text=echoed(text, MAX_CELL), convention=convention) from error


def decimals_of(cells: Cells) -> Decimals:
    """Return the convention of the column; raise `Unusable`."""
    first: dict[Decimals, tuple[int, str]] = {}
    unclear: tuple[int, str] | None = None
    for line, given in cells:
        text = _GROUPS.sub("", given)
        if text.isascii() and text.lstrip("-").isdigit():
            continue
        fits: list[Decimals] = [one for one in ("point", "comma") if _PLAIN[one].fullmatch(text)]
        if len(fits) == 1:
            first.setdefault(fits[0], (line, given))
        elif _EITHER.fullmatch(text):
            unclear = unclear or (line, given)
        elif len(fits) == 2:  # 0.125: a group never begins with a zero
            first.setdefault("point" if "." in text else "comma", (line, given))
    _assert_clear(first, ("point", "comma"), unclear, "file.decimal.unclear", "file.decimal.mixed")
    return next(iter(first), "point")


def _assert_clear(
    first: Mapping[Any, tuple[int, str]],
    ways: tuple[str, str],
    unclear: tuple[int, str] | None,
    either: str,
    mixed: str,
) -> None:
    """Raise `Unusable` where cells prove both ways of a column, or none proves which one an unclear cell has."""
    if len(first) == 2:
        (line, text), (other_line, other) = (first[one] for one in ways)
        raise Unusable(mixed, line=str(line), text=text, other_line=str(other_line), other=other)
    if not first and unclear is not None:
        raise Unusable(either, line=str(unclear[0]), text=unclear[1])


def number_of(text: str, convention: Decimals) -> str:
    """Return the number with a decimal point and without groups; raise `Unusable`."""
    plain = _GROUPS.sub("", text)
    if not _PLAIN[convention].fullmatch(plain):
        raise Unusable("file.value.number", text=echoed(text, MAX_CELL), convention=convention)
    group, mark = (",", ".") if convention == "point" else (".", ",")
    whole, point, fraction = plain.replace(group, "").partition(mark)
    return f"{whole}.{fraction}" if point else whole
