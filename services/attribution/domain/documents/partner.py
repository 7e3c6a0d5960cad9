"""Partners: standing, open registrations, what waits for reinstatement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Partner:
    """A partner: its standing, its open registrations by program, claims whose turn came while suspended."""

    id: str
    name: str
    partner_type: str | None = None
    tier: str | None = None
    segments: tuple[tuple[str, str], ...] = ()
    territories: tuple[str, ...] = ()
    scores: tuple[tuple[str, str], ...] = ()
    certifications: tuple[tuple[str, str | None], ...] = ()
    """Each with its last day, None where it does not expire."""
    targets: tuple[tuple[str, str], ...] = ()
    """Each by name, with a mark of its content: what it says is for the views that count."""
    suspended: bool = False
    open: tuple[tuple[str, int], ...] = ()
    paused: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    """Rewards whose hold was over while it was suspended."""

    def open_in(self, program: str) -> int:
        """How many of its registrations in the program are submitted through protected."""
        return dict(self.open).get(program, 0)

    def certified(self, day: date) -> frozenset[str]:
        """The certifications that count on that day."""
        today = day.isoformat()
        return frozenset(name for name, until in self.certifications if until is None or until >= today)
