"""Arabic script: letters folded, articles put aside, trade words in English, the rest romanised letter by letter."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from services.attribution.domain.matching.remembered import WORDS
from services.attribution.domain.matching.tables import rows
from services.attribution.domain.matching.words import standing

_RUN: Final = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\u200c]+")
_MARKS: Final = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u200c]")
FOLDED: Final = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "گ": "ك", "ۀ": "ه", "ة": "ه",
        "ۂ": "ه", "ە": "ه", "ھ": "ه", "ہ": "ه", "ؤ": "و", "ئ": "ي", "ڤ": "ف", "پ": "ب", "چ": "ج", "ژ": "ز", "ء": None,
        "،": ",", "؛": ";", "٫": ".", "٬": None, "ے": "ي", "ں": "ن", "ٹ": "ت", "ڈ": "د", "ڑ": "ر",
        **{chr(0x660 + n): str(n) for n in range(10)}, **{chr(0x6F0 + n): str(n) for n in range(10)},
    }
)  # fmt: skip
ROMAN: Final = str.maketrans(
    {
        "ا": "a", "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d", "ذ": "dh", "ر": "r", "ز": "z",
        "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh", "ف": "f", "ق": "q", "ك": "k",
        "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "w", "ي": "y",
    }
)  # fmt: skip
_PREFIXES: Final = ("وال", "بال", "فال", "كال", "ولل", "لل", "ال", "و", "ب", "ل")
_SURE: Final = 7
"""The first prefixes hold the article and are taken off any word; the others only where the rest is a known word."""
_ARTICLES: Final = re.compile(" (?:وال|ال|لل)")
_ENDINGS: Final = (
    ("يات", ("يه", "ي", "")), ("ات", ("ه", "")), ("يون", ("ي",)), ("يين", ("ي",)), ("ون", ("",)), ("ين", ("",)),
    ("يه", ("ي", "ه", "")), ("ي", ("يه",)), ("ه", ("",)),
)  # fmt: skip
"""Endings of genders, numbers and adjectives, and what stands in their stead in the lexicon."""
_ROOT: Final = 3
"""Letters of a root: what is longer once its ending is gone is a noun."""
_LETTER_NAMES: Final = {
    "اي": "a", "ايه": "a", "بي": "b", "سي": "c", "دي": "d", "اف": "f", "جي": "g", "اتش": "h", "جيه": "j",
    "كي": "k", "كيه": "k", "ال": "l", "ام": "m", "ان": "n", "او": "o", "كيو": "q", "ار": "r", "اس": "s", "تي": "t",
    "يو": "u", "في": "v", "دبليو": "w", "اكس": "x", "واي": "y", "زد": "z",
}  # fmt: skip
_SPELLED_OUT: Final = re.compile(
    "(?<![\u0621-\u064a])(?:{0})(?: (?:{0}))+(?![\u0621-\u064a])".format(
        "|".join(sorted(_LETTER_NAMES, key=lambda n: -len(n)))
    )
)
"""English letters by their names, two or more: جي اي جي."""
_DIGRAPH: Final = re.compile("([سصتطدكضغ])([هح])(?=.)")
_SERVANT: Final = re.compile("(?<![\u0621-\u064a])عبد ?ال")
_LETTERS_APART: Final = re.compile(
    "(?<![\u0621-\u064a])(?:[\u0621-\u064a][.\\s]\\s?){1,5}[\u0621-\u064a](?![\u0621-\u064a])\\.?"
)


def folded(text: str) -> str:
    """Spellings that differ in marks, hamza or regional letters are equal; ش.م.ك is one word."""
    text = _SERVANT.sub("عبدل", _MARKS.sub("", text).translate(FOLDED))
    return _LETTERS_APART.sub(lambda match: "".join(c for c in match[0] if c.isalpha()) + " ", text)


def without_forms(text: str) -> tuple[str, tuple[str, ...]]:
    """Folded text without its legal forms, and these; all of it where nothing else would be left."""
    pattern, forms = _forms()
    found: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        found.append(forms[match[0]])
        return " "

    rest = pattern.sub(put_aside, text)
    return (rest, tuple(found)) if rest.strip(" .,-()") else (text, tuple(found))


def in_latin(text: str) -> str:
    """Folded text with each word in English where the lexicon knows it, in Latin letters where it does not."""
    if _RUN.search(text) is None:
        return text
    pattern, english = _phrases()
    text = pattern.sub(lambda match: f" {english[_ARTICLES.sub(' ', f' {match[1]}').strip()]} ", text)
    text = _SPELLED_OUT.sub(lambda match: f" {''.join(map(_LETTER_NAMES.__getitem__, match[0].split()))} ", text)
    return _RUN.sub(lambda match: f" {_word(match[0])} ", text)


@lru_cache(maxsize=WORDS)
def _word(word: str) -> str:
    lexicon = _lexicon()
    if known := _known(word, lexicon):
        return known
    for at, prefix in enumerate(_PREFIXES):
        rest = word.removeprefix(prefix)
        if rest == word or len(rest) < 2:
            continue
        if (at < _SURE or len(rest) > 2) and (known := _known(rest, lexicon)):
            return known
        if at < _SURE and len(rest) > 2:
            return romanised(rest)
    return romanised(word)


@lru_cache(maxsize=WORDS)
def romanised(word: str) -> str:
    """The letters in Latin ones; h that would make one sound with the letter before stands apart from it."""
    return _DIGRAPH.sub(r"\1ا\2", word).translate(ROMAN)


def _known(word: str, lexicon: dict[str, str]) -> str | None:
    """The English of a word, or of its other gender, or of what it is the plural or the adjective of."""
    if word in lexicon:
        return lexicon[word]
    for ending, others in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2:
            for other in others:
                if (other or len(stem) > _ROOT) and (known := lexicon.get(stem + other)):
                    return known
    return None


@cache
def _lexicon() -> dict[str, str]:
    learnt = {word: standing(english) for word, english, *_ in rows("arabic_learnt.tsv")}
    return learnt | {word: english for word, english, spelled in _written() if " " not in word and not spelled}


@cache
def _written() -> tuple[tuple[str, str, bool], ...]:
    return tuple(
        (_MARKS.sub("", word).translate(FOLDED), standing(english), bool(how))
        for word, english, *how in rows("arabic_words.tsv")
    )


@cache
def english_words() -> frozenset[str]:
    """The words that the lexicon translates to, written out: nothing remains to be looked up for these."""
    written = (*_lexicon().values(), *_phrases()[1].values())
    return frozenset(word for english in written for word in english.split())


@cache
def _phrases() -> tuple[re.Pattern[str], dict[str, str]]:
    english = {phrase: meant for phrase, meant, _ in _written() if " " in phrase}
    bodies = (
        " ".join(rf"(?:ال|لل|وال)?{re.escape(word)}" for word in phrase.split())
        for phrase in sorted(english, key=lambda text: (-len(text), text))
    )
    pattern = f"(?<![\u0621-\u064a])(?:بال|وب|و|ب|ل)?({'|'.join(bodies)})(?![\u0621-\u064a])"
    return re.compile(pattern), english


@lru_cache(maxsize=WORDS)
def meanings_of(spelled: str) -> frozenset[str]:
    """What a word that is mostly spelled would be in English, where a name translates it all the same."""
    return _translated().get(spelled, frozenset())


@cache
def _translated() -> dict[str, frozenset[str]]:
    translated: dict[str, set[str]] = {}
    for word, english, spelled in _written():
        if spelled:
            translated.setdefault(romanised(word), set()).add(english)
    return {word: frozenset(english) for word, english in translated.items()}


@lru_cache(maxsize=WORDS)
def words_for(english: str) -> frozenset[str]:
    """The Arabic words, romanised, that the lexicon translates so: a name may be translated here and spelled there."""
    return _spoken().get(english, frozenset())


@cache
def _spoken() -> dict[str, frozenset[str]]:
    spoken: dict[str, set[str]] = {}
    for word, english in _lexicon().items():
        spoken.setdefault(english, set()).add(romanised(word))
    return {english: frozenset(words) for english, words in spoken.items()}


@cache
def _forms() -> tuple[re.Pattern[str], dict[str, str]]:
    forms = {folded(phrase).strip(): form for phrase, form, *_ in rows("arabic_forms.tsv")}
    phrases = "|".join(map(re.escape, sorted(forms, key=lambda text: (-len(text), text))))
    return re.compile(f"(?<!\\w)(?:{phrases})(?!\\w)"), forms
