"""Skeletons of words: what is left of a word however its vowels, doubled letters and transliteration are written."""

from __future__ import annotations

import re
from functools import lru_cache

from services.attribution.domain.matching.remembered import WORDS

_SOUNDS = {
    "sch": "s",
    "tch": "k",
    "sh": "s",
    "zh": "s",
    "cz": "s",
    "kh": "k",
    "ch": "k",
    "ck": "k",
    "x": "ks",
    "gh": "g",
    "ph": "f",
    "th": "t",
    "dh": "d",
}
"""Letters written together for one sound; the longer ones first."""
_TOGETHER = re.compile("|".join((*_SOUNDS, "c(?=[eiy])")))
# Pairs that Arabic, Cyrillic or a slip of the ear do not tell apart, and the vowels, which Arabic does not write.
_SINGLE = str.maketrans({"p": "b", "c": "k", "q": "k", "j": "g", "v": "f", "z": "s", **dict.fromkeys("aeiouwy")})
_ARTICLES = ("al", "el")
_LEAST_AFTER_ARTICLE = 3


@lru_cache(maxsize=WORDS)
def skeleton(word: str) -> str:
    """The consonants of a word in Latin letters, like sounds alike and none doubled, `A` for a vowel at its start."""
    sounds = _TOGETHER.sub(_sound, word)
    # Arabic ends a feminine word in a letter that is written `h`, `a` or not at all.
    bare = sounds.rstrip("h") or sounds
    first = bare[0] if bare[:1] in ("w", "y") else "A" if bare[:1] in ("a", "e", "i", "o", "u") else ""
    letters = [first]
    for letter in bare.translate(_SINGLE):
        if letter != letters[-1] or letter.isdigit():
            letters.append(letter)
    return "".join(letters)


def without_article(word: str) -> str:
    """The word without an Arabic article written as one with it."""
    return word[2:] if word[:2] in _ARTICLES and len(word) >= 2 + _LEAST_AFTER_ARTICLE else word


def _sound(written: re.Match[str]) -> str:
    # A soft c is the one sound that is told by the letter after it.
    return _SOUNDS.get(written[0], "s")
