"""Resident memory of every process by generation, and whether it is flat.

Two comparisons, since kills keep most lives short:

* a long life: the median of its last third against that of its middle third. The first third is left out: imports,
  connections and caches of a fixed size fill up in it.
* newcomers: what processes of one kind need at the same young age, those born in the last third of the run against
  those born in the first. What grows with the database and not with age shows here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import psutil

from tests.soak.site import kind_of

MEBIBYTE = 2**20
LONG_LIFE_SECONDS = 600.0
"""Shorter lives are told and not judged: in them caches still fill."""
YOUNG_SECONDS = (15.0, 45.0)
FEWEST_YOUNG = 3
"""Processes on each side, and samples of each, below which nothing is said of newcomers."""
MOST_GROWTH, MOST_GROWTH_MB = 1.10, 16
"""Flat: the later median is at most a tenth and 16 MB above the earlier one. A leak that adds less than that from one
third of a life to the next is not seen."""


@dataclass(slots=True)
class Generation:
    """One process from its start to its end."""

    name: str
    pid: int
    born: float
    samples: list[tuple[float, float]] = field(default_factory=list)
    """Age in seconds, resident megabytes."""

    @property
    def kind(self) -> str:
        return kind_of(self.name)

    @property
    def age(self) -> float:
        return self.samples[-1][0] if self.samples else 0.0

    def at(self, first: float, last: float) -> list[float]:
        return [size for age, size in self.samples if first <= age <= last]


@dataclass(frozen=True, slots=True)
class Compared:
    """Two medians that should be alike; not judged where a life was too short to say."""

    what: str
    early_mb: float
    late_mb: float
    judged: bool

    @property
    def flat(self) -> bool:
        return self.late_mb <= self.early_mb * MOST_GROWTH + MOST_GROWTH_MB

    def told(self) -> dict[str, Any]:
        return {
            "what": self.what, "early_mb": round(self.early_mb, 1), "late_mb": round(self.late_mb, 1),
            "flat": self.flat if self.judged else None,
        }  # fmt: skip


@dataclass(slots=True)
class Memory:
    """Samples by generation; `now` is in seconds since the load began."""

    generations: dict[tuple[str, int], Generation] = field(default_factory=dict)

    def sample(self, now: float, pids: Iterable[tuple[str, int]]) -> None:
        """Each process that runs has one more sample."""
        for name, pid in pids:
            try:
                size = psutil.Process(pid).memory_info().rss / MEBIBYTE
            except psutil.NoSuchProcess:
                continue
            self.take(now, name, pid, size)

    def take(self, now: float, name: str, pid: int, megabytes: float) -> None:
        """The process needed so much."""
        found = self.generations.setdefault((name, pid), Generation(name, pid, now))
        found.samples.append((now - found.born, megabytes))

    def compared(self, seconds: float) -> list[Compared]:
        """Of a run so long: the longest life of each kind, and newcomers of each."""
        by_kind: defaultdict[str, list[Generation]] = defaultdict(list)
        for one in self.generations.values():
            by_kind[one.kind].append(one)
        found = []
        for kind, all_of_it in by_kind.items():
            longest = max(all_of_it, key=lambda one: one.age)
            found += _long_life(longest)
            early = [one for one in all_of_it if one.born < seconds / 3]
            late = [one for one in all_of_it if one.born > 2 * seconds / 3]
            found += _newcomers(kind, early, late)
        return found

    def largest(self) -> dict[str, float]:
        """By kind, the most that one process ever needed, in megabytes."""
        found: defaultdict[str, float] = defaultdict(float)
        for one in self.generations.values():
            found[one.kind] = max(found[one.kind], *(size for _, size in one.samples))
        return {kind: round(size, 1) for kind, size in found.items()}


def _long_life(one: Generation) -> list[Compared]:
    middle, last = one.at(one.age / 3, 2 * one.age / 3), one.at(2 * one.age / 3, one.age)
    if not middle or not last:
        return []
    what = f"{one.name} over {one.age:.0f} s"
    return [Compared(what, median(middle), median(last), judged=one.age >= LONG_LIFE_SECONDS)]


def _newcomers(kind: str, early: Sequence[Generation], late: Sequence[Generation]) -> list[Compared]:
    sizes = [
        [median(at) for one in side if len(at := one.at(*YOUNG_SECONDS)) >= FEWEST_YOUNG] for side in (early, late)
    ]
    if min(map(len, sizes)) < FEWEST_YOUNG:
        return []
    return [Compared(f"{kind}, newcomers", median(sizes[0]), median(sizes[1]), judged=True)]
