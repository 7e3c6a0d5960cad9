"""What happens to the processes at work, by a seed: killed, frozen beyond their lease, their servers crashed."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from tests.soak.plan import Plan
from tests.soak.site import KINDS, Site, kind_of

UNEVEN = (0.5, 1.5)
"""The pause between two faults, in parts of its average."""
BEYOND_LEASE = (1.0, 3.0)
"""Seconds that a frozen process stays away after its lease."""

RESTART_POLL_SECONDS = 0.05
"""The supervisor starts a process again after ten seconds at the most."""

What = Literal["kill", "freeze", "crash"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens, and to which kind of process or server."""

    what: What
    to: str


def deck(plan: Plan, chance: Random) -> list[Fault]:
    """What happens so often before it begins anew: each kind is killed, some are frozen, each server crashes once."""
    dealt = [Fault("kill", kind) for kind in KINDS for _ in range(plan.kills)]
    dealt += [Fault("freeze", chance.choice(tuple(KINDS))) for _ in range(plan.freezes)]
    dealt += [Fault("crash", server) for server in ("postgres", "kafka") if server in ("postgres", plan.log)]
    chance.shuffle(dealt)
    return dealt


def drawn(plan: Plan, chance: Random) -> Iterator[tuple[float, Fault]]:
    """Seconds until the next fault, and that fault, without end."""
    while True:
        for fault in deck(plan, chance):
            yield plan.fault_seconds * chance.uniform(*UNEVEN), fault


@dataclass(slots=True)
class Faults:
    """Does them until told to stop, and then thaws what it froze."""

    plan: Plan
    site: Site
    done: Counter[str] = field(default_factory=Counter)
    """By what and to whom."""
    killed: set[int] = field(default_factory=set)
    """Pids: whatever else ended, ended by itself."""

    async def run(self, stop: asyncio.Event) -> None:
        chance, began = Random(self.plan.seed), time.monotonic()
        async with asyncio.TaskGroup() as group:
            for pause, fault in drawn(self.plan, chance):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)
                if stop.is_set():
                    return
                place, beyond = chance.random(), chance.uniform(*BEYOND_LEASE)
                if fault.what == "crash":
                    await self._crash(fault)
                    continue
                while (victim := self._victim(fault.to, place, time.monotonic() - began)) is None:
                    if stop.is_set():
                        return
                    await asyncio.sleep(RESTART_POLL_SECONDS)
                if fault.what == "kill":
                    self._kill(victim)
                else:
                    group.create_task(self._freeze(victim, self.plan.lease_seconds + beyond))

    def _victim(self, kind: str, place: float, elapsed: float) -> str | None:
        names = sorted(name for name in self.site.processes if kind_of(name) == kind)
        if elapsed > self.plan.spared_after:
            names = [name for name in names if name != spared(kind)]
        return names[int(place * len(names))] if names else None

    def _kill(self, name: str) -> None:
        if (pid := self.site.kill(name)) is not None:
            self.killed.add(pid)
            self.done[f"kill {kind_of(name)}"] += 1

    async def _freeze(self, name: str, seconds: float) -> None:
        process = self.site.processes[name]
        process.send_signal(signal.SIGSTOP)
        self.done[f"freeze {kind_of(name)}"] += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            with contextlib.suppress(ProcessLookupError):  # killed meanwhile
                process.send_signal(signal.SIGCONT)

    async def _crash(self, fault: Fault) -> None:
        await self.site.crash(fault.to)
        self.done[f"crash {fault.to}"] += 1


def spared(kind: str) -> str:
    """The one of a kind that is left alone in the end."""
    return f"{kind}-1"
