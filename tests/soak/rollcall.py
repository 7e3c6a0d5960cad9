"""Which processes ended, and whether anybody ended them."""

from __future__ import annotations

from asyncio.subprocess import Process
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Seen:
    """One process, and whether it was missed since."""

    name: str
    process: Process
    missed: bool = False


@dataclass(slots=True)
class RollCall:
    """Everybody who was ever there; called often enough that nobody comes and goes unseen."""

    seen: dict[tuple[str, int], Seen] = field(default_factory=dict)

    def call(self, running: Mapping[str, Process]) -> None:
        """Newcomers are noted, and who has ended since."""
        for name, process in running.items():
            self.seen.setdefault((name, process.pid), Seen(name, process))
        for one in self.seen.values():
            one.missed = one.missed or one.process.returncode is not None

    def ended(self, killed: Collection[int]) -> dict[str, int]:
        """How many ended although nobody killed them, by name and exit code."""
        return dict(Counter(f"{one.name} exit {one.process.returncode}" for one in self._alone(killed)))

    def unexplained(self, killed: Collection[int]) -> list[str]:
        """Those that ended by themselves: a process outlives any server that it stands on."""
        return [f"{one.name} ended by itself with exit code {one.process.returncode}" for one in self._alone(killed)]

    def _alone(self, killed: Collection[int]) -> list[Seen]:
        return [one for one in self.seen.values() if one.missed and one.process.pid not in killed]
