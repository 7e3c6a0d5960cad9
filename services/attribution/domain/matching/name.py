"""A company's name, read once: its core words, its legal forms, its script."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from services.attribution.domain.matching.folding import Script, plain, script_of, seen
from services.attribution.domain.matching.forms import found_in, unglued
from services.attribution.domain.matching.tables import rows, words_of

VERSION: Final = 2
"""Of the normaliser: of this code, its tables and the pinned libraries; part of every key that is kept."""

_EAST_ASIAN: Final = frozenset({"han", "kana", "hangul"})
_JOINING: Final = words_of("joining")


@dataclass(frozen=True, slots=True)
class Name:
    """What a name says once spelling habits are put aside; equal keys mean names that differ in nothing that counts."""

    text: str
    words: tuple[str, ...]
    """Core words in Latin letters, in order, abbreviations written out; never empty unless the name is."""
    forms: tuple[str, ...]
    script: Script
    country: str | None = None

    @property
    def key(self) -> str:
        """The normal form as one string."""
        return " ".join(self.words)


def read_name(text: str, country: str | None = None) -> Name:
    """The name of any text; nothing raises."""
    return _read(text, country)


@lru_cache(maxsize=65_536)
def _read(text: str, country: str | None) -> Name:
    visible = seen(text)
    script = script_of(visible)
    glued: tuple[str, ...] = ()
    if script in _EAST_ASIAN:
        visible, glued = unglued(visible)
    words, forms = found_in(plain(visible).split())
    canonical = _canonical()
    core = [canonical.get(word, word) for word in words if word not in _JOINING] or words
    return Name(text=text, words=tuple(core), forms=(*glued, *forms), script=script, country=country)


@lru_cache(maxsize=1)
def _canonical() -> dict[str, str]:
    return {written: word for written, word, *_ in rows("abbreviations.tsv")}
