"""What is shortened in several words together, and initials that stand beside the name they stand for."""

from __future__ import annotations

from functools import cache
from typing import Final

from services.attribution.domain.matching.tables import rows, words_of
from services.attribution.domain.matching.words import JOINING

LEAST_INITIALS: Final = 3
MOST_INITIALS: Final = 8
"""Letters between which a word can be the initials of its name: two are anybody's."""
_STATES: Final = {
    code.lower(): name.split()
    for code, name, *_ in rows("states.tsv")
    if code not in ("AL", "CO", "DE", "IN", "ME", "OR")
}
"""By codes that are no words."""
_PUBLIC: Final = words_of("public_works")


@cache
def _table() -> dict[str, tuple[tuple[tuple[str, ...], list[str]], ...]]:
    by_first: dict[str, list[tuple[tuple[str, ...], list[str]]]] = {}
    for short, long in rows("phrases.tsv"):
        first, *rest = short.split()
        by_first.setdefault(first, []).append((tuple(rest), long.split()))
    return {first: tuple(sorted(found, key=lambda entry: (-len(entry[0]), entry))) for first, found in by_first.items()}


def written_out(words: list[str]) -> list[str]:
    """Phrases written out: `co op` is coop, `g and t` generation and transmission, `Ky Pwr` begins with Kentucky."""
    table = _table()
    if len(words) > 1 and words[0] in _STATES and words[1] in _PUBLIC:
        words = [*_STATES[words[0]], *words[1:]]
    if table.keys().isdisjoint(words):
        return words
    result: list[str] = []
    at = 0
    while at < len(words):
        for rest, long in table.get(words[at], ()):
            end = at + 1 + len(rest)
            if tuple(words[at + 1 : end]) == rest:
                result += long
                at = end
                break
        else:
            result.append(words[at])
            at += 1
    return result


def without_own_initials(words: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """The words without one at an end that is the initials of all others, and that one: REPA, (HDHC)."""
    for at, first in ((-1, 0), (0, 1)):
        letters = words[at]
        if LEAST_INITIALS <= len(letters) <= min(MOST_INITIALS, len(words) - 1) and words[first][0] == letters[0]:
            others = words[:-1] if at else words[1:]
            if _initials(letters, others):
                return others, (letters,)
    return words, ()


def _initials(letters: str, words: list[str]) -> bool:
    """Whether each word gives its first letter; articles and conjunctions may."""
    # How many letters are given after each word, by every choice at once: one choice after the other takes years for a
    # name of nothing but conjunctions.
    given = {0}
    for word in words:
        taking = {count + 1 for count in given if letters[count : count + 1] == word[0]}
        given = taking | given if word in JOINING else taking
    return len(letters) in given
