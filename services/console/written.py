"""Amounts, currencies and countries as people type them, in the spelling that the API takes; nothing is guessed."""

from __future__ import annotations

import re

from shared.values.money import exponent_of

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "01234567890123456789.")
_SPACES = re.compile(r"(?<=[0-9])[ \u00a0\u202f'’٬](?=[0-9]{3}(?:[^0-9]|$))")
_POINT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:,[0-9]{3}){2,}")
_COMMA = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]+,[0-9]{1,2}")
_EITHER = re.compile(r"(?!0)[0-9]{1,3}[.,][0-9]{3}")
"""One mark before exactly three digits: a group, or decimals where the currency has three."""


def amount_of(text: str, currency: str) -> str:
    """Return the amount with a decimal point and without groups; as it was typed where it can be read two ways.

    `160,000.00`, `160.000,00` and `160 000` have one reading. `1,234` has one in a currency with fewer than three
    decimals, and two in one that has three, or where the currency is not known.
    """
    plain = _SPACES.sub("", text.translate(_DIGITS))
    if _POINT.fullmatch(plain):
        return plain.replace(",", "")
    if _COMMA.fullmatch(plain):
        return plain.replace(".", "").replace(",", ".")
    if _EITHER.fullmatch(plain):
        places = exponent_of(currency)
        return text if places is None or places > 2 else re.sub("[.,]", "", plain)
    return plain


def code_of(text: str, letters: int) -> str:
    """Return a code of so many letters in capitals; any other text as it was typed."""
    return text.upper() if len(text) == letters and text.isascii() and text.isalpha() else text
