"""Identifiers and codes of our own: ASCII alone, since digits and letters of other scripts look alike and are not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from shared.values.refusal import BadValue
from shared.values.text import parse_line


@dataclass(frozen=True, slots=True)
class Form:
    """A text that a pattern alone describes, from its first character to its last; `remedy` says how to write it."""

    pattern: str
    remedy: str
    _compiled: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_compiled", re.compile(self.pattern))

    def takes(self, text: str) -> bool:
        """Whether the text has the form."""
        return self._compiled.fullmatch(text) is not None

    def parse(self, text: str) -> str:
        """Return the text; raises `BadValue` where it has not the form."""
        if self.takes(text):
            return text
        raise BadValue(NOT_OF_FORM, self.remedy)


NOT_OF_FORM = "text.pattern"
MAX_COMPANY_NUMBER = 40
"""Characters of a company's number: the longest that registers issue have about twenty, and people add spaces."""
IDENTIFIER = Form(
    "[A-Za-z0-9][A-Za-z0-9._:-]{0,79}", "must be a letter or digit, then up to 79 letters, digits and . _ : -"
)
CODE_WORD = Form("[a-z][a-z0-9_.]{0,63}", "must be a small letter, then up to 63 small letters, digits, _ and .")
COUNTRY = Form("[A-Z]{2}", "must be two capital letters, ISO 3166-1 alpha-2, such as DE")
CLOCK_TIME = Form(
    "(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00", "must be a time of day such as 09:00, or 24:00 for the day's end"
)
PRINTABLE_KEY = Form(r"[\x20-\x7e]{1,200}", "must be 1 to 200 printable ASCII characters")


def is_identifier(text: str) -> bool:
    """Whether `parse_identifier` takes the text."""
    return IDENTIFIER.takes(text)


def parse_identifier(text: str) -> str:
    """Return the identifier: a letter or digit, then up to 79 letters, digits and `. _ : -`."""
    return IDENTIFIER.parse(text)


def parse_code_word(text: str) -> str:
    """Return the code: a small letter, then up to 63 small letters, digits, `_` and `.`."""
    return CODE_WORD.parse(text)


def parse_country(text: str) -> str:
    """Return the ISO 3166-1 alpha-2 code; whether the code is assigned is not asked."""
    return COUNTRY.parse(text)


def parse_company_number(text: str) -> str:
    """Return a tax id, register number, DUNS or LEI as it was written; matching reads it in any script.

    It is kept as text and never counted with, so other digits and marks within are no danger.
    """
    parse_line(text, 1, MAX_COMPANY_NUMBER)
    if not any(sign.isalnum() for sign in text):
        raise BadValue(NOT_OF_FORM, "has no digit and no letter; leave the field out")
    return text


def parse_key(text: str) -> str:
    """Return the idempotency key: 1 to 200 printable ASCII characters."""
    return PRINTABLE_KEY.parse(text)
