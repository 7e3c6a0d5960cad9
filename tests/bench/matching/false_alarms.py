"""False alarms among GLEIF's legal names: how many find another company in `same`, by name alone."""

from __future__ import annotations

import csv
import gzip
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

from services.attribution.domain.matching.name import Name, core_words, read_name
from services.attribution.domain.matching.score import judge
from services.attribution.domain.matching.words import common

RAREST_WORDS = 2
MOST_CANDIDATES = 300


def _read(path: Path) -> list[tuple[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return [(row["legal_name"], row["country"]) for row in csv.DictReader(lines)]


def _keys(name: Name) -> set[str]:
    rarest = sorted(set(name.words), key=lambda word: (common(word), word))[:RAREST_WORDS]
    return {"".join(sorted(name.key.replace(" ", ""))), *rarest}


def false_same(path: Path, sample: int) -> dict[str, Any]:
    """Of these many names, how many find another legal entity of their country in `same`, by name alone."""
    written = _read(path)
    asked = random.Random(11).sample(range(len(written)), sample)
    wanted = {(written[at][1], key) for at in asked for key in _keys(read_name(written[at][0]))}
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, (text, country) in enumerate(written):
        words = core_words(text)
        rarest = sorted(set(words), key=lambda word: (common(word), word))[:RAREST_WORDS]
        for key in {"".join(sorted("".join(words))), *rarest}:
            if (country, key) in wanted:
                places[country, key].append(at)
    found, letters = 0, 0
    rules: dict[str, int] = defaultdict(int)
    for at in asked:
        text, country = written[at]
        name = read_name(text)
        others = {other for key in _keys(name) for other in places[country, key][:MOST_CANDIDATES]} - {at}
        answers = [(judge(name, read_name(written[other][0])), written[other][0]) for other in sorted(others)]
        same = [(answer.rule, other) for answer, other in answers if answer.band == "same"]
        found += bool(same)
        letters += any(_letters(other) == _letters(text) for _, other in same)
        if same:
            rules[min(same)[0]] += 1
    return {
        "asked": sample,
        "false_same": round(found / sample, 4),
        "equal_to_the_letter": round(letters / sample, 4),
        "by_rule": dict(rules),
    }


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
