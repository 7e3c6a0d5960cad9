"""`make simulate`: many seeds, each a history and what goes wrong in it; a failure is shrunk and can be repeated."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from hashlib import sha256
from typing import Any

from tests.simulation.breaks import BREAKS
from tests.simulation.plan import Plan, drawn_plan
from tests.simulation.shrink import shrunk
from tests.simulation.simulation import Outcome, run

CHUNK = 10
MOST_FAILURES = 3
"""After so many the rest of the seeds would tell little more."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="How many.")
    parser.add_argument("--from", dest="first", type=int, default=0, help="The first one.")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="Processes to share them.")
    parser.add_argument("--seed", type=int, help="This one alone, shrunk if it fails.")
    parser.add_argument("--moves", help="With --seed: these moves alone, by number, joined by commas.")
    parser.add_argument("--faults", help="With --seed: these faults alone, by number.")
    parser.add_argument("--vendors", help="With --seed: these vendors alone.")
    parser.add_argument("--trace", action="store_true", help="With --seed: print every call.")
    parser.add_argument("--break", dest="broken", choices=sorted(BREAKS), help="With this rule broken on purpose.")
    asked = parser.parse_args()
    return _one(asked) if asked.seed is not None else _many(asked)


def _many(asked: argparse.Namespace) -> int:
    began, digest, failed, done = time.perf_counter(), sha256(), [], 0
    for seed, outcome in _outcomes(range(asked.first, asked.first + asked.seeds), asked.jobs, asked.broken):
        done += 1
        digest.update(outcome.digest.encode())
        if outcome.failure is not None:
            failed.append(seed)
            print(f"seed {seed}: {outcome.failure}", flush=True)
        elif done % 100 == 0:
            print(f"{done} seeds hold, {done / (time.perf_counter() - began):.1f} a second", flush=True)
        if len(failed) == MOST_FAILURES:
            break
    seconds = time.perf_counter() - began
    print(f"{done} seeds in {seconds:.1f} s, {len(failed)} failed; digest of all runs {digest.hexdigest()[:16]}")
    for seed in failed[:1]:
        _explain(_plan(seed, asked.broken), asked.broken)
    return 1 if failed else 0


def _outcomes(seeds: range, jobs: int, broken: str | None) -> Iterator[tuple[int, Outcome]]:
    if jobs == 1:
        gc.freeze()
        yield from (_run(seed, broken) for seed in seeds)
        return
    # A tenth of the time went into looking through imported modules for garbage, again and again.
    with ProcessPoolExecutor(jobs, initializer=gc.freeze) as pool:
        try:
            yield from pool.map(_run, seeds, [broken] * len(seeds), chunksize=CHUNK)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _run(seed: int, broken: str | None) -> tuple[int, Outcome]:
    with _as_broken(broken):
        return seed, run(_plan(seed, broken))


def _plan(seed: int, broken: str | None) -> Plan:
    return drawn_plan(seed) if broken is None else BREAKS[broken].plan(seed)


def _one(asked: argparse.Namespace) -> int:
    plan = _plan(asked.seed, asked.broken)
    numbers = [move.number for move in plan.moves] if asked.moves is None else _numbers(asked.moves)
    faults = list(range(len(plan.faults))) if asked.faults is None else _numbers(asked.faults)
    chosen = plan.only(numbers, faults).of_vendors(asked.vendors.split(",") if asked.vendors else plan.vendors)
    with _as_broken(asked.broken):
        outcome = run(chosen, traced=asked.trace)
    for line in outcome.lines:
        print(line)
    print(f"seed {plan.seed}: {outcome.failure or 'holds'}; {outcome.entries} entries, digest {outcome.digest[:16]}")
    if outcome.failure is not None and chosen == plan:
        _explain(plan, asked.broken)
    return 1 if outcome.failure else 0


def _explain(plan: Plan, broken: str | None) -> None:
    """The shrunk history, and the command that repeats it."""
    with _as_broken(broken):
        small, moves, faults, outcome = shrunk(plan)
    log = "PostgreSQL" if plan.joins else "Kafka"
    print(f"\nseed {plan.seed} shrunk: {outcome.failure}")
    print(f"as with the log in {log}; transactions of {plan.batch_facts} facts, {plan.decisions} decisions")
    print(f"vendors: {', '.join(small.vendors)}; importing: {', '.join(plan.importing) or 'none'}")
    for line in (*small.moves, *small.faults):
        print(f"  {line}")
    chosen = f"--moves={_joined(moves)} --faults={_joined(faults)} --vendors={','.join(small.vendors)}"
    more = f" --break {broken}" if broken else ""
    print(f"repeat it: python -m tests.simulation --seed {plan.seed} {chosen}{more} --trace")


def _as_broken(name: str | None) -> AbstractContextManager[Any]:
    return nullcontext() if name is None else BREAKS[name].patched()


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",") if one]


def _joined(numbers: list[int]) -> str:
    return ",".join(map(str, numbers))


if __name__ == "__main__":
    sys.exit(main())
