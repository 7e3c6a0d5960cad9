"""Repeating what strangers sent: in a problem, in a row of a bulk answer, in a refusal on the command line."""

from __future__ import annotations

MAX_ECHO = 80
"""Characters of a foreign text that help somebody to find it again; the rest is noise, and may be a megabyte."""


def echoed(text: str, most: int = MAX_ECHO) -> str:
    """Make foreign text safe to repeat: at most `most` characters of it, escaped where they cannot be printed.

    Halves of surrogate pairs have no UTF-8, controls and bidirectional overrides rewrite a terminal or a screen.
    """
    kept = text[:most]
    if not kept.isprintable():
        kept = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in kept)
    return kept if len(text) <= most else f"{kept}…"
