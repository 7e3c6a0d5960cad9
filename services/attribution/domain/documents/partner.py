"""Partners: standing, open registrations, what waits for reinstatement."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Partner:
    """A partner: its standing, its open registrations by program, claims whose turn came while suspended."""

    id: str
    name: str
    partner_type: str | None = None
    tier: str | None = None
    segments: tuple[tuple[str, str], ...] = ()
    suspended: bool = False
    open: tuple[tuple[str, int], ...] = ()
    paused: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    """Rewards whose hold was over while it was suspended."""

    def open_in(self, program: str) -> int:
        """How many of its registrations in the program are submitted through protected."""
        return dict(self.open).get(program, 0)
