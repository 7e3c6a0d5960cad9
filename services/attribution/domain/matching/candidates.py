"""Candidate keys: a few texts a name is found by, of which any two spellings of one name share at least one.

Each key is the first rung of a ladder, from what many spellings share to what few names share, that is not too
frequent by a table frozen with the release. So a key says nothing of what else is stored, is the same on every machine
and at every replay, and equal features of two names give equal keys on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations
from typing import NamedTuple, Protocol

from services.attribution.domain.matching.arabic import words_for
from services.attribution.domain.matching.candidates_frequent import VERY_FREQUENT, frequent
from services.attribution.domain.matching.candidates_skeleton import skeleton, without_article
from services.attribution.domain.matching.remembered import WORDS

VERSION = 1
"""Of the keys and their table together; in every key, so that keys of two versions stand beside each other."""
MOST_WORDS = 12
MOST_LETTERS = 32
"""Of one word; what is longer is a sentence or a mistake."""
MOST_KEYS = 26
MOST_KEY_LENGTH = 90
_RARE_WORDS = 3
_QUIET_WORDS = 4
_PAIRS, _PAIRS_BESIDE_RARE_WORDS = 6, 3
_TRANSLATED_WORDS, _SPOKEN_WORDS = 2, 3
_SOUNDED_WORDS = 3
_LEAST_LETTERS = 3
"""Of a skeleton or word that is a key by itself."""
_ENDS = range(6, 15)
_WORD_ENDS = range(4, 15)
_ACRONYM = range(3, 7)

Ladder = Iterable[str]


class Spelled(Protocol):
    """What is read of a name: its words in order, what they mean in English, its legal forms, all folded."""

    @property
    def words(self) -> tuple[str, ...]: ...

    @property
    def meanings(self) -> tuple[str, ...]: ...

    @property
    def forms(self) -> tuple[str, ...]: ...

    @property
    def script(self) -> str: ...


class Standing(NamedTuple):
    """How telling a word is: in how many names it is (in bits), the longer ones first; its keys if they are rare."""

    level: int
    shortness: int
    word: str
    heard: str
    spelled: str
    quiet: bool
    """Its sound without an article tells nothing, whether or not it has a key with it."""


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
    own = [standing_of(word) for word in words]
    aloud = [standing_of(word) for word in spoken(name)]
    standings = sorted([*own, *aloud])
    rare = [one.heard or one.spelled for one in standings if one.heard or one.spelled][:_RARE_WORDS]
    found = ["g" + _bounded("".join(name.words)), *rare]
    most = len(found) + (_PAIRS_BESIDE_RARE_WORDS if rare else _PAIRS)
    for ladder in pair_ladders(standings):
        if (pair := _first(ladder, table)) is not None:
            found.append(pair)
            if len(found) == most:
                break
    for ladder in (*end_ladders(words), *core_ladders(own, aloud)):
        if (end := _first(ladder, table)) is not None:
            found.append(end)
    found += [acronym for acronym in acronyms(words, name.forms) if acronym not in table]
    return tuple([f"c{VERSION}{key}" for key in dict.fromkeys(found)])


def words_of(name: Spelled) -> tuple[str, ...]:
    """The name's different words in order, in English where they are known, as far as they are looked at."""
    words = " ".join(name.meanings[:MOST_WORDS]).split()
    return tuple(dict.fromkeys([word[:MOST_LETTERS] for word in words]))[:MOST_WORDS]


def spoken(name: Spelled) -> tuple[str, ...]:
    """How a short Arabic name sounds that was translated: what is "Marine" by its meaning signs itself Bahri."""
    if name.script != "arabic" or len(name.words) > _TRANSLATED_WORDS:
        return ()
    return tuple(sorted({sound for word in name.words for sound in words_for(word)})[:_SPOKEN_WORDS])


def standing(word: str, table: Mapping[str, int]) -> Standing:
    """Where the word stands among others of its name."""
    *heard, spelled = word_ladder(word)
    return Standing(
        table.get("t" + word, 0),
        -len(word),
        word,
        _first(heard, table) or "",
        spelled if len(word) >= _LEAST_LETTERS and spelled not in table else "",
        not heard or heard[0] in table,
    )


@lru_cache(maxsize=WORDS)
def _frozen_standing(word: str) -> Standing:
    return standing(word, frequent())


def word_ladder(word: str) -> tuple[str, ...]:
    """A word by itself: as it sounds without and with its article where that is long enough, and as it is spelled."""
    skeletons = dict.fromkeys((skeleton(without_article(word)), skeleton(word)))
    return *("k" + one for one in skeletons if len(one) >= _LEAST_LETTERS), "t" + word


def pair_ladders(standings: Iterable[Standing]) -> Iterator[Ladder]:
    """Two words of which neither is telling by its sound, in any order: as they sound, then as they are spelled."""
    quiet = [one for one in standings if one.quiet][:_QUIET_WORDS]
    sounds = [skeleton(without_article(one.word)) for one in quiet]
    for (one, sound), (other, other_sound) in combinations(zip(quiet, sounds, strict=True), 2):
        heard = f"s{sound} {other_sound}" if sound < other_sound else f"s{other_sound} {sound}"
        if one.spelled or other.spelled:
            yield (heard,)
        else:
            yield heard, f"p{one.word} {other.word}" if one.word < other.word else f"p{other.word} {one.word}"


def end_ladders(words: tuple[str, ...]) -> Iterator[Ladder]:
    """Both ends of the whole name, as it sounds and as it is spelled: a slip leaves one end whole."""
    glued = "".join(words)
    yield from _both_ends("hz", skeleton(glued), _ENDS)
    yield from _both_ends("be", glued, _ENDS)


def core_ladders(standings: Sequence[Standing], aloud: Sequence[Standing] = ()) -> Iterator[Ladder]:
    """Both ends of the only word that is not very frequent; the sound of a name that no sound of a word tells."""
    core = [one for one in standings if one.level < VERY_FREQUENT]
    if len(core) == 1:
        yield from _both_ends("fl", core[0].word, _WORD_ENDS)
    for some in (core, standings, *((one,) for one in aloud)):
        if 0 < len(some) <= _SOUNDED_WORDS and all(one.quiet for one in some):
            yield ("w" + " ".join(sorted(skeleton(without_article(one.word)) for one in some)),)


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
