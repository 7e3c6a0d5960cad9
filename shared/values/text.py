"""Text: lines and free text, kept exactly as they were sent."""

from __future__ import annotations

import re

from shared.values.refusal import BadValue

# Controls and bidirectional overrides can make a name read as another one on a reviewer's screen. Half of a surrogate
# pair is no character: neither UTF-8 nor the database can hold it.
_REFUSED_IN_LINES = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Free text may have lines and tabs.
_REFUSED_IN_TEXTS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
EMAIL = r"[^@\s]+@[^@\s]+"
PHONE = "[0-9+(). /x-]+"
_EMAIL = re.compile(EMAIL)
_PHONE = re.compile(PHONE)

MAX_LINE = 200
"""Characters of one line: the longest company names that registers hold have about 160."""
MAX_TEXT = 4_000
"""Characters of one free text: two pages; longer things are documents, and belong behind a link."""
MAX_EMAIL = 254
"""Characters of a mailbox, RFC 5321 section 4.5.3.1.3 less the angle brackets."""
MAX_PHONE = 40
"""Characters of a telephone number: 15 digits, an extension and how people group them."""
MAX_DOMAIN = 253
"""Characters of a domain name, RFC 1035 section 2.3.4 without the root."""


def parse_line(text: str, low: int = 1, high: int = MAX_LINE) -> str:
    """Return the line of `low` to `high` characters; controls and outer white space are refused, nothing is changed.

    Trimming would keep another value than the one sent, and two spellings of one external id would be two deals.
    """
    if text.isprintable() and low <= len(text) <= high and text[0] != " " != text[-1]:
        return text  # as nearly every one is: a blank is the only white space that the interpreter calls printable
    _refuse(text, _REFUSED_IN_LINES)
    _sized(text, low, high)
    if text[0].isspace() or text[-1].isspace():
        raise BadValue("text.outer_space", "starts or ends with white space; remove it")
    return text


def parse_text(text: str) -> str:
    """Return the free text, 1 to `MAX_TEXT` characters with lines and tabs, exactly as it was sent."""
    _refuse(text, _REFUSED_IN_TEXTS)
    _sized(text, 1, MAX_TEXT)
    return text


def parse_email(text: str) -> str:
    """Return the e-mail address: something on both sides of one @, without white space."""
    parse_line(text, 3, MAX_EMAIL)
    if not _EMAIL.fullmatch(text):
        raise BadValue("text.pattern", "must be an e-mail address such as jana@adler.example")
    return text


def parse_phone(text: str) -> str:
    """Return the telephone number: digits 0 to 9, spaces and `+ ( ) . / x -`."""
    parse_line(text, 3, MAX_PHONE)
    if not _PHONE.fullmatch(text):
        raise BadValue("text.pattern", "must be a telephone number of digits 0 to 9, spaces and + ( ) . / x -")
    return text


def parse_domain(text: str) -> str:
    """Return the domain or web address as it was written; matching reads the host out of it."""
    return parse_line(text, 3, MAX_DOMAIN)


def _refuse(text: str, refused: re.Pattern[str]) -> None:
    # What the interpreter calls printable has none of these, and asking it takes a third of the time.
    found = None if text.isprintable() else refused.search(text)
    if found is None:
        return
    if "\ud800" <= found[0] <= "\udfff":
        raise BadValue("text.not_unicode", "contains half of a surrogate pair; send valid UTF-8")
    detail = f"contains the control character U+{ord(found[0]):04X} at position {found.start()}; remove it"
    raise BadValue("text.control_character", detail)


def _sized(text: str, low: int, high: int) -> None:
    if len(text) > high:
        raise BadValue("text.too_long", f"has {len(text)} characters; at most {high} are allowed")
    if len(text) < low or text.isspace():
        detail = f"must have at least {low} character{'s' * (low != 1)}" if len(text) < low else "must not be blank"
        raise BadValue("text.too_short", detail)
