"""`make bench`: both logs measured, a table for people and JSON for machines; comparisons are made within one run."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import orjson

from dealreg.process import run
from shared.events.codec import encode_fact
from shared.log.port import Record
from tests.bench.accepting import accept, latency
from tests.bench.deciding import decide
from tests.bench.figures import Figure, table
from tests.bench.finance import finance
from tests.bench.folding import fold_money
from tests.bench.hot import hot_facts
from tests.bench.mixed import History
from tests.bench.place import Log, Place, place
from tests.bench.projecting import project
from tests.bench.rebuilding import rebuild

NAMES = ("accept", "latency", "decide", "project", "rebuild", "finance")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    rounds: int
    facts: int
    hot_facts: int
    load_seconds: float
    steady_seconds: float
    deals: int
    """Of them come two and a half times as many credits."""
    questions: int


FULL = Sizes(rounds=3, facts=20_000, hot_facts=30_000, load_seconds=6, steady_seconds=30, deals=400_000, questions=200)
QUICK = Sizes(rounds=1, facts=4_000, hot_facts=4_000, load_seconds=2, steady_seconds=5, deals=8_000, questions=30)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--log", choices=get_args(Log), action="append", help="Repeat it; both where absent.")
    parser.add_argument("--only", choices=NAMES, action="append", help="Repeat it; all where absent.")
    parser.add_argument("--quick", action="store_true", help="Small sizes, one round: a first look within a minute.")
    parser.add_argument("--json", type=Path, help="Also write the figures here.")
    parser.add_argument("--folder", type=Path, help="Where the servers keep their files; else a temporary folder.")
    asked = parser.parse_args()
    run(measured(asked.log or get_args(Log), asked.only or NAMES, QUICK if asked.quick else FULL, asked))


async def measured(logs: Iterable[Log], names: Iterable[str], sizes: Sizes, asked: argparse.Namespace) -> None:
    """Every figure of the chosen logs is shown as it is measured, and all are written at the end."""
    written: dict[str, Any] = {"machine": machine(), "quick": asked.quick, "logs": {}}
    for log in logs:
        with tempfile.TemporaryDirectory(prefix="dealreg-bench-", dir=asked.folder, ignore_cleanup_errors=True) as path:
            async with place(log, Path(path)) as there:
                figures = await every(there, log, set(names), sizes)
        written["logs"][log] = {figure.name: figure.written() for figure in figures}
    answer = orjson.dumps(written)
    if asked.json is not None:
        asked.json.write_bytes(answer + b"\n")
    print(answer.decode())


async def every(there: Place, log: Log, names: set[str], sizes: Sizes) -> list[Figure]:
    """The chosen figures of one log."""
    figures: list[Figure] = []

    def told(*found: Figure) -> None:
        figures.extend(found)
        for line in table(log, found):
            print(line, flush=True)

    if "accept" in names:
        told(*await accept(there, log, sizes.load_seconds, sizes.rounds))
    if "latency" in names:
        told(*await latency(there, sizes.steady_seconds))
    if "decide" in names:
        hot = [encode_fact(fact) for fact in hot_facts(sizes.hot_facts)]
        told((await decide(there, "decided, hot customers", hot, sizes.rounds))[0])
    if names & {"decide", "project", "rebuild"}:
        rounds = sizes.rounds if "decide" in names else 1
        figure, decided = await decide(there, "decided, many customers", mixed_facts(sizes.facts), rounds)
        if "decide" in names:
            told(figure)
        if "project" in names:
            told(*await project(there, decided, sizes.rounds))
        if "rebuild" in names:
            told(*await rebuild(there, decided, sizes.rounds))
    if "finance" in names and log == "postgres":  # what is read does not know which log it came from
        told(*await fold_money(there, sizes.facts // 4, sizes.rounds))
        told(*await finance(there, sizes.deals, sizes.questions))
    return figures


def mixed_facts(facts: int) -> list[Record]:
    return [encode_fact(fact) for fact in History("acme", facts)]


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {"processors": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}


if __name__ == "__main__":
    main()
