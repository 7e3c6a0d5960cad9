"""Learn `arabic_learnt.tsv` from the ROR's Arabic pairs (CC0): `python -m tests.bench.matching.make_lexicon`.

--pairs ror_arabic_pairs.csv [--half 0|1]   only this half, to judge what was learnt on the other
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path

from services.attribution.domain.matching import arabic
from services.attribution.domain.matching.folding import script_of
from services.attribution.domain.matching.name import read_name
from services.attribution.domain.matching.tables import rows
from services.attribution.domain.matching.words import skeleton
from tests.bench.matching.halves import rows_of

TABLE = Path("services/attribution/domain/matching/tables/arabic_learnt.tsv")
SEEN = 5
"""Pairs that both words must be in together."""
SURE = 0.6
"""Dice's coefficient from which one word is taken for the other's translation."""
_WORD = re.compile("[\u0621-\u064a]{3,}")


def main() -> None:
    """Writes one line a word: Arabic without article, English, organisations, coefficient."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--half", type=int)
    options = parser.parse_args()
    written = {arabic.folded(word) for word, *_ in rows("arabic_words.tsv")}
    ours, theirs, both = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    for row in rows_of(options.pairs):
        if not row.same or row.half == 1 - (options.half if options.half is not None else row.half):
            continue
        one, other = (row.name_a, row.name_b) if script_of(row.name_a) == "arabic" else (row.name_b, row.name_a)
        if script_of(one) != "arabic" or script_of(other) != "latin":
            continue
        left = {_bare(word) for word in _WORD.findall(arabic.folded(one))} - written
        right = set(read_name(other).words)
        # What is spelled is not translated: of these words nothing is learnt.
        spelled = {skeleton(arabic.romanised(word)) for word in left} & {skeleton(word) for word in right}
        left = {word for word in left if skeleton(arabic.romanised(word)) not in spelled}
        right = {word for word in right if skeleton(word) not in spelled}
        ours.update(left)
        theirs.update(right)
        both.update((a, b) for a in left for b in right)
    best: dict[str, tuple[float, str, int]] = {}
    for (word, english), count in both.items():
        sure = 2 * count / (ours[word] + theirs[english])
        if count >= SEEN and sure >= SURE and english.isalpha():
            best[word] = max(best.get(word, (0.0, "", 0)), (sure, english, count))
    lines = [f"{word}\t{english}\t{count}\t{sure:.2f}" for word, (sure, english, count) in sorted(best.items())]
    TABLE.write_text(
        "# Learnt from the ROR's Arabic pairs (CC0) by tests/bench/matching/make_lexicon.py\n" + "\n".join(lines) + "\n"
    )
    print(f"{len(lines)} words")


def _bare(word: str) -> str:
    for prefix in ("وال", "بال", "لل", "ال"):
        if word.startswith(prefix) and len(word) > len(prefix) + 2:
            return word.removeprefix(prefix)
    return word


if __name__ == "__main__":
    main()
