"""What a word of a name stands for, how much it says, and how it sounds."""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache
from typing import Final

from services.attribution.domain.matching.remembered import WORDS
from services.attribution.domain.matching.tables import rows, words_of

RAREST: Final = 4
"""Names of the register that a word is in to be listed; what is not listed weighs most."""
LEAST: Final = 0.08
"""The weight of the commonest word."""
LEAST_PLURAL: Final = 5
"""Letters from which a last s may be a plural's."""
NUMBER: Final = 0.9
"""Numbers tell companies of one group apart, whatever their frequency."""

_SERVANTS: Final = frozenset({"abdul", "abdel", "abdal", "abdur", "abdool"})
_ARAB: Final = frozenset({"arab", "arabia", "arabian"})
_JOINED: Final = _SERVANTS | {"saudi"}
JOINING: Final = words_of("joining")
_ROMAN: Final = re.compile(r"(?=[ivxl]{2,7}\Z|[vx]\Z)(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")
_TENS: Final = {"": 0, "x": 10, "xx": 20, "xxx": 30, "xl": 40, "l": 50, "lx": 60, "lxx": 70, "lxxx": 80, "xc": 90}
_ONES: Final = {"": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
_ORDINAL: Final = re.compile(r"([0-9]+)(?:st|nd|rd|th|e|er|eme|ra|ro|do|da|a|o)")


@cache
def _canonical() -> dict[str, str]:
    return {written: word for written, word, *_ in rows("abbreviations.tsv")}


@cache
def _numbers() -> dict[str, str]:
    return {written: number for written, number, *_ in rows("numbers.tsv")}


@cache
def _concepts() -> dict[str, str]:
    concepts = {written: word for written, word, *_ in rows("concepts.tsv")}
    return concepts | {word: english for english, words in rows("translations.tsv") for word in words.split()}


@cache
def _countries() -> dict[str, str]:
    return {written: code for written, code, *_ in rows("countries.tsv.gz")}


@cache
def _frequencies() -> tuple[float, dict[str, float]]:
    (_, names), *buckets = rows("frequencies.tsv.gz")
    return float(names), {word: 2 ** (int(bucket) / 4) for bucket, words in buckets for word in words.split()}


def standing(phrase: str) -> str:
    """Each word as it is written out, for tables that name words in English."""
    known = _canonical()
    return " ".join(known.get(word, word) for word in _numbered(phrase.split()))


def canonical(words: list[str], *, foreign: bool, settled: frozenset[str] | None = None) -> list[str]:
    """The words written out, in the singular, numbers as digits; articles and conjunctions are gone.

    Where `settled` words are given, the others are spelled sounds, of which none is an abbreviation.
    """
    kept = [word for word in words if word not in JOINING]
    if not _JOINED.isdisjoint(kept):
        kept = _joined(kept)
    if len(kept) < 2:
        # A single word is a name: "Med" is not "Medical".
        return _numbered(kept or words)
    known, meanings = _canonical(), _concepts()
    result: list[str] = []
    for word in _numbered(kept):
        stands = known.get(word) if settled is None else None
        if stands is None and foreign and (settled is None or word not in settled):
            stands = meanings.get(word)
        if stands is None:
            result.append(word)
        elif " " in stands:
            result.extend(stands.split())
        else:
            result.append(stands)
    return result


def _joined(words: list[str]) -> list[str]:
    """Two words that are one: Abdul Rahman, Saudi Arabia."""
    result: list[str] = []
    for word in words:
        if result and result[-1] in _SERVANTS:
            result[-1] = f"abdul{word}"
        elif word in _ARAB and result and result[-1] == "saudi":
            continue
        else:
            result.append(word)
    return result


def _numbered(words: list[str]) -> list[str]:
    numbers = _numbers()
    result = []
    for at, word in enumerate(words):
        if word in numbers:
            result.append(numbers[word])
        elif at and (roman := _ROMAN.fullmatch(word)):
            result.append(str(_TENS[roman[1]] + _ONES[roman[2]]))
        elif word[0].isdigit() and (match := _ORDINAL.fullmatch(word)):
            result.append(match[1])
        elif word.isdigit():
            result.append(word.lstrip("0") or "0")
        elif word != "no" or at + 1 == len(words) or not words[at + 1][0].isdigit():
            result.append(word)
    return result


@lru_cache(maxsize=WORDS)
def weight(word: str) -> float:
    """How much a word tells companies apart: 1 for one that hardly any has, little for one that thousands have."""
    if word.isdigit():
        return NUMBER
    names, frequencies = _frequencies()
    return max(LEAST, 1 - math.log(frequencies.get(word, RAREST) / RAREST) / math.log(names / (4 * RAREST)))


def common(word: str) -> float:
    """In how many names of the register the word is."""
    return _frequencies()[1].get(word, 0.0)


@lru_cache(maxsize=WORDS)
def meaning(word: str) -> str:
    """The English word for a trade or a kind in any language; the word itself where none is known."""
    return _concepts().get(word) or _canonical().get(word) or word


@cache
def _synonyms() -> dict[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for group, (words,) in enumerate(rows("synonyms.tsv")):
        for word in words.split():
            groups.setdefault(singular(word), set()).add(group)
    return {word: frozenset(found) for word, found in groups.items()}


def synonymous(one: str, other: str) -> bool:
    """Whether translators choose between the two words."""
    groups = _synonyms()
    return one in groups and other in groups and not groups[one].isdisjoint(groups[other])


def singular(word: str) -> str:
    """An English word of any number in the singular; names that end in s lose it too, on both sides alike."""
    if len(word) < LEAST_PLURAL or word.endswith("ss") or not word.endswith("s"):
        return word
    return word[:-3] + "y" if word.endswith("ies") else word[:-1]


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
_HEARD: Final = (("dh", ("t", "s")), ("th", ("s",)), ("kh", ("k",)), ("q", ("g",)), ("z", ("d",)), ("tsh", ("sh",)))
"""Letters of Arabic as they are romanised, and how others write them: ملاذ is Malath, قصيم Gassim, ظفار Dhofar."""
_CLASSES: Final = str.maketrans(
    {"c": "k", "q": "k", "g": "j", "p": "b", "v": "f", "z": "s", "X": "h", **dict.fromkeys("aeiouwy")}
)
_TWICE: Final = re.compile(r"(.)\1+")


@lru_cache(maxsize=WORDS)
def skeleton(word: str) -> str:
    """The word's consonants as Arabic and its Latin spellings have in common; digits stay."""
    word = _TWICE.sub(r"\1", word)
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word.translate(_CLASSES)


@lru_cache(maxsize=WORDS)
def skeletons(word: str) -> frozenset[str]:
    """The skeleton, and those of the other ways in which the sounds of another script are written."""
    written = {word, word[:-1] + "t"} if word.endswith("h") and len(word) > 3 else {word}
    if word.startswith("al") and len(word) > LEAST_PLURAL:
        written.add(word[2:])
    for sound, others in _HEARD:
        written |= {text.replace(sound, other) for text in written if sound in text for other in others}
    return frozenset(filter(None, map(skeleton, written)))
