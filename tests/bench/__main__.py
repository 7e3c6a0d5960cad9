"""`make bench`: both logs measured, a table for people and JSON for machines; comparisons are made within one run."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import orjson
import structlog

from dealreg.runtime.process import run
from tests.bench.comparing import compare
from tests.bench.figures import Figure, table
from tests.bench.parts import FULL, PARTS, QUICK, Bench, Sizes
from tests.bench.place import Log, place


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--log", choices=get_args(Log), action="append", help="Repeat it; both where absent.")
    parser.add_argument("--only", choices=tuple(PARTS), action="append", help="Repeat it; all where absent.")
    parser.add_argument("--quick", action="store_true", help="Small sizes, one round: a first look within minutes.")
    parser.add_argument("--entries", type=int, help="Entries that the part `long` rebuilds; 10000000 needs 40 GB.")
    parser.add_argument("--json", type=Path, help="Also write the figures here.")
    parser.add_argument("--folder", type=Path, help="Where the servers keep their files; else a temporary folder.")
    parser.add_argument("--base", help="Compare with this commit: both are measured in turn.")
    parser.add_argument("--times", type=int, default=3, help="With --base, how often each is measured.")
    asked, arguments = parser.parse_args(), sys.argv[1:]
    if asked.base is not None:
        compare(asked.base, without(arguments, "--base", "--times", "--json"), asked.times)
        return
    # What a supervisor says of its children stands in their logs; here are figures.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    sizes = QUICK if asked.quick else FULL
    if asked.entries is not None:
        sizes = replace(sizes, long_entries=asked.entries)
    run(measured(asked.log or get_args(Log), asked.only or tuple(PARTS), sizes, asked))


def without(arguments: Sequence[str], *named: str) -> list[str]:
    """The arguments but for these options and their values."""
    kept: list[str] = []
    waiting = iter(arguments)
    for one in waiting:
        name, equals, _ = one.partition("=")
        if name in named:
            if not equals:
                next(waiting)
        else:
            kept.append(one)
    return kept


async def measured(logs: Iterable[Log], names: Iterable[str], sizes: Sizes, asked: argparse.Namespace) -> None:
    """Every figure of the chosen logs is shown as it is measured, and all are written at the end."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    # Whoever ends us, by a time limit say, ends our servers too.
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    written: dict[str, Any] = {"machine": machine(), "quick": asked.quick, "logs": {}, "seconds": {}}
    for log in logs:
        chosen = [name for name in PARTS if name in names and log in PARTS[name].logs]
        if not chosen:
            continue
        with tempfile.TemporaryDirectory(prefix="dealreg-bench-", dir=asked.folder, ignore_cleanup_errors=True) as path:
            async with place(log, Path(path)) as there:
                figures: dict[str, Any] = {}
                seconds: dict[str, float] = {}
                async for name, took, found in every(Bench(there, log, sizes), chosen):
                    figures |= {figure.name: figure.written() for figure in found}
                    seconds[name] = round(took, 1)
        written["logs"][log], written["seconds"][log] = figures, seconds
    answer = orjson.dumps(written)
    if asked.json is not None:
        asked.json.write_bytes(answer + b"\n")
    print(answer.decode())


async def every(bench: Bench, names: Iterable[str]) -> AsyncIterator[tuple[str, float, list[Figure]]]:
    """The figures of each part, shown, with the seconds that it took."""
    for name in names:
        began = time.monotonic()
        found = list(await PARTS[name].measure(bench))
        took = time.monotonic() - began
        for line in table(bench.log, found):
            print(line, flush=True)
        print(f"{bench.log}  ({name} took {took:.0f} s)", flush=True)
        yield name, took, found


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "processors": os.cpu_count(),
        "processor": _processor(),
        "memory GB": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())


if __name__ == "__main__":
    main()
