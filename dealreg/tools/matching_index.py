"""`dealreg match find` and `dealreg match bench`: find similar names, and measure how fast."""

from __future__ import annotations

import gc
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import psutil
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dealreg.tools.matching_index_names import SEED, Written, as_many, names_in, sample, variants
from services.attribution.domain.matching.answer import Answer
from services.attribution.domain.matching.index import MOST_FOUND, Candidates, NameIndex
from services.attribution.domain.matching.name import read_name
from services.attribution.domain.matching.parties import Party, score_parties
from shared.messages import Words
from shared.values.written import written_json

TIMED_ADDS = 20_000
TIMED_LOOKUPS = 5_000
BATCH = 500
"""Names of one batch: as many facts as the decider loads at once."""
VARIED_NAMES = 2_000
SHORT_LIST = 10
MOST_ROWS = 10_000_000
"""Names that an index is measured with: three times all companies of the world's register."""
BANDS = ("same", "look", "clear")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Names = Annotated[Path, typer.Option(help="CSV or CSV.gz with a column legal_name or name, and id where there is one.")]
SomeNames = Annotated[
    Path | None, typer.Option("--names", help="Real names to begin with; else the ones that came along.")
]
Query = Annotated[list[str], typer.Option(help="The name to look for; give it again for further ones.")]
Country = Annotated[str | None, typer.Option(help="The country of the names looked for, as two letters.")]
Limit = Annotated[int, typer.Option(min=1, max=MOST_FOUND, help="Names to show for each.")]
Rows = Annotated[
    int, typer.Option(min=1_000, max=MOST_ROWS, help="Names in the index; what the file lacks is made from its words.")
]


def register(match: typer.Typer) -> None:
    """Adds the commands to `dealreg match`."""
    match.command()(find)
    match.command()(bench)


class Row(NamedTuple):
    """A name found, and what comparing it says."""

    written: Written
    alike: int
    shared_keys: int
    answer: Answer


def find(names: Names, query: Query, country: Country = None, limit: Limit = 10, as_json: Json = False) -> None:
    """Find the names of a file that may be the one asked for: the same ones first, then those to look at."""
    written = names_in(names)
    index = NameIndex()
    for place, one in enumerate(written):
        index.add(str(place), read_name(one.text, one.country))
    code = country.strip().upper() if country else None
    content = [(text, *_judged(index, written, text, code, limit)) for text in query]
    if as_json:
        print(written_json([_document(*answer) for answer in content], indented=True).decode())
    else:
        for answer in content:
            _show(*answer, Console(highlight=False))


def _judged(
    index: NameIndex, written: Sequence[Written], text: str, country: str | None, limit: int
) -> tuple[Candidates, list[Row]]:
    """The candidates by band and score, so many of them."""
    asked = Party(read_name(text, country), country=country)
    candidates = index.find(asked.name)
    rows = []
    for one in candidates.found:
        found = written[int(one.id)]
        party = Party(read_name(found.text, found.country), country=found.country)
        rows.append(Row(found, one.alike, one.shared, score_parties(asked, party)))
    # What is left equal stays in the order of the look-up, which is total.
    rows.sort(key=lambda row: (BANDS.index(row.answer.band), -row.answer.score))
    return candidates, rows[:limit]


def bench(rows: Rows = 1_000_000, names: SomeNames = None, as_json: Json = False) -> None:
    """Measure look-ups among many names: time, memory, start-up, and whether misspelled names are found."""
    real = names_in(names) if names else sample()
    figures = measured(as_many(real, rows), min(len(real), rows))
    if as_json:
        print(written_json(figures, indented=True).decode())
        return
    console = Console(highlight=False)
    for name, value in figures.items():
        shown = ", ".join(f"{key} {one}" for key, one in value.items()) if isinstance(value, dict) else f"{value}"
        console.print(f"[dim]{name:<22}[/dim] {escape(shown)}", soft_wrap=True)


