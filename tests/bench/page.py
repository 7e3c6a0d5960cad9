"""The figures of docs/scale.md, written from what `make bench BENCH="--json figures.json"` left.

    .venv/bin/python -m tests.bench.page figures.json more.json

Several files are one run's parts: the last one that has a figure is taken. What follows from the figures for ten
thousand vendors is worked out here, so that the page and the figures are of one run.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from shared.release import RELEASE
from tests.bench.figures import shown

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
PART = "<!-- {name} -->\n{text}<!-- end of {name} -->"
VENDORS = 10_000
REGISTRATIONS_A_DAY = 50
"""Of a vendor, on a working day."""
FACTS_A_REGISTRATION = 1.64
"""With what is told of it later, as in the mixed history."""
ENTRIES_A_FACT = 3
PEAK_SHARE = 0.2
"""Of a day, within one hour."""
DAYS_A_YEAR = 250
HOUR = 3_600

Figures = dict[str, dict[str, Any]]


def main() -> None:
    answers = [orjson.loads(Path(name).read_bytes()) for name in sys.argv[1:]]
    if not answers:
        raise SystemExit('which files? they come from: make bench BENCH="--json figures.json"')
    logs: dict[str, Figures] = {}
    for one in answers:
        for log, figures in one["logs"].items():
            logs.setdefault(log, {}).update(figures)
    text = PAGE.read_text()
    text = replaced(text, "figures", "".join(table(answers[-1]["machine"], logs)))
    text = replaced(text, "ten thousand vendors", "".join(arithmetic(logs)))
    PAGE.write_text(text)


def table(machine: dict[str, Any], logs: dict[str, Figures]) -> Iterable[str]:
    """Every figure beside its goal, by log."""
    told = ", ".join(f"{value} {name}" if name != "system" else str(value) for name, value in machine.items())
    yield f"Release {RELEASE}, {datetime.now(UTC):%Y-%m-%d}, on one machine that also ran load, servers and database:\n"
    yield f"{told}.\n"
    for log, figures in logs.items():
        yield f"\n| {log} | median | from–to | goal | |\n|---|---:|---:|---|---|\n"
        for name, one in figures.items():
            rounds = one["rounds"]
            spread = f"{shown(min(rounds))}–{shown(max(rounds))}" if len(rounds) > 1 else ""
            yield f"| {name} | {shown(one['value'])} {one['unit']} | {spread} | {goal(one)} | {beside(one)} |\n"


def goal(one: dict[str, Any]) -> str:
    """The goal, and whether it was reached."""
    if one.get("reached") is None:
        return ""
    asked = f"≥ {shown(one['least'])}" if one.get("least") is not None else f"≤ {shown(one['most'])}"
    return f"{asked} {'reached' if one['reached'] else '**missed**'}"


def beside(one: dict[str, Any]) -> str:
    """What a reader needs to judge it."""
    known = {"value", "unit", "rounds", "least", "most", "reached"}
    others = {name: value for name, value in one.items() if name not in known and not isinstance(value, dict)}
    return ", ".join(f"{name} {shown(value) if isinstance(value, float) else value}" for name, value in others.items())


def arithmetic(logs: dict[str, Figures]) -> Iterable[str]:
    """What ten thousand vendors ask for, and what one of each thing gives, as far as it was measured."""
    day = VENDORS * REGISTRATIONS_A_DAY
    posts = PEAK_SHARE * day * FACTS_A_REGISTRATION / HOUR
    entries = posts * ENTRIES_A_FACT
    yield "| asked for | | one gives | so |\n|---|---:|---:|---|\n"
    yield f"| registrations a day | {VENDORS:,} × {REGISTRATIONS_A_DAY} = {day:,} | | |\n"
    yield (
        f"| facts in the busiest hour | {PEAK_SHARE:g} × {day:,} × {FACTS_A_REGISTRATION:g} ÷ {HOUR:,} s = "
        f"{posts:,.0f}/s | | |\n"
    )
    for log, figures in logs.items():
        for what, asked, name in (
            (f"accept, {log}, one process", posts, "accepted"),
            (f"decide, {log}, one writer", posts, "decided, many customers"),
            (f"fold all views, {log}, one process", entries, next((one for one in figures if " all " in one), "")),
        ):
            if name in figures:
                gives = figures[name]["value"]
                yield f"| {what} | {asked:,.0f}/s | {gives:,.0f}/s | {100 * asked / gives:,.0f} % of it |\n"
    year = DAYS_A_YEAR * day * FACTS_A_REGISTRATION * ENTRIES_A_FACT
    for log, figures in logs.items():
        if (rebuilt := figures.get("rebuilt, pipeline, folding")) is not None:
            hours = year / rebuilt["value"] / HOUR
            yield (
                f"| rebuild the pipeline from a year, {log} | {year / 1e6:,.0f} million entries | "
                f"{rebuilt['value']:,.0f}/s | {hours:,.1f} hours |\n"
            )
    for log, figures in logs.items():
        for what, name in (("tables", "tables, all"), ("write-ahead log", "write-ahead log, all")):
            if name in figures:
                size = figures[name]["value"]
                yield (
                    f"| {what}, {log} | {day:,} × {size:,.0f} B | {day * size / 1e9:,.1f} GB a day | "
                    f"{DAYS_A_YEAR * day * size / 1e12:,.1f} TB a year |\n"
                )


def replaced(text: str, name: str, part: str) -> str:
    """The page with that part of it written anew."""
    pattern = re.compile(rf"<!-- {name} -->\n.*?<!-- end of {name} -->", re.DOTALL)
    assert pattern.search(text), f"{PAGE.name} has no part {name}"
    return pattern.sub(lambda _: PART.format(name=name, text=part), text)


if __name__ == "__main__":
    main()
