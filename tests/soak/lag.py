"""How far the work is behind, as it is sampled."""

from __future__ import annotations

from dataclasses import dataclass

from dealreg.runtime.backlog import Backlog


@dataclass(slots=True)
class Lag:
    """How far the deciders and the slowest view are behind, sampled; None while the servers cannot be asked."""

    now: Backlog | None = None
    most_facts: int = 0
    most_entries: int = 0
    unasked: int = 0

    def take(self, found: Backlog | None) -> None:
        self.now = found
        if found is None:
            self.unasked += 1
            return
        self.most_facts = max(self.most_facts, found.facts)
        self.most_entries = max(self.most_entries, *found.entries.values())

    def __call__(self) -> int:
        return 0 if self.now is None else max(self.now.facts, *self.now.entries.values())

    def __str__(self) -> str:
        if self.now is None:
            return "lag unknown"
        return f"lag {self.now.facts:,} facts, {max(self.now.entries.values()):,} entries"
