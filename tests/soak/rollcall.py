"""Which processes ended, and whether anybody ended them: the rest must have a reason."""

from __future__ import annotations

import time
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

START_SECONDS = 60.0
"""A process that starts while a server is away says so and ends; on a busy machine it takes so long to get there."""


@dataclass(slots=True)
class Seen:
    """One process, and when it was first missed."""

    name: str
    process: Process
    missed_at: float | None = None


@dataclass(slots=True)
class RollCall:
    """Everybody who was ever there; called often enough that nobody comes and goes unseen."""

    seen: dict[tuple[str, int], Seen] = field(default_factory=dict)

    def call(self, running: Mapping[str, Process]) -> None:
        """Newcomers are noted, and who has ended since."""
        for name, process in running.items():
            self.seen.setdefault((name, process.pid), Seen(name, process))
        for one in self.seen.values():
            if one.missed_at is None and one.process.returncode is not None:
                one.missed_at = time.monotonic()

    def ended(self, killed: Collection[int]) -> dict[str, int]:
        """How many ended although nobody killed them, by name and exit code."""
        alone = (one for one in self.seen.values() if self._alone(one, killed))
        return dict(Counter(f"{one.name} exit {one.process.returncode}" for one in alone))

    def unexplained(self, killed: Collection[int], downs: Sequence[tuple[float, float]]) -> list[str]:
        """Those that ended while no server had been away."""
        return [
            f"{one.name} ended by itself with exit code {one.process.returncode}"
            for one in self.seen.values()
            if self._alone(one, killed) and not any(down <= _at(one) <= up + START_SECONDS for down, up in downs)
        ]

    def _alone(self, one: Seen, killed: Collection[int]) -> bool:
        return one.missed_at is not None and one.process.pid not in killed


def _at(one: Seen) -> float:
    assert one.missed_at is not None
    return one.missed_at
