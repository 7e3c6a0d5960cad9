"""Numbers in text: ASCII digits alone, since `int` and `Decimal` also take `1_0`, ` 7` and full-width digits."""

from __future__ import annotations

import re

from shared.values.refusal import BadValue

COUNT = "(?:0|[1-9][0-9]{0,18})"
PERCENTAGE = r"(?:0|[1-9][0-9]{0,2})(?:\.[0-9]{1,4})?"

_COUNT = re.compile(COUNT)
_PERCENTAGE = re.compile(PERCENTAGE)


def is_count(text: str) -> bool:
    """Whether the text is a whole number in digits 0 to 9, of at most nineteen and without leading zeros."""
    return _COUNT.fullmatch(text) is not None


def parse_count(text: str, low: int, high: int) -> int:
    """Return the whole number from `low` to `high`, written in digits 0 to 9 without sign or leading zeros."""
    if not _COUNT.fullmatch(text):
        raise BadValue("field.type", f"must be a whole number from {low} to {high}, in digits 0 to 9")
    number = int(text)
    if not low <= number <= high:
        raise BadValue("number.out_of_range", f"must be a whole number from {low} to {high}")
    return number


def parse_percentage(text: str) -> str:
    """Return the percentage as it was written: above 0, at most 100, with at most four decimals."""
    if not _PERCENTAGE.fullmatch(text):
        raise BadValue("percentage.invalid", "write a percentage such as 12.5, with at most four decimals")
    whole, _, fraction = text.partition(".")
    ten_thousandths = int(whole + fraction.ljust(4, "0"))
    if not 0 < ten_thousandths <= 1_000_000:
        raise BadValue("percentage.invalid", "must be above 0, at most 100, with at most four decimals")
    return text
