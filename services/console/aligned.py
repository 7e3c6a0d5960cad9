"""Two spellings beside each other: runs of letters that agree stand in one column, and so do those that differ."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_LETTERS = 200
"""A name has no more."""


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of both spellings that stand in one column; one side may have none."""

    one: str
    other: str
    same: bool


def aligned(one: str, other: str) -> list[Run]:
    """The runs of both, in order; none where they share no letter, as two scripts.

    Case, accents, vowel signs and the length of a stroke make no difference.
    """
    left, right = _letters(one[:MOST_LETTERS]), _letters(other[:MOST_LETTERS])
    matcher = SequenceMatcher(None, [_plain(letter) for letter in left], [_plain(letter) for letter in right], False)
    runs = [Run("".join(left[a:b]), "".join(right[c:d]), kind == "equal") for kind, a, b, c, d in matcher.get_opcodes()]
    return runs if any(run.same and run.one.strip() for run in runs) else []


def _letters(text: str) -> list[str]:
    """The letters, each with its marks: an accent or a vowel sign stands on the letter before it."""
    found: list[str] = []
    for sign in unicodedata.normalize("NFC", text):
        if found and (unicodedata.combining(sign) or sign in "\u0640\u200c\u200d"):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _plain(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)
    return "".join(sign for sign in base if not unicodedata.combining(sign) and sign != "\u0640").casefold()