def measured(names: Sequence[Written], real: int) -> dict[str, Any]:
    """Every figure of an index of these names, of which the first so many are real."""
    gc.collect()
    gc.freeze()  # what was made for the measurement is not looked through while it goes on
    before = psutil.Process().memory_info().rss
    began, began_cpu = time.perf_counter(), time.process_time()
    index = NameIndex()
    adds = [_timed(lambda one=one: _add(index, one)) for one in names]  # type: ignore[misc]
    start_up = {"s": round(time.perf_counter() - began, 1), "cpu_s": round(time.process_time() - began_cpu, 1)}
    memory = psutil.Process().memory_info().rss - before
    chance = random.Random(SEED)  # noqa: S311 -- a figure is the same every time
    asked = [chance.choice(names) for _ in range(TIMED_LOOKUPS)]
    lookups = [text for one in asked for _, text in [*variants(one.text, chance)][:2]][:TIMED_LOOKUPS]
    times = [_timed(lambda text=text: index.find(read_name(text))) for text in lookups]  # type: ignore[misc]
    return {
        "names": {"all": len(names), "real": real},
        "start_up": start_up,
        "memory_mb": round(memory / 1e6),
        "add_ms": _percentiles(adds[-TIMED_ADDS:]),
        "lookup_ms": _percentiles(times),
        "lookups_per_s": _batched(index, [one.text for one in asked]),
        "candidates": _sizes(index.find(read_name(text)).total for text in lookups),
        "recall": _recall(index, [chance.choice(names) for _ in range(VARIED_NAMES)], chance),
    }


def _add(index: NameIndex, one: Written) -> None:
    index.add(one.id, read_name(one.text, one.country))


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and seconds of processor, which other work on the machine does not lengthen."""
    began, began_cpu = time.perf_counter(), time.thread_time()
    work()
    return time.perf_counter() - began, time.thread_time() - began_cpu


def _batched(index: NameIndex, texts: Sequence[str]) -> dict[str, float]:
    """Look-ups in batches, by the second of the clock and of processor."""
    began, began_cpu = time.perf_counter(), time.process_time()
    for at in range(0, len(texts), BATCH):
        names = [read_name(text) for text in texts[at : at + BATCH]]
        _ = [index.find(name, SHORT_LIST) for name in names]
    took, took_cpu = time.perf_counter() - began, time.process_time() - began_cpu
    return {"by_clock": round(len(texts) / took), "by_cpu": round(len(texts) / took_cpu)}


def _recall(index: NameIndex, asked: Iterable[Written], chance: random.Random) -> dict[str, dict[str, float]]:
    """The share of names found again as others write them: among all candidates, and in the short list."""
    found: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for one in asked:
        for kind, text in variants(one.text, chance):
            ids = [candidate.id for candidate in index.find(read_name(text)).found]
            found[kind].append((one.id in ids, one.id in ids[:SHORT_LIST]))
    return {
        kind: {
            "n": len(hits),
            "all": _share(any_ for any_, _ in hits),
            f"first_{SHORT_LIST}": _share(top for _, top in hits),
        }
        for kind, hits in found.items()
    }


def _share(hits: Iterable[bool]) -> float:
    counted = list(hits)
    return round(sum(counted) / len(counted), 3)


def _percentiles(times: Sequence[tuple[float, float]]) -> dict[str, float]:
    content = {}
    for by, seconds in zip(("", "_cpu"), zip(*times, strict=True), strict=True):
        ordered = sorted(seconds)
        for percent in (50, 95, 99):
            content[f"p{percent}{by}"] = round(1000 * ordered[len(ordered) * percent // 100], 3)
    return content


def _sizes(totals: Iterable[int]) -> dict[str, float]:
    ordered = sorted(totals)
    mean = round(sum(ordered) / len(ordered), 1)
    at = {f"p{percent}": ordered[len(ordered) * percent // 100] for percent in (50, 95, 99)}
    over = round(sum(total > MOST_FOUND for total in ordered) / len(ordered), 4)
    return {"mean": mean, **at, "max": ordered[-1], f"over_{MOST_FOUND}": over}


def _document(text: str, candidates: Candidates, rows: Sequence[Row]) -> dict[str, Any]:
    words = Words()
    found = [
        {
            **row.written._asdict(),
            "band": row.answer.band,
            "score": row.answer.score,
            "rule": row.answer.rule,
            "sentence": words.likeness(row.answer.rule, row.answer.evidence),
            "alike": row.alike,
            "shared_keys": row.shared_keys,
        }
        for row in rows
    ]
    return {"query": text, "candidates": candidates.total, "crowded": candidates.crowded, "found": found}


def _show(text: str, candidates: Candidates, rows: Sequence[Row], console: Console) -> None:
    console.print(f"[bold]{escape(text)}[/bold]: {candidates.total} candidates")
    table = Table(box=None, pad_edge=False, show_header=False)
    for _ in range(5):
        table.add_column(overflow="fold")
    words = Words()
    for row in rows:
        one, answer = row.written, row.answer
        cells = (
            answer.band,
            f"{answer.score:.2f}",
            one.text,
            one.country or "",
            words.likeness(answer.rule, answer.evidence),
        )
        table.add_row(*(escape(cell) for cell in cells), style="dim" if answer.band == "clear" else "")
    console.print(table)
