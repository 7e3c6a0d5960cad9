"""The frozen table of frequent candidate keys, and the sample of names, made anew from the full files.

    python -m tests.bench.matching_tables --gleif gleif_legal_names.csv.gz --pairs company-pairs/

Run it where the normaliser's words change, and raise `candidates.VERSION` with the new table: keys of two tables do not
meet.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import dealreg
from services.attribution.domain.matching import candidates_frequent
from services.attribution.domain.matching.candidates import (
    acronyms,
    core_ladders,
    end_ladders,
    pair_ladders,
    spoken,
    standing,
    word_ladder,
    words_of,
)
from services.attribution.domain.matching.candidates_frequent import most_bearers
from services.attribution.domain.matching.name import Name, read_name

TABLE = Path(candidates_frequent.__file__).with_name("candidates_frequent.txt.gz")
SAMPLE = Path(dealreg.__file__).with_name("matching_sample") / "gleif_names.csv.gz"
SAMPLED = 4
"""One first word of so many is in the sample, with every name that begins with it."""
ORGANISATION_WEIGHT = 4
"""GLEIF's names are of funds, airlines and traders; those of the Research Organization Registry bring universities,
hospitals and laboratories. One of its few organisations counts as this many names."""
LEAST_ORGANISATIONS = 4
_WORD = re.compile(r"\w+")
ORIGIN = """\
# Candidate keys that too many of {names:,} names have, by the number of bits of how many do.
# Made by tests/bench/matching_tables.py from names of legal entities (GLEIF golden copy, CC0) and of
# organisations (Research Organization Registry, CC0).
"""


def main() -> None:
    """Both files are written, and what they hold is told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gleif", type=Path, required=True)
    parser.add_argument("--pairs", type=Path, required=True)
    options = parser.parse_args()
    names = list(gleif(options.gleif))
    table = count(names, organisations(options.pairs))
    TABLE.write_bytes(packed(table, len(names)))
    print(f"{len(table):,} frequent keys, {TABLE.stat().st_size:,} bytes")
    SAMPLE.write_bytes(sampled(options.gleif))
    print(f"a sample of names, {SAMPLE.stat().st_size:,} bytes")


def gleif(path: Path) -> Iterator[Name]:
    """Every name of the file, read."""
    with gzip.open(path, "rt", newline="") as file:
        for row in csv.DictReader(file):
            yield read_name(row["legal_name"])


def sampled(path: Path) -> bytes:
    """The names of a quarter of all first words, by country and name; the same bytes each time."""
    with gzip.open(path, "rt", newline="") as file:
        rows = [(row["country"], row["legal_name"]) for row in csv.DictReader(file)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("legal_name", "country"))
    writer.writerows((name, country) for country, name in sorted(rows) if _first_word(name) % SAMPLED == 0)
    return gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)


def _first_word(name: str) -> int:
    word = _WORD.search(name.casefold())
    return zlib.crc32((word[0] if word else name).encode())


def organisations(folder: Path) -> list[tuple[Name, str]]:
    """Names of organisations with their id: names of one are counted once."""
    found: dict[tuple[str, str], None] = {}
    for path in sorted(folder.glob("ror_*_pairs.csv")):
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                found.update({(row["name_a"], row["id_a"]): None, (row["name_b"], row["id_b"]): None})
    return [(read_name(name), id_) for name, id_ in found]


def count(names: Iterable[Name], of_organisations: Iterable[tuple[Name, str]]) -> dict[str, int]:
    """The level of each rung that too many names stand on; which pairs are asked for depends on the words' levels."""
    table: dict[str, int] = {}
    for rungs in (_of_words, _of_names):
        borne = Counter(key for name in names for key in rungs(name, table))
        owners: dict[str, set[str]] = {}
        for name, id_ in of_organisations:
            for key in rungs(name, table):
                owners.setdefault(key, set()).add(id_)
        for key, ids in owners.items():
            if len(ids) >= LEAST_ORGANISATIONS:
                borne[key] += round(ORGANISATION_WEIGHT * len(ids))
        table |= {key: bearers.bit_length() for key, bearers in borne.items() if bearers > most_bearers(key)}
    return table


def _of_words(name: Name, table: Mapping[str, int]) -> set[str]:
    return {rung for word in (*words_of(name), *spoken(name)) for rung in word_ladder(word)}


def _of_names(name: Name, table: Mapping[str, int]) -> set[str]:
    words = words_of(name)
    own = [standing(word, table) for word in words]
    aloud = [standing(word, table) for word in spoken(name)]
    ladders = (*pair_ladders(sorted([*own, *aloud])), *end_ladders(words), *core_ladders(own, aloud))
    return {*(rung for ladder in ladders for rung in ladder), *acronyms(words, name.forms)}


def packed(table: Mapping[str, int], names: int) -> bytes:
    """As `read_table` reads it; the same bytes for the same table."""
    lines = [ORIGIN.format(names=names).rstrip()]
    for level in sorted(set(table.values())):
        lines.append(f"= {level}")
        lines.extend(sorted(key for key, its in table.items() if its == level))
    return gzip.compress("\n".join(lines).encode(), compresslevel=9, mtime=0)


if __name__ == "__main__":
    main()
