"""Precision and recall of the bands over labelled pairs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

SCRIPTS = ("latin", "cross", "other")


class Pair(NamedTuple):
    """A labelled pair and the band that it was answered with."""

    same: bool
    band: str
    kind: str
    script: str


def figures(pairs: list[Pair]) -> dict[str, Any]:
    """In total, by kind and by script: the figures of `same` and of `same or look`."""
    kinds = sorted({pair.kind for pair in pairs})
    return {
        "total": of_bands(pairs),
        "by_kind": {kind: of_bands([pair for pair in pairs if pair.kind == kind]) for kind in kinds},
        "by_script": {script: of_bands([pair for pair in pairs if pair.script == script]) for script in SCRIPTS},
    }


def of_bands(pairs: list[Pair]) -> dict[str, dict[str, float | int | None]]:
    """The figures of both bands over these pairs."""
    truth = [pair.same for pair in pairs]
    return {
        "same": measured(truth, (pair.band == "same" for pair in pairs)),
        "same_or_look": measured(truth, (pair.band != "clear" for pair in pairs)),
    }


def measured(truth: list[bool], found: Iterable[bool]) -> dict[str, float | int | None]:
    """Precision, recall and F1 of what was found; null where nothing was found or there is nothing to find."""
    both = list(zip(truth, found, strict=True))
    right = sum(same and hit for same, hit in both)
    hits = sum(hit for _, hit in both)
    positives = sum(truth)
    precision = right / hits if hits else None
    recall = right / positives if positives else None
    f1 = 2 * right / (hits + positives) if hits + positives else None
    return {"precision": precision, "recall": recall, "f1": f1, "n": len(both)}
