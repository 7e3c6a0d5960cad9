"""The tables of matching: files with their origin beside them (ORIGIN.md), read once."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """The lines of a table, split at tabs; lines that begin with # are for people."""
    content = files(__name__).joinpath(name).read_bytes()
    text = (gzip.decompress(content) if name.endswith(".gz") else content).decode("utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))


@cache
def words_of(name: str) -> frozenset[str]:
    """One of the sets of words in `sets.tsv`; a set may take several lines."""
    return frozenset(word for named, words in rows("sets.tsv") if named == name for word in words.split())
