"""How one word of a name can stand for another: bent, shortened, mistyped, translated or written in other letters."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA, Indel

from services.attribution.domain.matching import arabic
from services.attribution.domain.matching.remembered import PAIRS_OF_WORDS
from services.attribution.domain.matching.tables import words_of
from services.attribution.domain.matching.words import (
    common,
    country_of,
    meaning,
    singular,
    skeleton,
    skeletons,
    standing,
    synonymous,
)


class Likeness(NamedTuple):
    """How far a word stands for another (1 for the same word), and by what."""

    degree: float
    how: str


NONE: Final = Likeness(0.0, "")
SAME: Final = Likeness(1.0, "equal")
TRANSLATED: Final = Likeness(0.92, "translation")
ADJECTIVE: Final = Likeness(0.7, "translation")
PLURAL: Final = Likeness(0.95, "plural")
ARTICLE: Final = Likeness(0.95, "article")
SHORTENED: Final = Likeness(0.9, "abbreviation")
CUT: Final = Likeness(0.8, "abbreviation")
MISTYPED: Final = Likeness(0.9, "spelling")
MISTYPED_TWICE: Final = Likeness(0.85, "spelling")
DOUBTFUL: Final = Likeness(0.6, "spelling")
SYNONYM: Final = Likeness(0.85, "translation")
COMPOUND: Final = Likeness(0.8, "compound")
SOUNDING: Final = Likeness(0.9, "sound")
NEARLY_SOUNDING: Final = Likeness(0.75, "sound")

TRADE: Final = 60.0
"""Names of the register from which on a word is a trade's or a place's, which people shorten."""
VOICED: Final = 0.7
"""The share of letters in common, vowels too, from which short words sound alike."""
KNOWN: Final = 30.0
"""Names of the register from which on a word is one that people write on purpose, not by a slip."""
OWN_NAME: Final = 5
"""Letters from which a word before a trade written onto it is a company's own."""
_FORMS: Final = words_of("trade_forms")
_GERMAN: Final = (("ue", "u"), ("oe", "o"), ("ae", "a"))


@lru_cache(maxsize=PAIRS_OF_WORDS)
def alike(one: str, other: str) -> Likeness:
    """The likeness of two different words in Latin letters, of names in any language."""
    if one == other:
        return SAME
    if one.isdigit() or other.isdigit():
        return NONE
    if meaning(one) == meaning(other):
        return TRANSLATED
    if one == "al" + other or other == "al" + one:
        return ARTICLE
    if one == other + "s" or other == one + "s":
        return PLURAL
    if one[:3] == other[:3] and (country := country_of(one)) and country == country_of(other):
        return ADJECTIVE
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if shorter[0] == longer[0] and _shortens(shorter, longer):
        if common(longer) < TRADE and _with_trade(shorter, longer):
            return COMPOUND
        # "Vinay" is a name of its own, not a short "Vinayak"; nor are rare words shortened by strangers.
        if common(longer) < TRADE or (len(shorter) > 4 and common(shorter) >= KNOWN):
            return DOUBTFUL
        return SHORTENED if longer.startswith(shorter) and len(shorter) > 2 else CUT
    return _mistyped(shorter, longer)


def _shortens(shorter: str, longer: str) -> bool:
    """Whether the shorter word is the longer one's beginning, or its first letters and later consonants in order."""
    if len(shorter) < 2 or len(longer) < 5 or len(longer) - len(shorter) < 2 or any(c.isdigit() for c in shorter):
        return False
    if longer.startswith(shorter):
        return True
    if len(shorter) > 6 or sum(c in "aeiou" for c in shorter[1:]) > 1:
        return False
    letters = iter(longer)
    return all(letter in letters for letter in shorter) and shorter[-1] in (longer[-1], longer[-2])


def _with_trade(shorter: str, longer: str) -> bool:
    """Whether a trade or a legal form is written onto the word: Calicolabs, SiemensAG."""
    if not longer.startswith(shorter) or len(shorter) < OWN_NAME:
        return False
    rest = longer[len(shorter) :]
    return (len(rest) > 2 and common(standing(rest)) >= TRADE) or (len(shorter) > OWN_NAME and rest in _FORMS)


def _mistyped(shorter: str, longer: str) -> Likeness:
    length = len(longer)
    if length < 4 or length - len(shorter) > 2:
        return NONE
    if any(two in longer or two in shorter for two, _ in _GERMAN) and _plain(shorter) == _plain(longer):
        return MISTYPED
    allowed = 1 if length < 9 else 2
    distance = OSA.distance(shorter, longer, score_cutoff=allowed)
    if distance > allowed:
        return NONE
    # "Armenia" is no slip for "America": both are words that people write.
    if common(shorter) >= KNOWN and common(longer) >= KNOWN:
        return NONE if length < 7 else DOUBTFUL
    if length < 6 or shorter[0] != longer[0]:
        return DOUBTFUL
    return MISTYPED if distance == 1 else MISTYPED_TWICE


def _plain(word: str) -> str:
    for two, one in _GERMAN:
        word = word.replace(two, one)
    return word


@lru_cache(maxsize=PAIRS_OF_WORDS)
def across(foreign: str, latin: str) -> Likeness:
    """The likeness of a word from another script, which stands here in English or by its sound, to one in Latin."""
    if foreign == latin:
        return SAME
    if meaning(foreign) == meaning(latin) or ((country := country_of(foreign)) and country == country_of(latin)):
        return TRANSLATED
    if singular(foreign) == singular(latin):
        return PLURAL
    if synonymous(singular(foreign), singular(latin)):
        return SYNONYM
    if latin in arabic.meanings_of(foreign):
        return TRANSLATED
    if {foreign, latin} <= arabic.english_words():
        return NONE
    return max(_sounding(foreign, latin), *(_sounding(word, latin) for word in arabic.words_for(foreign)), NONE)


def _sounding(one: str, other: str) -> Likeness:
    mine, theirs = skeleton(one), skeleton(other)
    if not mine or not theirs:
        return NONE
    if mine == theirs or mine.removeprefix("l") == theirs or mine == theirs.removeprefix("l"):
        if min(len(mine), len(theirs)) > 2:
            return SOUNDING
        # What the lexicon would have translated is heard in no other short word: السويدي is not Saudi.
        alone = arabic.english_words().isdisjoint((one, other))
        near = Indel.normalized_similarity(_voiced(one), _voiced(other))
        return SOUNDING if alone and near >= VOICED else NEARLY_SOUNDING
    if min(len(mine), len(theirs)) > 2 and not skeletons(one).isdisjoint(skeletons(other)):
        return SOUNDING
    if len(mine) > 2 and mine.replace("l", "r") == theirs.replace("l", "r"):
        return NEARLY_SOUNDING
    if min(len(mine), len(theirs)) >= 4 and OSA.distance(mine, theirs, score_cutoff=1) <= 1:
        return NEARLY_SOUNDING
    return NONE


_VOWELS: Final = str.maketrans(
    {"o": "u", "w": "u", "e": "i", "y": "i", "h": None, "q": "k", "c": "k", "g": "j", "p": "b", "v": "f", "z": "s"}
)


def _voiced(word: str) -> str:
    return word.removeprefix("al").translate(_VOWELS)
