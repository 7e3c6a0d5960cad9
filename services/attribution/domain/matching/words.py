"""What a word of a name stands for, how much it says, and how it sounds."""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache
from typing import Final

from services.attribution.domain.matching.tables import rows, words_of

RAREST: Final = 4
"""Names of the register that a word is in to be listed; what is not listed weighs most."""
LEAST: Final = 0.08
"""The weight of the commonest word."""
NUMBER: Final = 0.9
"""Numbers tell companies of one group apart, whatever their frequency."""

_SERVANTS: Final = frozenset({"abdul", "abdel", "abdal", "abdur", "abdool"})
JOINING: Final = words_of("joining")
_ROMAN: Final = re.compile(r"(?=[ivxl]{2,7}$|[vx]$)(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})$")
_TENS: Final = {"": 0, "x": 10, "xx": 20, "xxx": 30, "xl": 40, "l": 50, "lx": 60, "lxx": 70, "lxxx": 80, "xc": 90}
_ONES: Final = {"": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
_ORDINAL: Final = re.compile(r"(\d+)(?:st|nd|rd|th|e|er|eme|ra|ro|do|da|a|o)$")


@cache
def _canonical() -> dict[str, str]:
    return {written: word for written, word, *_ in rows("abbreviations.tsv")}


@cache
def _numbers() -> dict[str, str]:
    return {written: number for written, number, *_ in rows("numbers.tsv")}


@cache
def _concepts() -> dict[str, str]:
    return {written: word for written, word, *_ in rows("concepts.tsv")}


@cache
def _countries() -> dict[str, str]:
    return {written: code for written, code, *_ in rows("countries.tsv.gz")}


@cache
def _frequencies() -> tuple[float, dict[str, float]]:
    (_, names), *buckets = rows("frequencies.tsv.gz")
    return float(names), {word: 2 ** (int(bucket) / 4) for bucket, words in buckets for word in words.split()}


def canonical(words: list[str], *, foreign: bool) -> list[str]:
    """The words written out, in the singular, numbers as digits; articles and conjunctions are gone."""
    kept = [word for word in words if word not in JOINING]
    if "estate" in kept or not _SERVANTS.isdisjoint(kept):
        kept = _joined(kept)
    if len(kept) < 2:
        # A single word is a name: "Med" is not "Medical".
        return _numbered(kept or words)
    known, meanings = _canonical(), _concepts()
    result: list[str] = []
    for word in _numbered(kept):
        standing = known.get(word)
        if standing is None and foreign:
            standing = meanings.get(word)
        if standing is None:
            result.append(word)
        elif " " in standing:
            result.extend(standing.split())
        else:
            result.append(standing)
    return result


def _joined(words: list[str]) -> list[str]:
    """Two words that are one: real estate, Abdul Rahman."""
    result: list[str] = []
    for word in words:
        if result and (result[-1] in _SERVANTS or (result[-1], word) == ("real", "estate")):
            first = result.pop()
            result.append(f"abdul{word}" if first in _SERVANTS else first + word)
        else:
            result.append(word)
    return result


def _numbered(words: list[str]) -> list[str]:
    numbers = _numbers()
    result = []
    for at, word in enumerate(words):
        if word in numbers:
            result.append(numbers[word])
        elif at and (roman := _ROMAN.match(word)):
            result.append(str(_TENS[roman[1]] + _ONES[roman[2]]))
        elif word[0].isdigit() and (match := _ORDINAL.match(word)):
            result.append(match[1])
        elif word.isdigit():
            result.append(word.lstrip("0") or "0")
        elif word != "no" or at + 1 == len(words) or not words[at + 1][0].isdigit():
            result.append(word)
    return result


@lru_cache(maxsize=65_536)
def weight(word: str) -> float:
    """How much a word tells companies apart: 1 for one that hardly any has, little for one that thousands have."""
    if word.isdigit():
        return NUMBER
    names, frequencies = _frequencies()
    return max(LEAST, 1 - math.log(frequencies.get(word, RAREST) / RAREST) / math.log(names / (4 * RAREST)))


def common(word: str) -> float:
    """In how many names of the register the word is."""
    return _frequencies()[1].get(word, 0.0)


@lru_cache(maxsize=65_536)
def meaning(word: str) -> str:
    """The English word for a trade or a kind in any language; the word itself where none is known."""
    return _concepts().get(word) or _canonical().get(word) or word


@cache
def _synonyms() -> dict[str, int]:
    return {word: group for group, (words,) in enumerate(rows("synonyms.tsv")) for word in words.split()}


def synonymous(one: str, other: str) -> bool:
    """Whether translators choose between the two words."""
    groups = _synonyms()
    return one in groups and groups[one] == groups.get(other)


def country_of(word: str) -> str | None:
    """The country that the word names, in any language."""
    return _countries().get(word)


_SOUNDS: Final = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"sch|shch|sh|tch|ch"), "S"),
    (re.compile(r"kh"), "X"),
    (re.compile(r"th"), "t"),
    (re.compile(r"dh"), "d"),
    (re.compile(r"gh"), "g"),
    (re.compile(r"ck|cq|qu"), "k"),
    (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"h+$"), ""),
)
_CLASSES: Final = str.maketrans(
    {"c": "k", "q": "k", "g": "j", "p": "b", "v": "f", "z": "s", "X": "h", **dict.fromkeys("aeiouwy")}
)
_TWICE: Final = re.compile(r"(.)\1+")


@lru_cache(maxsize=65_536)
def skeleton(word: str) -> str:
    """The word's consonants as Arabic and its Latin spellings have in common; digits stay."""
    word = _TWICE.sub(r"\1", word)
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word.translate(_CLASSES)
