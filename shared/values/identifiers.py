"""Identifiers and codes: ASCII only, since another alphabet's digits and letters look the same and are not."""

from __future__ import annotations

import re

from shared.values.refusal import BadValue

IDENTIFIER = "[A-Za-z0-9][A-Za-z0-9._:-]{0,79}"
CODE_WORD = "[a-z][a-z0-9_.]{0,63}"
COUNTRY = "[A-Z]{2}"
COMPANY_NUMBER = "[0-9A-Za-z./-](?:[0-9A-Za-z./ -]{0,38}[0-9A-Za-z./-])?"
PRINTABLE_KEY = r"[\x20-\x7e]{1,200}"

_IDENTIFIER = re.compile(IDENTIFIER)
_CODE_WORD = re.compile(CODE_WORD)
_COUNTRY = re.compile(COUNTRY)
_COMPANY_NUMBER = re.compile(COMPANY_NUMBER)
_PRINTABLE_KEY = re.compile(PRINTABLE_KEY)


def is_identifier(text: str) -> bool:
    """Whether `parse_identifier` takes the text."""
    return _IDENTIFIER.fullmatch(text) is not None


def parse_identifier(text: str) -> str:
    """Return the identifier: a letter or digit, then up to 79 letters, digits and `. _ : -`."""
    return _of(_IDENTIFIER, text, "must be a letter or digit, then up to 79 letters, digits and . _ : -")


def parse_code_word(text: str) -> str:
    """Return the code: a small letter, then up to 63 small letters, digits, `_` and `.`."""
    return _of(_CODE_WORD, text, "must be a small letter, then up to 63 small letters, digits, _ and .")


def parse_country(text: str) -> str:
    """Return the ISO 3166-1 alpha-2 code; whether the code is assigned is not asked."""
    return _of(_COUNTRY, text, "must be two capital letters, ISO 3166-1 alpha-2, such as DE")


def parse_company_number(text: str) -> str:
    """Return a tax id, register number, DUNS or LEI as it was written; matching reads the number out of it."""
    return _of(_COMPANY_NUMBER, text, "must be 1 to 40 letters A to Z, digits 0 to 9, . / - and spaces within")


def parse_key(text: str) -> str:
    """Return the idempotency key: 1 to 200 printable ASCII characters."""
    return _of(_PRINTABLE_KEY, text, "must be 1 to 200 printable ASCII characters")


def _of(pattern: re.Pattern[str], text: str, remedy: str) -> str:
    if pattern.fullmatch(text) is None:
        raise BadValue("text.pattern", remedy)
    return text
