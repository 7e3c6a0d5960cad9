"""Keys that too many names share to find one by, frozen with the release."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

MOST_BEARERS = 30
"""Of 399,203 names; a key that more of them have is in the table."""
VERY_FREQUENT = 10
"""Level of words that tell next to nothing: at least 512 of the names have one."""
_FILE = "candidates_frequent.txt.gz"
_LEVEL, _COMMENT = "= ", "#"
"""Beginnings of lines that are no keys."""


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
