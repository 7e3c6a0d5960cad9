"""Keys that too many names share to find one by, frozen with the release."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

MOST_BEARERS: Mapping[str, int] = {"t": 60, "k": 40, "s": 24, "p": 40, "w": 24, "a": 24}
"""Of 399,203 names, by kind of key: words as spelled and as they sound, pairs of them, acronyms. A key that more names
have is in the table. At a million customers look-ups then find 60 names on average, and hardly one finds 200."""
MOST_BEARERS_OF_ENDS = 10
"""The same for the ends of names: where one is shared by too many, one more letter tells more."""
VERY_FREQUENT = 10
"""Level of words that tell next to nothing: at least 512 of the names have one."""
_FILE = "candidates_frequent.txt.gz"
_LEVEL, _COMMENT = "= ", "#"
"""Beginnings of lines that are no keys."""


def most_bearers(key: str) -> int:
    """How many names may have the key before it is frequent."""
    return MOST_BEARERS.get(key[0], MOST_BEARERS_OF_ENDS)


@cache
def frequent() -> Mapping[str, int]:
    """The level of each frequent key: the number of bits of the number of names that have it."""
    return read_table((files(__package__) / _FILE).read_bytes())


def read_table(packed: bytes) -> Mapping[str, int]:
    """A table as the file has it: `= level`, then the keys of that level, one a line."""
    table: dict[str, int] = {}
    level = 0
    for line in gzip.decompress(packed).decode().split("\n"):
        if line.startswith(_LEVEL):
            level = int(line.removeprefix(_LEVEL))
        elif line and not line.startswith(_COMMENT):
            table[line] = level
    return table
