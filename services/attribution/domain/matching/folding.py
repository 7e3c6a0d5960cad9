"""Text of any script as plain Latin words: what two spellings share before anything is known about companies."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

from anyascii import anyascii

from services.attribution.domain.matching import arabic
from services.attribution.domain.matching.letters import CYRILLIC, GREEK, KANA_LONG, LATIN, LOOKALIKES

Script = Literal["latin", "arabic", "cyrillic", "greek", "han", "kana", "hangul", "other", "none"]

LONGEST: Final = 400
"""Characters of a name that are read: no register has longer ones, and the rest costs time for everybody."""

# Marks that are never seen: soft hyphen, zero width, direction, variation selectors, byte order, tags.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e0fff\U0001f3fb-\U0001f3ff]"
)
_DOTTED = re.compile(r"(?<![^\W_])((?:[^\W\d_]\.\s?){1,}[^\W\d_])\.?(?![^\W_])")
_SLASHED = re.compile(r"\b([^\W\d_])/([^\W\d_])(?:/([^\W\d_]))?(?![^\W_])")
_APOSTROPHE = re.compile(r"(?<=[^\W_])['`´ʹʻʼʽʾʿˈ‘’′]+(?=[^\W_])")
# Accents of Latin, Greek and Cyrillic letters; the marks of kana and other scripts make other sounds.
_ACCENTS = re.compile("[\u0300-\u036f]")
_AND = re.compile(r"[&＆+]")
_LETTERS_AND = re.compile(r"\b([^\W\d_]{1,3})&([^\W\d_])\b(?!&)")
_PICTURES = re.compile("[\u2190-\u2bff\u3004\u3012\u3013\ufffd\U0001f000-\U0001faff]")
_WORD = re.compile(r"[a-z0-9]+")
_SINGLES = re.compile(r"(?<![a-z0-9])(?:[a-z] ){1,}[a-z](?![a-z0-9])")
_SCRIPTS: Final[tuple[tuple[Script, re.Pattern[str]], ...]] = (
    ("arabic", re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]")),
    ("cyrillic", re.compile("[\u0400-\u052f]")),
    ("greek", re.compile("[\u0370-\u03ff\u1f00-\u1fff]")),
    ("kana", re.compile("[\u3040-\u30ff]")),
    ("hangul", re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")),
    ("han", re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff]")),
    ("latin", re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")),
)
_MIXED = re.compile("[A-Za-z\u0370-\u03ff\u0400-\u052f]+")
_LATIN_LETTER = re.compile("[A-Za-z]")
# Where one writing system ends and another begins, a word ends: 日立ビル, ABC株式会社.
_SEAMS = re.compile(
    "(?<=[\u3400-\u9fff])(?=[\u3040-\u30ffA-Za-z0-9\uac00-\ud7af])|(?<=[\u3041-\u30ff])(?=[\u3400-\u9fffA-Za-z0-9])"
    "|(?<=[A-Za-z0-9])(?=[\u3040-\u9fff\uac00-\ud7af])"
)


def seen(text: str) -> str:
    """The text as a person sees it: compatibility forms unified, unseen marks and look-alike letters gone."""
    text = text[:LONGEST]
    if not text.isascii():
        text = _PICTURES.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFKC", text)))
        text = _MIXED.sub(_one_script, text)
    return " ".join(text.split())


def _one_script(match: re.Match[str]) -> str:
    """A word of Latin and look-alike letters is the Latin word, or the other one where Latin letters are the fewer."""
    word = match[0]
    latin = len(_LATIN_LETTER.findall(word))
    if latin in (0, len(word)):
        return word
    # Somebody who writes АBC with a Cyrillic А means, or wants to be taken for, ABC.
    plain = word.translate(LOOKALIKES)
    return plain if plain.isascii() else word


def script_of(text: str) -> Script:
    """The writing system that most of its letters belong to; a little Latin beside another script does not count."""
    if text.isascii():
        return "latin" if _LATIN_LETTER.search(text) else "none"
    counts = [(len(pattern.findall(text)), script) for script, pattern in _SCRIPTS]
    by = {script: count for count, script in counts}
    if by["kana"]:
        by["kana"] += by["han"]
        by["han"] = 0
    most = max(by, key=lambda script: (by[script], script))
    if by[most]:
        return most
    return "other" if any(character.isalpha() for character in text) else "none"


def plain(text: str) -> str:
    """The seen text in lower-case Latin letters, digits and spaces, one space between words."""
    lowered = text.lower()
    if "&" in lowered:
        lowered = _LETTERS_AND.sub(r"\1\2", lowered)
    if not lowered.isascii():
        lowered = _latin(lowered)
    lowered = _APOSTROPHE.sub("", lowered)
    if "." in lowered:
        lowered = _DOTTED.sub(_joined, lowered)
    if "/" in lowered:
        lowered = _SLASHED.sub(_joined, lowered)
    words = " ".join(_WORD.findall(_AND.sub(" and ", lowered)))
    return _SINGLES.sub(lambda match: match[0].replace(" ", ""), words)


def _joined(match: re.Match[str]) -> str:
    return " " + "".join(character for character in match[0] if character.isalnum()) + " "


def _latin(lowered: str) -> str:
    """Letters of every script as Latin ones; what no table knows is asked of anyascii."""
    text = _SEAMS.sub(" ", lowered)
    text = arabic.in_latin(text).translate(LATIN)
    text = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))
    text = text.translate(GREEK).translate(CYRILLIC).translate(KANA_LONG)
    if text.isascii():
        return text
    return anyascii(text).lower()
