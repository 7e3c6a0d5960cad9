"""What may go wrong, and when: a list drawn from the seed, so that a failing run can be shrunk fault by fault."""

from __future__ import annotations

import random
from dataclasses import dataclass

AT_A_CALL = (
    "crash_before", "crash_after", "crash_after", "unavailable", "ambiguous", "ambiguous", "late", "slow", "freeze",
    "freeze", "partial", "duplicate", "stop",
)  # fmt: skip
OF_THE_WORLD = ("steal", "jump", "server")
OPS = (
    "commit", "commit", "commit", "append.facts", "append.journal", "append.journal", "write", "put", "advance", "take",
    "read", "enter", "fetch", "mark", "renew", "any",
)  # fmt: skip
WHO = ("edge", "decider", "decider", "decider", "viewer")
FEWEST, MOST = 0, 16
FROZEN_SECONDS = (2.0, 12.0)
"""Up to three leases."""


@dataclass(frozen=True, slots=True)
class Fault:
    """From `at` on, the next matching call of a process fails so; or the world changes at that very moment."""

    at: float
    kind: str
    who: str
    op: str
    seconds: float

    @property
    def upgrades(self) -> bool:
        """Whether the database is restored and another release installed."""
        return self.kind == "restore" and self.seconds > 5.0

    def __str__(self) -> str:
        where = f" at {self.who}'s next {self.op}" if self.who else ""
        return f"{self.at:7.3f}s  {self.kind}{where} ({self.seconds:.1f} s)"


def drawn(chance: random.Random, latest: float, *, joins: bool) -> tuple[Fault, ...]:
    """The faults of a run, in order of time."""
    faults = []
    for _ in range(chance.randint(FEWEST, MOST)):
        at = round(chance.uniform(0.0, latest), 3)
        if chance.random() < 0.2:
            world = OF_THE_WORLD if joins else (*OF_THE_WORLD, "restore")
            faults.append(Fault(at, chance.choice(world), "", "", round(chance.uniform(0.5, 10.0), 1)))
            continue
        kind = chance.choice(AT_A_CALL)
        op = "append" if kind in ("partial", "duplicate") else chance.choice(OPS)
        seconds = chance.uniform(*FROZEN_SECONDS) if kind == "freeze" else chance.uniform(0.0, 5.0)
        faults.append(Fault(at, kind, chance.choice(WHO), op, round(seconds, 1)))
    if chance.random() < 0.5:  # a fetch that lacks a record: a broker that lies
        faults.append(Fault(round(chance.uniform(0.0, latest), 3), "skip", "viewer", "fetch", 0.0))
    if any(one.upgrades for one in faults):
        # What an older release left half published stays so: nobody may decide it otherwise.
        faults = [one for one in faults if one.kind != "partial"]
    return tuple(sorted(faults, key=lambda one: one.at))
