"""Which word of one name stands for which of another, and what is left over on each side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from services.attribution.domain.matching.likeness import SAME, Likeness, across, alike
from services.attribution.domain.matching.name import Name

MOST_WORDS: Final = 24
"""Words of a name that are compared one by one; what is longer is no name and compares as a whole."""
GLUED: Final = Likeness(0.97, "spacing")
INITIALS: Final = Likeness(0.7, "initials")
BLEND: Final = Likeness(0.7, "beginnings")
BLENDED: Final = 5
"""Letters from which a word can be made of the beginnings of several."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Words of both names that stand for each other."""

    ours: tuple[int, ...]
    theirs: tuple[int, ...]
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Alignment:
    """The pairs, and the places of words that have no counterpart."""

    pairs: tuple[Pair, ...]
    ours: tuple[int, ...]
    theirs: tuple[int, ...]

    @property
    def crossed(self) -> bool:
        """Whether words stand in another order."""
        places = [pair.theirs[0] for pair in self.pairs]
        return any(before > after for before, after in pairwise(places))


def aligned(one: Name, other: Name) -> Alignment:
    """The best pairs first: equal words, then words run together, likeness, initials; ties by place."""
    mine, theirs = one.words[:MOST_WORDS], other.words[:MOST_WORDS]
    pairs: list[Pair] = []
    left: list[int] = []
    places: dict[str, list[int]] = {}
    for at, word in enumerate(theirs):
        places.setdefault(word, []).append(at)
    for at, word in enumerate(mine):
        found = places.get(word)
        if found:
            pairs.append(Pair((at,), (found.pop(0),), SAME))
        else:
            left.append(at)
    right = sorted(at for found in places.values() for at in found)
    if left and right:
        _glued(mine, theirs, left, right, pairs, swapped=False)
        _glued(theirs, mine, right, left, pairs, swapped=True)
        _blended(mine, theirs, left, right, pairs, swapped=False)
        _blended(theirs, mine, right, left, pairs, swapped=True)
    if left and right:
        _likely(one, other, left, right, pairs)
    if left and right:
        _initials(one, other, left, right, pairs, swapped=False)
        _initials(other, one, right, left, pairs, swapped=True)
    pairs.sort(key=lambda pair: pair.ours)
    return Alignment(tuple(pairs), tuple(left), tuple(right))


def _glued(
    mine: tuple[str, ...],
    theirs: tuple[str, ...],
    left: list[int],
    right: list[int],
    pairs: list[Pair],
    *,
    swapped: bool,
) -> None:
    """Runs of our words that are written together there."""
    for place in list(right):
        whole = theirs[place]
        for start in list(left):
            if start not in left or not whole.startswith(mine[start]) or whole == mine[start]:
                continue
            run = [start]
            joined = mine[start]
            while len(joined) < len(whole) and run[-1] + 1 in left:
                run.append(run[-1] + 1)
                joined += mine[run[-1]]
            if joined == whole:
                _take(pairs, run, place, GLUED, left, right, swapped=swapped)
                break


def _likely(one: Name, other: Name, left: list[int], right: list[int], pairs: list[Pair]) -> None:
    mine, theirs = one.words, other.words
    crossing, turned = one.script != other.script, one.script == "latin"
    found = []
    for at in left:
        for place in right:
            word, opposite = (theirs[place], mine[at]) if turned else (mine[at], theirs[place])
            likeness = across(word, opposite) if crossing else alike(word, opposite)
            if likeness.degree > 0:
                found.append((-likeness.degree, abs(at - place), at, place, likeness))
    for _, _, at, place, likeness in sorted(found):
        if at in left and place in right:
            pairs.append(Pair((at,), (place,), likeness))
            left.remove(at)
            right.remove(place)


def _initials(mine: Name, theirs: Name, left: list[int], right: list[int], pairs: list[Pair], *, swapped: bool) -> None:
    """Runs of our words whose first letters are one word there."""
    # Beside the words left over may stand one that is not, and a form.
    short = [place for place in right if 2 <= len(theirs.words[place]) <= len(left) + 2]
    if not short or len(left) < 2:
        return
    initials = "".join([word[0] for word in mine.words[:MOST_WORDS]])
    for place in short:
        if run := _run_of_initials(theirs.words[place], initials, mine, left):
            _take(pairs, run, place, INITIALS, left, right, swapped=swapped)


def _blended(
    mine: tuple[str, ...],
    theirs: tuple[str, ...],
    left: list[int],
    right: list[int],
    pairs: list[Pair],
    *,
    swapped: bool,
) -> None:
    """Runs of our words whose beginnings are written together there."""
    if len(left) < 2:
        return
    beginnings = {mine[at][:2] for at in left}
    for place in list(right):
        whole = theirs[place]
        if whole[:2] in beginnings and len(whole) >= BLENDED and (run := _run_of_beginnings(whole, mine, left)):
            _take(pairs, run, place, BLEND, left, right, swapped=swapped)


def _run_of_initials(letters: str, initials: str, name: Name, left: list[int]) -> list[int]:
    """The words left over that give the letters, beside at most one that is not: Samsung SDS; CNPC with its form."""
    first = initials.find(letters)
    if first < 0 and initials.endswith(letters[:-1]) and any(form[0] == letters[-1] for form in name.forms):
        letters = letters[:-1]
        first = len(initials) - len(letters)
    while first >= 0:
        taken = [at for at in range(first, first + len(letters)) if at in left]
        if len(taken) >= max(2, len(letters) - 1):
            return taken
        first = initials.find(letters, first + 1)
    return []


def _run_of_beginnings(whole: str, words: tuple[str, ...], left: list[int]) -> list[int]:
    """Words in a row whose beginnings of two letters or more are written together: SaskPower, Afreximbank."""
    hopeless: set[tuple[int, int]] = set()
    for first in left:
        if words[first].startswith(whole[:2]):
            run = _beginnings(whole, words, first, left, hopeless)
            if len(run) > 1:
                return run
    return []


def _beginnings(
    whole: str, words: tuple[str, ...], at: int, left: list[int], hopeless: set[tuple[int, int]]
) -> list[int]:
    # From one word on, so many letters are tried once: names of one letter have more ways than there is time.
    if at not in left or not whole or (at, len(whole)) in hopeless:
        return []
    for length in range(len(words[at]), 1, -1):
        if not whole.startswith(words[at][:length]):
            continue
        rest = whole[length:]
        if not rest:
            return [at]
        if following := _beginnings(rest, words, at + 1, left, hopeless):
            return [at, *following]
    hopeless.add((at, len(whole)))
    return []


def _take(
    pairs: list[Pair],
    run: list[int],
    place: int,
    likeness: Likeness,
    left: list[int],
    right: list[int],
    *,
    swapped: bool,
) -> None:
    ours, theirs = tuple(run), (place,)
    pairs.append(Pair(theirs, ours, likeness) if swapped else Pair(ours, theirs, likeness))
    for at in run:
        left.remove(at)
    right.remove(place)
