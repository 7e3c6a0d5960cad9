"""The labelled files, and their halves: thresholds are fixed on one and judged on the other."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SALT = "half"
"""The files were themselves drawn by a hash of the ids: without a salt the halves are all and nothing."""
WRITTEN = Path(__file__).parent / "written"


class Row(NamedTuple):
    """One labelled pair."""

    name_a: str
    name_b: str
    same: bool
    kind: str
    half: int


def rows_of(path: Path) -> Iterator[Row]:
    """The pairs of a file that have a label; an organisation is in one half with all its names."""
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["label"]:
                organisation = row["id_a"] or row["name_a"]
                half = hashlib.sha256(f"{SALT}:{organisation}".encode()).digest()[0] % 2
                yield Row(row["name_a"], row["name_b"], row["label"] == "1", row["kind"], half)
