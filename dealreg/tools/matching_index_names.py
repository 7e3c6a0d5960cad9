"""Names for measuring matching: read from a file, made more of, and written as people write them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

from dealreg.tools.files import table, tell_left

NAME_COLUMNS = ("legal_name", "name")
ID_COLUMNS = ("id", "lei")
SEED = 6
_RARE = 2
"""Bearers up to which a word is invented anew when names are recombined: new companies bring new words."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ADDED = ("Group", "International", "Holding", "Egypt", "Services", "Middle East")


class Written(NamedTuple):
    """A name as a file has it."""

    id: str
    text: str
    country: str | None


def names_in(path: Path) -> list[Written]:
    """The names of a CSV file, plain or gzipped; the row's number is the id where no column has one."""
    return list(_rows(path))


def sample() -> list[Written]:
    """The names that come with the release: a quarter of GLEIF's, those of one first word together."""
    with as_file(files("dealreg").joinpath("matching_sample", "gleif_names.csv.gz")) as path:
        return names_in(path)


def _rows(path: Path) -> Iterator[Written]:
    left = []
    for number, (line, row) in enumerate(table(path, (), NAME_COLUMNS), start=1):
        named = next(column for column in NAME_COLUMNS if column in row)
        if not row[named].strip():
            left.append(line)
            continue
        id_ = next((row[column] for column in ID_COLUMNS if row.get(column)), "")
        yield Written(id_ or str(number), row[named], row.get("country") or None)
    tell_left(path, left, "there is no name")


def as_many(names: Sequence[Written], rows: int) -> list[Written]:
    """So many of the names, evenly; where there are fewer, the rest is recombined from them, the same every time.

    A made name is the beginning of one and the end of another, so that frequent words stay as frequent; a word that
    hardly any name has becomes a new one, made of two such words, since that is how many a million companies bring.
    """
    if rows <= len(names):
        return [names[place * len(names) // rows] for place in range(rows)]
    made = list(names)
    chance = random.Random(SEED)  # noqa: S311 -- a figure is the same every time
    split = [one.text.split() for one in names]
    bearers = Counter(word for words in split for word in set(words))
    rare = sorted(word for word, many in bearers.items() if many <= _RARE and len(word) > 3)
    while len(made) < rows:
        first, last = chance.randrange(len(split)), chance.randrange(len(split))
        words = [*split[first][: (len(split[first]) + 1) // 2], *split[last][(len(split[last]) + 1) // 2 :]]
        text = " ".join(_invented(word, rare, chance) if bearers[word] <= _RARE else word for word in words)
        made.append(Written(f"made-{len(made)}", text, names[first].country))
    return made


def _invented(word: str, rare: Sequence[str], chance: random.Random) -> str:
    other = chance.choice(rare) if rare else word
    return word[: (len(word) + 1) // 2] + other[len(other) // 2 :]


def variants(text: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    """The name as others write it, by the kind of difference; kinds that the name is too short for are left out."""
    words = text.split()
    longest = max(range(len(words)), key=lambda at: len(words[at]), default=None)
    if longest is None:
        return
    yield "case", text.swapcase()
    yield "typo", _with(words, longest, typo(words[longest], chance))
    yield (
        "two typos",
        " ".join(typo(word, chance) if len(word) > 4 else word for word in words[:2]) + " ".join(("", *words[2:])),
    )
    yield "word added", f"{text} {chance.choice(_ADDED)}"
    yield "abbreviated", _with(words, longest, words[longest][:4])
    if len(words) > 2:
        at = chance.randrange(len(words))
        yield "word left out", " ".join((*words[:at], *words[at + 1 :]))
        yield "words turned", " ".join((*words[1:-1], words[0], words[-1]))
    if len(words) > 1:
        yield "words joined", " ".join(("".join(words[:2]), *words[2:]))


def typo(word: str, chance: random.Random) -> str:
    """The word with one letter wrong, missing, too many or in the wrong place."""
    at, letter = chance.randrange(len(word)), chance.choice(_LETTERS)
    slips: tuple[Callable[[], str], ...] = (
        lambda: word[:at] + letter + word[at + 1 :],
        lambda: word[:at] + word[at + 1 :],
        lambda: word[:at] + letter + word[at:],
        lambda: word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :],
    )
    return chance.choice(slips)()


def _with(words: Sequence[str], at: int, word: str) -> str:
    return " ".join((*words[:at], word, *words[at + 1 :]))
