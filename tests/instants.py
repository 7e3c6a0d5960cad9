"""Instants in texts: each is RFC 3339 in UTC with a `Z`, and has digits of a second only where they say something."""

from __future__ import annotations

import re

# A day and a time, however they are joined, and whatever offset and fraction follow.
_LIKE_ONE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d[0-9:.]*(?:Z|z|[+-]\d\d:?\d\d)?")
_AS_AGREED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.(?!000000)\d{6})?Z")


def instants(text: str) -> list[str]:
    """Everything in the text that looks like an instant."""
    return _LIKE_ONE.findall(text)


def odd_instants(text: str) -> list[str]:
    """What of them is written otherwise than agreed."""
    return [one for one in instants(text) if not _AS_AGREED.fullmatch(one)]
