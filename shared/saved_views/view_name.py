"""Names of saved views: one line as a person types it, in one spelling."""

from __future__ import annotations

from typing import Annotated
from unicodedata import normalize

from shared.values.fields import Parsed
from shared.values.text import parse_line

MAX_NAME = 60
"""Characters of a name: what a button shows in a line or two at 320 pixels."""


def parse_name(text: str) -> str:
    """Return the name in NFC without white space around it; a control, an empty and a long name are refused."""
    return parse_line(normalize("NFC", text.strip()), 1, MAX_NAME)


def folded(name: str) -> str:
    """What two names share that differ in case alone (canonical caseless match, Unicode D145)."""
    return normalize("NFD", normalize("NFD", name).casefold())


ViewName = Annotated[str, Parsed(parse_name, low=1)]
"""A name as it is sent; white space around it may make it longer than it is kept."""
