"""Legal forms: found wherever they stand in a name, named alike however they are written."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from services.attribution.domain.matching.tables import rows, words_of

SHORT: Final = 3
"""Letters up to which a form is one only at the end of a name, or at its beginning where registers put it there."""
_FIRST: Final = words_of("first_forms")
_ANYWHERE: Final = words_of("anywhere_forms")


class Form(NamedTuple):
    """A legal form: how it is named here, and the class that forms of other countries share."""

    name: str
    kind: str


class Found(NamedTuple):
    """A name's words without its legal forms, and these in order."""

    words: list[str]
    forms: tuple[str, ...]


class _Table(NamedTuple):
    by_first: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    kinds: dict[str, str]
    glued: re.Pattern[str]
    of_glued: dict[str, str]


@cache
def _table() -> _Table:
    phrases: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for phrase, form, kind, *_ in (*rows("legal_forms.tsv"), *rows("arabic_forms.tsv"), *rows("legal_forms_more.tsv")):
        phrases[phrase] = form
        kinds[form] = kind or kinds.get(form, "")
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    glued = {}
    for phrase, form in phrases.items():
        if phrase.isascii() and "(" not in phrase:
            first, *rest = phrase.split()
            by_first.setdefault(first, []).append((tuple(rest), form))
        else:
            glued[phrase] = form
    longest_first = {
        first: tuple(sorted(found, key=lambda entry: (-len(entry[0]), entry))) for first, found in by_first.items()
    }
    pattern = "|".join(re.escape(phrase) for phrase in sorted(glued, key=lambda text: (-len(text), text)))
    return _Table(longest_first, kinds, re.compile(pattern), glued)


def kind_of(form: str) -> str:
    """The class of a form (LLC, JSC, LP, …), empty where none is known."""
    return _table().kinds.get(form, "")


def unglued(text: str) -> tuple[str, tuple[str, ...]]:
    """East Asian text without the forms that are written onto the name, and these."""
    table = _table()
    found: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        found.append(table.of_glued[match[0]])
        return " "

    rest = table.glued.sub(put_aside, text)
    return (rest, tuple(found)) if rest.strip() else (text, tuple(found))


def found_in(words: list[str]) -> Found:
    """The words without legal forms; all of them where nothing else would be left."""
    by_first = _table().by_first
    if not any(word in by_first for word in words):
        return Found(words, ())
    kept: list[str | None] = list(words)
    forms: list[tuple[int, str]] = []
    at = 0
    while at < len(words):
        length, form = _longest(words, at, by_first)
        if length and (length > 1 or len(words[at]) > SHORT or (at and words[at] in _ANYWHERE)):
            forms.append((at, form))
            kept[at : at + length] = [None] * length
        at += length or 1
    end = len(words)
    while end > 0:
        if kept[end - 1] is not None:
            length, form = _longest(words, end - 1, by_first)
            if not length:
                break
            forms.append((end - 1, form))
            kept[end - 1] = None
        end -= 1
    first = words[0]
    if kept[0] is not None and first in _FIRST and first in by_first and sum(word is not None for word in kept) > 1:
        length, form = _longest(words, 0, by_first)
        if length == 1:
            forms.append((0, form))
            kept[0] = None
    rest = [word for word in kept if word is not None]
    return Found(rest or words, tuple(form for _, form in sorted(forms)))


def _longest(
    words: list[str], at: int, by_first: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
) -> tuple[int, str]:
    for rest, form in by_first.get(words[at], ()):
        if not rest or tuple(words[at + 1 : at + 1 + len(rest)]) == rest:
            return 1 + len(rest), form
    return 0, ""
