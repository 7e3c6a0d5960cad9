"""Two commits measured in turn, A B A B, on one machine, and each figure's difference with its spread.

Each commit runs its own benchmark over its own code, with the libraries that are installed here. A figure differs
where the intervals of its runs lie apart; where they overlap, the noise of the machine is as large.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tests.bench.figures import shown

ROOT = Path(__file__).parents[2]
LEAST_VALUES = 3
LOCKS = ("requirements-dev.lock",)


@dataclass(frozen=True, slots=True)
class Side:
    """One figure's values over the runs of one commit."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def __str__(self) -> str:
        return f"{shown(self.median)} ({shown(min(self.values))}–{shown(max(self.values))})"


def compare(base: str, arguments: Sequence[str], times: int) -> None:
    """The figures of this work tree and of the base are printed side by side; what is measured is chosen as ever."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    commit = _git("rev-parse", "--verify", f"{base}^{{commit}}").decode().strip()
    with tempfile.TemporaryDirectory(prefix="dealreg-bench-base-") as folder:
        there = Path(folder) / "tree"
        _checked_out(commit, there)
        for lock in LOCKS:
            if (there / lock).read_bytes() != (ROOT / lock).read_bytes():
                print(f"{lock} differs: {commit[:10]} runs with the libraries of this work tree", flush=True)
        found: dict[str, list[dict[str, Any]]] = {"base": [], "here": []}
        for turn in range(times):
            for name, tree in (("base", there), ("here", ROOT)):
                print(f"run {turn + 1} of {times}: {commit[:10] if name == 'base' else 'this work tree'}", flush=True)
                found[name].append(_measured(tree, arguments, Path(folder) / "figures.json"))
    for line in differences(found["base"], found["here"]):
        print(line)


def differences(base: Iterable[dict[str, Any]], here: Iterable[dict[str, Any]]) -> Iterable[str]:
    """A line for each figure that both have: medians with least and most, and what here is of the base."""
    before, after = _sides(base), _sides(here)
    rows = [("figure", "unit", "base", "here", "here / base", "")]
    for (log, name, unit), old in before.items():
        new = after.get((log, name, unit))
        if new is not None:
            ratio = shown(new.median / old.median) if old.median else "–"
            rows.append((f"{log}  {name}", unit, str(old), str(new), ratio, _verdict(old, new)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
    for missing, side in ((before.keys() - after.keys(), "base"), (after.keys() - before.keys(), "here")):
        if missing:
            yield f"only {side}: " + ", ".join(sorted(f"{log} {name}" for log, name, _ in missing))


def _verdict(old: Side, new: Side) -> str:
    if min(len(old.values), len(new.values)) < LEAST_VALUES:
        return "too few runs to tell"
    apart = min(new.values) > max(old.values) or max(new.values) < min(old.values)
    return "differs" if apart else "within the noise"


def _sides(runs: Iterable[dict[str, Any]]) -> dict[tuple[str, str, str], Side]:
    """Every round of every run counts as one value."""
    values: dict[tuple[str, str, str], list[float]] = {}
    for one in runs:
        for log, figures in one["logs"].items():
            for name, figure in figures.items():
                values.setdefault((log, name, figure["unit"]), []).extend(figure["rounds"])
    return {key: Side(tuple(found)) for key, found in values.items()}


def _measured(tree: Path, arguments: Sequence[str], answer: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench", *arguments, "--json", str(answer)]
    # The tree's own packages come before those that are installed here.
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    with subprocess.Popen(command, cwd=tree, env=environment, stdout=subprocess.DEVNULL) as child:
        try:
            code = child.wait()
        except BaseException:
            child.terminate()  # it ends its servers, and then itself
            raise
    if code:
        raise SystemExit(f"the benchmark of {tree} ended with {code}: has that commit what was asked for?")
    told: dict[str, Any] = orjson.loads(answer.read_bytes())
    return told


def _checked_out(commit: str, there: Path) -> None:
    """The files of the commit, without touching this work tree or its index."""
    archive = there.with_suffix(".tar")
    _git("archive", "--format=tar", "--output", str(archive), commit)
    with tarfile.open(archive) as packed:
        packed.extractall(there, filter="data")
    archive.unlink()


def _git(*arguments: str) -> bytes:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit(f"git {arguments[0]} ended with {done.returncode}")
    return done.stdout
