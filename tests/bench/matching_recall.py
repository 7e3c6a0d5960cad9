"""Recall of the candidate step alone: whether two names of one organisation meet among hundreds of thousands of others.

    python -m tests.bench.matching_recall --pairs company-pairs/ [--names gleif_legal_names.csv.gz] [--json]

Distractors are the names of the file, or the sample that comes with the release.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dealreg.tools.matching_index_names import names_in, sample
from services.attribution.domain.matching.candidates import candidate_keys
from services.attribution.domain.matching.index import MOST_FOUND, NameIndex
from services.attribution.domain.matching.name import read_name

SHORT_LISTS = (10, 50)
_LATIN = frozenset({"latin", "none"})


class Pair(NamedTuple):
    """Two names of one organisation."""

    one: str
    other: str
    kind: str
    script: str


def main() -> None:
    """What was measured is printed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--names", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    index = NameIndex()
    for one in names_in(options.names) if options.names else sample():
        index.add(f"other:{one.id}", read_name(one.text, one.country))
    told = {path.stem: measured(index, list(positives(path))) for path in sorted(options.pairs.glob("*_pairs.csv"))}
    if options.json:
        print(json.dumps(told, indent=2))
        return
    print(f"{len(index):,} other names")
    for file, groups in told.items():
        for group, figures in groups.items():
            print(f"{file:<24} {group:<24} " + ", ".join(f"{name} {value}" for name, value in figures.items()))


def positives(path: Path) -> Iterator[Pair]:
    """The file's pairs of one organisation, each once."""
    seen = set()
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            pair = (row["name_a"], row["name_b"])
            if row["label"] == "1" and pair not in seen:
                seen.add(pair)
                yield Pair(*pair, row["kind"].split("/")[0], _script(*pair))


def _script(one: str, other: str) -> str:
    latin = [read_name(text).script in _LATIN for text in (one, other)]
    return "latin" if all(latin) else "cross" if any(latin) else "other"


def measured(index: NameIndex, pairs: Sequence[Pair]) -> dict[str, dict[str, Any]]:
    """By kind and script, and in total: recall by all keys, in short lists, and how many candidates there are."""
    groups: dict[str, list[tuple[int | None, int]]] = defaultdict(list)
    for pair in pairs:
        place, total = looked_up(index, pair)
        for group in (f"{pair.kind}/{pair.script}", f"all/{pair.script}", "total"):
            groups[group].append((place, total))
    return {group: _figures(found) for group, found in sorted(groups.items())}


def looked_up(index: NameIndex, pair: Pair) -> tuple[int | None, int]:
    """The place of the pair's other name among all that its one name finds, None where no key is shared."""
    one, other = read_name(pair.one), read_name(pair.other)
    index.add("wanted", other)
    found = index.find(one, MOST_FOUND)
    index.remove("wanted", other)
    ids = [candidate.id for candidate in found.found]
    shares = not set(candidate_keys(one)).isdisjoint(candidate_keys(other))
    return (ids.index("wanted") if "wanted" in ids else MOST_FOUND) if shares else None, found.total


def _figures(found: Sequence[tuple[int | None, int]]) -> dict[str, Any]:
    places = [place for place, _ in found if place is not None]
    totals = sorted(total for _, total in found)
    return {
        "n": len(found),
        "recall": round(len(places) / len(found), 3),
        **{f"first_{most}": round(sum(place < most for place in places) / len(found), 3) for most in SHORT_LISTS},
        "candidates_mean": round(sum(totals) / len(totals), 1),
        "median": totals[len(totals) // 2],
        "p95": totals[len(totals) * 95 // 100],
        "max": totals[-1],
    }


if __name__ == "__main__":
    main()
