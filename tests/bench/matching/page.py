"""The figures of docs/matching.md, written from what the benches printed.

    python -m tests.bench.matching --pairs FOLDER --gleif FILE --json > figures.json
    python -m tests.bench.matching_traffic --pairs FOLDER --json > traffic.json
    python -m tests.bench.matching_recall --pairs FOLDER --names FILE --json > recall.json
    dealreg match bench --rows 1000000 --names FILE --json > bench.json
    python -m tests.bench.matching.page figures.json traffic.json recall.json bench.json

Any of the files may be left out; its part of the page stays as it is. What a file holds is told by its keys.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from tests.bench.page import replaced

PAGE = Path(__file__).parents[3] / "docs" / "matching.md"
NAMES = {
    "ror_company_pairs": "ROR companies",
    "ror_arabic_pairs": "ROR Arabic",
    "patstat_leuven_pairs": "patent applicants",
    "nomenklatura_org_pairs": "nomenklatura",
    "tadawul_short_pairs": "Tadawul's short names",
}
Figures = dict[str, Any]


def main() -> None:
    """Each part that a file is given for is written anew."""
    text = PAGE.read_text()
    for name in sys.argv[1:]:
        found = orjson.loads(Path(name).read_bytes())
        for part, lines in parts(found).items():
            text = replaced(text, part, f"{lines}\n")
    PAGE.write_text(text)


def parts(found: Figures) -> dict[str, str]:
    """The parts of the page that these figures make."""
    if "lookup_ms" in found:
        return {"look-ups": look_ups(found)}
    if "traffic" in found:
        return {"asked": asked(found["traffic"], found["false_same"])}
    if "mistakes" in found:
        return {
            "figures": "\n".join(table(found)),
            "false alarms": false_alarms(found["gleif"]["false_same"]),
            "worst": "\n".join(worst(found["mistakes"])),
        }
    return {"candidates": "\n".join(candidates(found))}


def table(result: Figures) -> Iterator[str]:
    """The figures of every file, group and method."""
    yield f"Judged {datetime.now(UTC):%Y-%m-%d}.\n"
    yield "| file, pairs | method | precision | recall | F1 |\n|---|---|---|---|---|"
    for file, groups in result.items():
        if file in ("gleif", "mistakes"):
            continue
        for group, methods in groups.items():
            for method, figures in methods.items():
                of = f"{figures['positives']} of {figures['n']}"
                cells = " | ".join(
                    f"{one['value']:.3f} ({one['low']:.3f}–{one['high']:.3f})"
                    for one in (figures[name] for name in ("precision", "recall", "f1"))
                )
                yield f"| {NAMES.get(file, file)}, {group} ({of}) | {method} | {cells} |"


def false_alarms(found: Figures) -> str:
    """How often a name alone finds the wrong company."""
    return (
        f"Of {found['asked']:,} names drawn from the file, {found['false_same']:.1%} find another legal entity of "
        "their\n"
        f"country in `same` by name alone; {found['equal_to_the_letter']:.1%} find one of the same letters, which no\n"
        "matching of names can tell apart."
    )


def worst(mistakes: Figures) -> Iterator[str]:
    """The gravest mistakes of either kind on the half that thresholds were fixed on."""
    for told, pairs in mistakes.items():
        yield f"*{told.capitalize()}*: {'; '.join(f'{one} / {other}' for one, other in pairs)}.\n"


def asked(traffic: list[Figures], checked: Figures) -> str:
    """What share of registrations people are asked about."""
    few, many, whole = traffic
    return (
        f"{few['asked']:.1%} are a `look` where {few['share_of_market']:.1%} of the market are such customers, "
        f"{many['asked']:.1%} where {many['share_of_market']:.1%} are,\nand {whole['asked']:.0%} if every one of its "
        f"entities were a customer, mostly funds and group companies with names in series.\n"
        f"Of {checked['checked']:,} names {checked['same']:.1%} find another entity of their country in `same`."
    )


def candidates(found: Figures) -> Iterator[str]:
    """Whether two names of one organisation meet."""
    yield "| pairs | n | meet | among the 50 most alike | candidates: mean, median, p95, max |\n|---|---|---|---|---|"
    for file, groups in found.items():
        for group, one in groups.items():
            kind, _, script = group.partition("/")
            if script and kind != "all" and one["n"] >= 100:
                sizes = f"{one['candidates_mean']:.0f}, {one['median']}, {one['p95']}, {one['max']}"
                met = f"{one['recall']:.3f} | {one['first_50']:.3f}"
                yield f"| {NAMES.get(file, file)}, {kind}, {script} | {one['n']:,} | {met} | {sizes} |"


def look_ups(found: Figures) -> str:
    """How fast names are found among many."""
    names, times, adds, sizes = found["names"], found["lookup_ms"], found["add_ms"], found["candidates"]
    rate, started = found["lookups_per_s"], found["start_up"]
    lines = [
        f"{names['all']:,} names, of which {names['real']:,} are GLEIF's, the others made of their words; one core.\n",
        "| figure | | goal |\n|---|---:|---:|",
        f"| look-up, reading the name included, p50 | {times['p50_cpu']:.2f} ms | |",
        f"| the same, p95 | {times['p95_cpu']:.2f} ms | ≤ 15 ms |",
        f"| look-ups a second of processor, in batches of 500 | {rate['by_cpu']:,} | ≥ 2,000 |",
        f"| adding a name, p50 | {adds['p50_cpu']:.2f} ms | ≤ 1 ms |",
        f"| the same, p95 | {adds['p95_cpu']:.2f} ms | |",
        f"| memory | {found['memory_mb']:,} MB | |",
        f"| start-up, of processor | {started['cpu_s']:.0f} s | |",
        f"| candidates: mean, p95, most | {sizes['mean']:.0f}, {sizes['p95']}, {sizes['max']} | |",
        *(
            f"| found again, {kind}: among all, first ten | {one['all']:.3f}, {one['first_10']:.3f} | |"
            for kind, one in found["recall"].items()
        ),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
