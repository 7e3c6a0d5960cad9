"""How much of realistic traffic would be asked of people, and how often a name alone finds the wrong company.

    python -m tests.bench.matching_traffic [--names gleif_legal_names.csv.gz] [--pairs company-pairs/] [--json]

The file's names (or those of the sample that comes with the release) are the market. Some of them are customers with a
live claim of another partner, as many as `LIVE_SHARES` says in turn, and last all but the held out ones.
Registrations are drawn as `KINDS` says. With `--pairs`, organisations of the Research Organization Registry are
customers too, and some registrations use another real name of one.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dealreg.tools.matching_index_names import SEED, Written, names_in, sample, variants
from services.attribution.domain.matching.index import NameIndex
from services.attribution.domain.matching.name import Name, read_name
from services.attribution.domain.matching.score import score

KINDS = {
    "new customer": 80.0,
    "as stored": 10.0,
    "case": 4.0,
    "typo": 1.5,
    "word added": 1.0,
    "word left out": 0.5,
    "abbreviated": 0.5,
    "words joined": 0.5,
    "real alias": 2.0,
}
"""Of a hundred registrations. One in five is for a customer that another partner has a live claim on, and three in ten
of these are written otherwise; without `--pairs` the share of real aliases falls to the others."""
LIVE_SHARES = (1 / 160, 1 / 32)
"""Of the market, who are customers with a live claim: of the whole file 2,000 and 10,000 companies. The sample has a
quarter of the market with all that is alike in it, so a quarter as many customers give the same shares."""
HELD_OUT = 5
"""Every fifth name is of a company that is no customer yet."""
IDENTIFIED = 0.6
"""Share of registrations with an identifier of a kind that the customer has too, which decides without the name."""


class Asked(NamedTuple):
    """A registration, and the customer it is for, None for a new one."""

    kind: str
    name: Name
    customer: str | None


def main() -> None:
    """What was measured is printed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=Path)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--registrations", type=int, default=4_000)
    parser.add_argument("--checked", type=int, default=10_000, help="names looked up among all for false answers")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    written = names_in(options.names) if options.names else sample()
    aliases = list(real_aliases(options.pairs)) if options.pairs else []
    parts = [*traffic(written, aliases, options.registrations), false_same(written, options.checked)]
    if options.json:
        print(json.dumps({"traffic": parts[:-1], "false_same": parts[-1]}, indent=2))
        return
    for part in parts:
        print("\n".join(f"{name:<22} {value}" for name, value in part.items()), end="\n\n")


def real_aliases(folder: Path) -> Iterator[tuple[Written, str]]:
    """Customers of the registry, each with another real name that the customer is registered by."""
    seen = set()
    with (folder / "ror_company_pairs.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["label"] == "1" and row["kind"] != "acronym" and row["id_a"] not in seen:
                seen.add(row["id_a"])
                yield Written(row["id_a"], row["name_a"], row["country_a"] or None), row["name_b"]


def traffic(
    written: Sequence[Written], aliases: Sequence[tuple[Written, str]], registrations: int
) -> Iterator[dict[str, Any]]:
    """Shares of registrations by the answer, in total and by kind, for each number of customers."""
    chance = random.Random(SEED)
    market = [one for place, one in enumerate(written) if place % HELD_OUT]
    chance.shuffle(market)
    for share in (*LIVE_SHARES, 1):
        live = round(share * len(market))
        known = market[:live]
        # Real aliases are as rare among few customers as among many.
        others = aliases[: max(1, live // 20)] if aliases else []
        yield {"share_of_market": round(share, 4), **_asked(known, written[::HELD_OUT], others, registrations, chance)}


def _asked(
    known: Sequence[Written],
    new: Sequence[Written],
    aliases: Sequence[tuple[Written, str]],
    registrations: int,
    chance: random.Random,
) -> dict[str, Any]:
    index, names = NameIndex(), dict[str, Name]()
    for one in (*known, *(customer for customer, _ in aliases)):
        names[one.id] = read_name(one.text, one.country)
        index.add(one.id, names[one.id])
    answers: dict[str, Counter[str]] = {}
    rules: Counter[str] = Counter()
    for asked in drawn(known, new, aliases, registrations, chance):
        found = {one.id: score(asked.name, names[one.id]) for one in index.find(asked.name).found}
        told = answer({id_: one.band for id_, one in found.items()}, asked.customer)
        answers.setdefault(asked.kind, Counter())[told] += 1
        if told == "look":
            best = max((one for one in found.values() if one.band == "look"), key=lambda one: (one.score, one.rule))
            rules[best.rule] += 1
    total = sum(answers.values(), Counter[str]())
    looks = total["look"] / registrations
    return {
        "customers": len(index),
        "registrations": registrations,
        "asked": round(looks, 4),
        "asked_if_identified": round(looks * (1 - IDENTIFIED), 4),
        "total": _shares(total),
        "rules_of_look": {rule: round(many / registrations, 4) for rule, many in rules.most_common(6)},
        **{kind: _shares(counted) for kind, counted in sorted(answers.items())},
    }


def drawn(
    known: Sequence[Written],
    new: Sequence[Written],
    aliases: Sequence[tuple[Written, str]],
    registrations: int,
    chance: random.Random,
) -> Iterator[Asked]:
    """So many registrations, the same every time."""
    kinds = {kind: share for kind, share in KINDS.items() if kind != "real alias" or aliases}
    for kind in chance.choices(list(kinds), list(kinds.values()), k=registrations):
        if kind == "new customer":
            one = chance.choice(new)
            yield Asked(kind, read_name(one.text, one.country), None)
        elif kind == "real alias":
            one, other = chance.choice(aliases)
            yield Asked(kind, read_name(other, one.country), one.id)
        else:
            one = chance.choice(known)
            text = dict(variants(one.text, chance)).get(kind, one.text)
            yield Asked(kind, read_name(text, one.country), one.id)


def answer(found: Mapping[str, str], customer: str | None) -> str:
    """What becomes of the registration: `same` right or wrong, `look`, `new` rightly or not."""
    same = [id_ for id_, band in found.items() if band == "same"]
    if customer in same:
        return "same, right"
    if same:
        return "same, wrong"
    if "look" in found.values():
        return "look"
    return "clear, right" if customer is None else "clear, wrong"


def false_same(written: Sequence[Written], checked: int) -> dict[str, Any]:
    """The share of names that find another entity of their country in the `same` band, and in `look`."""
    index, names = NameIndex(), dict[str, Name]()
    for one in written:
        names[one.id] = read_name(one.text, one.country)
        index.add(one.id, names[one.id])
    chosen = random.Random(SEED).sample(written, min(checked, len(written)))
    bands: Counter[str] = Counter()
    for one in chosen:
        others = (names[found.id] for found in index.find(names[one.id]).found if found.id != one.id)
        at_home = {score(names[one.id], other).band for other in others if other.country == one.country}
        bands["same" if "same" in at_home else "look" if "look" in at_home else "clear"] += 1
    return {"names": len(index), "checked": len(chosen), **_shares(bands)}


def _shares(counted: Counter[str]) -> dict[str, float]:
    return {kind: round(many / counted.total(), 4) for kind, many in sorted(counted.items())}


if __name__ == "__main__":
    main()
