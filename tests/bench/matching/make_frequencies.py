"""Make `frequencies.tsv.gz` from GLEIF's legal names (CC0): `python -m tests.bench.matching.make_frequencies`.

--gleif gleif_legal_names_399203.csv.gz
"""

from __future__ import annotations

import argparse
import csv
import gzip
import math
from collections import Counter
from pathlib import Path

from services.attribution.domain.matching.name import core_words

TABLE = Path("services/attribution/domain/matching/tables/frequencies.tsv.gz")
RAREST = 4
"""Names that a word must be in to be listed; rarer ones weigh as one that is in none."""


def main() -> None:
    """Writes one line a rounded frequency: log2 of the names a word is in, times four, and the words."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--gleif", type=Path, required=True)
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    names = 0
    with gzip.open(options.gleif, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            names += 1
            counts.update(set(core_words(row["legal_name"])))
    by_bucket: dict[int, list[str]] = {}
    for word, count in counts.items():
        if count >= RAREST and len(word) <= 24:
            by_bucket.setdefault(round(4 * math.log2(count)), []).append(word)
    text = f"names\t{names}\n"
    text += "".join(f"{bucket}\t{' '.join(sorted(words))}\n" for bucket, words in sorted(by_bucket.items()))
    TABLE.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{sum(map(len, by_bucket.values()))} words of {names} names, {TABLE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
