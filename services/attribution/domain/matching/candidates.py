"""Candidate keys: a few texts a name is found by, of which any two spellings of one name share at least one.

Each key is the first rung of a ladder, from what many spellings share to what few names share, that is not too
frequent by a table frozen with the release. So a key says nothing of what else is stored, is the same on every machine
and at every replay, and equal features of two names give equal keys on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations
from typing import Protocol

from services.attribution.domain.matching.candidates_frequent import VERY_FREQUENT, frequent
from services.attribution.domain.matching.candidates_skeleton import skeleton, without_article

VERSION = 1
"""Of the keys and their table together; in every key, so that keys of two versions stand beside each other."""
MOST_WORDS = 12
MOST_LETTERS = 32
"""Of one word; what is longer is a sentence or a mistake."""
MOST_KEYS = 20
MOST_KEY_LENGTH = 90
_RARE_WORDS = 3
_COMMON_WORDS = 4
_PAIRS, _PAIRS_BESIDE_RARE_WORDS = 4, 1
_LEAST_LETTERS = 3
"""Of a skeleton or word that is a key by itself."""
_ENDS = range(6, 15)
_WORD_ENDS = range(4, 15)
_ACRONYM = range(3, 7)

Ladder = Iterable[str]
Standing = tuple[int, int, str, str]


class Spelled(Protocol):
    """What is read of a name: its words in order, what they mean in English, its legal forms, all folded."""

    @property
    def words(self) -> tuple[str, ...]: ...

    @property
    def meanings(self) -> tuple[str, ...]: ...

    @property
    def forms(self) -> tuple[str, ...]: ...


def candidate_keys(name: Spelled) -> tuple[str, ...]:
    """The keys that the name is listed under and looked up by, most telling first; none where it has no word."""
    return _keys(name, frequent(), _frozen_standing)


def keys_by(name: Spelled, table: Mapping[str, int]) -> tuple[str, ...]:
    """The same where these keys are the frequent ones."""
    return _keys(name, table, lambda word: standing(word, table))


def _keys(name: Spelled, table: Mapping[str, int], standing_of: Callable[[str], Standing]) -> tuple[str, ...]:
    words = words_of(name)
    if not words:
        return ()
    rare, common = by_rarity(words, standing_of)
    found = ["g" + _bounded("".join(name.words)), *rare[:_RARE_WORDS]]
    most = len(found) + (_PAIRS_BESIDE_RARE_WORDS if rare else _PAIRS)
    for ladder in pair_ladders(common):
        if (pair := _first(ladder, table)) is not None:
            found.append(pair)
            if len(found) == most:
                break
    for ladder in end_ladders(words, table):
        if (end := _first(ladder, table)) is not None:
            found.append(end)
    found += [acronym for acronym in acronyms(words, name.forms) if acronym not in table]
    return tuple([f"c{VERSION}{key}" for key in dict.fromkeys(found)])


def words_of(name: Spelled) -> tuple[str, ...]:
    """The name's different words in order, in English where they are known, as far as they are looked at."""
    return tuple(dict.fromkeys(word[:MOST_LETTERS] for word in name.meanings[: 2 * MOST_WORDS] if word))[:MOST_WORDS]


def by_rarity(words: Iterable[str], standing_of: Callable[[str], Standing]) -> tuple[list[str], list[str]]:
    """Keys of the words that are telling by themselves, and the other words; rarest first in both."""
    rare, common = [], []
    for _, _, word, key in sorted([standing_of(word) for word in words]):
        if key:
            rare.append(key)
        else:
            common.append(word)
    return rare, common


def standing(word: str, table: Mapping[str, int]) -> Standing:
    """A word as it is ordered, by how many names have it, then the longer ones first; and its key, if it is telling."""
    return table.get("t" + word, 0), -len(word), word, _first(word_ladder(word), table) or ""


@lru_cache(maxsize=131_072)
def _frozen_standing(word: str) -> Standing:
    return standing(word, frequent())


def word_ladder(word: str) -> tuple[str, ...]:
    """A word by itself: as it sounds without and with its article, then as it is spelled."""
    skeletons = dict.fromkeys((skeleton(without_article(word)), skeleton(word)))
    by_sound = tuple("k" + one for one in skeletons if len(one) >= _LEAST_LETTERS)
    return (*by_sound, "t" + word) if len(word) >= _LEAST_LETTERS or not word.isascii() else by_sound


def pair_ladders(common: Iterable[str]) -> Iterator[Ladder]:
    """Two words of which neither is telling by itself, in any order: as they sound, then as they are spelled."""
    heard = [(skeleton(without_article(word)), word) for word in list(common)[:_COMMON_WORDS]]
    for (sound, word), (other_sound, other) in combinations(heard, 2):
        spelled = f"p{word} {other}" if word < other else f"p{other} {word}"
        yield f"s{sound} {other_sound}" if sound < other_sound else f"s{other_sound} {sound}", spelled


def end_ladders(words: tuple[str, ...], table: Mapping[str, int]) -> Iterator[Ladder]:
    """Both ends of the whole name and of its only word that is not very frequent: a slip leaves one end whole."""
    glued = "".join(words)
    yield from _both_ends("hz", skeleton(glued), _ENDS)
    yield from _both_ends("be", glued, _ENDS)
    core = [word for word in words if table.get("t" + word, 0) < VERY_FREQUENT]
    if len(core) == 1:
        yield from _both_ends("fl", core[0], _WORD_ENDS)


def _both_ends(kinds: str, text: str, lengths: range) -> Iterator[Ladder]:
    up_to_all = range(lengths.start, min(lengths.stop, len(text) + 1))
    yield (kinds[0] + text[:length] for length in up_to_all)
    yield (kinds[1] + text[-length:] for length in up_to_all)


def acronyms(words: tuple[str, ...], forms: tuple[str, ...]) -> Iterator[str]:
    """A name that is one short word, or the first letters of one that is several, without and with its legal form."""
    if len(words) == 1:
        if len(words[0]) in _ACRONYM:
            yield "a" + words[0]
        return
    initials = "".join(word[0] for word in words)
    for letters in dict.fromkeys((initials, initials + "".join(form[:1] for form in forms))):
        if len(letters) in _ACRONYM:
            yield "a" + letters


def _first(ladder: Ladder, table: Mapping[str, int]) -> str | None:
    for rung in ladder:
        if rung not in table:
            return rung
    return None


def _bounded(text: str) -> str:
    if len(text) <= MOST_LETTERS:
        return text
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
