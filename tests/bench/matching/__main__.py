"""Measure matching beside plainer methods: `python -m tests.bench.matching --pairs FOLDER [--gleif FILE] [--json]`.

Thresholds of the plainer methods are fixed on one half of each file and judged, like matching itself, on the other.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from services.attribution.domain.matching.name import Name, read_name
from services.attribution.domain.matching.normal_form import normal_form
from services.attribution.domain.matching.score import judge
from tests.bench.matching.false_alarms import false_same
from tests.bench.matching.halves import WRITTEN, rows_of
from tests.bench.matching.page import table

RESAMPLED = 200
"""Samples of the bootstrap behind each interval."""
UNLICENSED = frozenset({"tadawul_short_pairs"})
"""Files whose names are not repeated."""
WORST = 20
"""Mistakes of either kind that are shown."""
THRESHOLDS = [x / 2 for x in range(120, 201)]
PRECISION = 0.97
"""What a plain method's threshold is chosen for on the first half: the lowest that keeps this precision there."""


class Scored(NamedTuple):
    """A labelled pair and what each method says of it."""

    same: bool
    kind: str
    script: str
    half: int
    band: str
    exact: bool
    version_1: bool
    token_sort: float
    token_set: float


def main() -> None:
    """Prints a table or JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=Path, help="folder of the labelled files; else the ones in this repository")
    parser.add_argument("--gleif", type=Path, help="GLEIF's names, for false alarms")
    parser.add_argument("--sample", type=int, default=4000, help="names asked about in GLEIF's file")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    files = sorted(options.pairs.glob("*_pairs.csv")) if options.pairs else []
    result: dict[str, Any] = {path.stem: of_file(path) for path in [*files, *sorted(WRITTEN.glob("*.csv"))]}
    if options.gleif:
        result["gleif"] = {"false_same": false_same(options.gleif, options.sample)}
    shown = [path for path in files if path.stem not in UNLICENSED]
    result["mistakes"] = mistakes([*shown, *sorted(WRITTEN.glob("*.csv"))])
    print(json.dumps(result, indent=1, ensure_ascii=False) if options.json else "\n".join(table(result)))


def of_file(path: Path) -> dict[str, Any]:
    """By group of pairs: the second half's figures of matching and of the plainer methods."""
    scored = [_scored(row) for row in rows_of(path)]
    groups: dict[str, Callable[[Scored], bool]] = {
        "latin": lambda pair: pair.script == "latin" and pair.kind != "acronym",
        "acronym": lambda pair: pair.kind == "acronym",
        "cross": lambda pair: pair.script == "cross" and pair.kind != "acronym",
        "other": lambda pair: pair.script == "other" and pair.kind != "acronym",
    }
    found = {name: [pair for pair in scored if chosen(pair)] for name, chosen in groups.items()}
    return {name: _methods(pairs) for name, pairs in found.items() if sum(pair.same for pair in pairs) >= 20}


def _scored(row: Any) -> Scored:
    one, other = read_name(row.name_a), read_name(row.name_b)
    scripts = {one.script, other.script}
    script = "cross" if len(scripts) > 1 else "latin" if scripts == {"latin"} else "other"
    return Scored(
        row.same, row.kind, script, row.half, judge(one, other).band, _exact(one, other),
        normal_form(row.name_a) == normal_form(row.name_b),
        fuzz.token_sort_ratio(one.key, other.key), fuzz.token_set_ratio(one.key, other.key),
    )  # fmt: skip


def _exact(one: Name, other: Name) -> bool:
    return bool(one.key) and one.key == other.key


def _methods(pairs: list[Scored]) -> dict[str, Any]:
    first, second = [p for p in pairs if p.half == 0], [p for p in pairs if p.half == 1]
    sort = _threshold(first, lambda pair: pair.token_sort)
    cover = _threshold(first, lambda pair: pair.token_set)
    methods: dict[str, Callable[[Scored], bool]] = {
        "same": lambda pair: pair.band == "same",
        "same or look": lambda pair: pair.band != "clear",
        "equal after legal forms": lambda pair: pair.exact,
        "version 1": lambda pair: pair.version_1,
        f"token_sort {sort:g}": lambda pair: pair.token_sort >= sort,
        f"token_set {cover:g}": lambda pair: pair.token_set >= cover,
    }
    return {name: _measured(second, hit) for name, hit in methods.items()}


def _threshold(pairs: list[Scored], value: Callable[[Scored], float]) -> float:
    """The lowest threshold that keeps the precision on these pairs."""
    for threshold in THRESHOLDS:
        precision = _figures([(pair.same, value(pair) >= threshold) for pair in pairs])[0]
        if precision >= PRECISION:
            return threshold
    return THRESHOLDS[-1]


def _figures(hits: list[tuple[bool, bool]]) -> tuple[float, float, float]:
    right = sum(same and hit for same, hit in hits)
    found, positives = sum(hit for _, hit in hits), sum(same for same, _ in hits)
    precision, recall = right / found if found else 1.0, right / positives if positives else 0.0
    return precision, recall, 2 * right / (found + positives) if found + positives else 0.0


def _measured(pairs: list[Scored], hit: Callable[[Scored], bool]) -> dict[str, Any]:
    hits = [(pair.same, hit(pair)) for pair in pairs]
    dice = random.Random(1)
    drawn = [_figures(dice.choices(hits, k=len(hits))) for _ in range(RESAMPLED)]
    figures = {}
    for at, (name, value) in enumerate(zip(("precision", "recall", "f1"), _figures(hits), strict=True)):
        values = sorted(sample[at] for sample in drawn)
        low, high = values[int(len(values) * 0.025)], values[int(len(values) * 0.975)]
        figures[name] = {"value": round(value, 3), "low": round(low, 3), "high": round(high, 3)}
    return {"n": len(hits), "positives": sum(same for same, _ in hits), **figures}


def mistakes(files: list[Path]) -> dict[str, list[tuple[str, str]]]:
    """The pairs of the first halves that are wrongly the same, or wrongly clear, those of the highest score first."""
    found: dict[str, list[tuple[float, str, str]]] = {"wrongly the same": [], "wrongly clear": []}
    for path in files:
        for row in rows_of(path):
            judged = judge(read_name(row.name_a), read_name(row.name_b))
            if row.half == 0 and row.kind != "acronym" and judged.band == ("clear" if row.same else "same"):
                told = "wrongly clear" if row.same else "wrongly the same"
                found[told].append((-judged.score, row.name_a, row.name_b))
    return {told: [(one, other) for _, one, other in _different(pairs)] for told, pairs in found.items()}


def _different(pairs: list[tuple[float, str, str]]) -> list[tuple[float, str, str]]:
    """The worst pairs, of one company one."""
    chosen: list[tuple[float, str, str]] = []
    begun: set[str] = set()
    for pair in sorted(pairs):
        heads = {text.split()[0].casefold() for text in pair[1:]}
        if begun.isdisjoint(heads):
            begun |= heads
            chosen.append(pair)
    return chosen[:WORST]


if __name__ == "__main__":
    main()
