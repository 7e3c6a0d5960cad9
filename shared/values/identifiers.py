"""Identifiers and codes: ASCII only, since another alphabet's digits and letters look the same and are not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from shared.values.refusal import BadValue


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
IDENTIFIER = Form(
    "[A-Za-z0-9][A-Za-z0-9._:-]{0,79}", "must be a letter or digit, then up to 79 letters, digits and . _ : -"
)
CODE_WORD = Form("[a-z][a-z0-9_.]{0,63}", "must be a small letter, then up to 63 small letters, digits, _ and .")
COUNTRY = Form("[A-Z]{2}", "must be two capital letters, ISO 3166-1 alpha-2, such as DE")
COMPANY_NUMBER = Form(
    "[0-9A-Za-z./-](?:[0-9A-Za-z./ -]{0,38}[0-9A-Za-z./-])?",
    "must be 1 to 40 letters A to Z, digits 0 to 9, . / - and spaces within",
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
    """Return a tax id, register number, DUNS or LEI as it was written; matching reads the number out of it."""
    return COMPANY_NUMBER.parse(text)


def parse_key(text: str) -> str:
    """Return the idempotency key: 1 to 200 printable ASCII characters."""
    return PRINTABLE_KEY.parse(text)
