"""What one soak does, and by which limits it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Log = Literal["postgres", "kafka"]

VENDORS = ("north", "south", "east", "west")
"""Four writers in four partitions."""
PARTNERS = 12
"""Of each vendor."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One soak; the same seed draws the same faults in the same order, and the same kinds of requests."""

    seconds: float
    """Of load; founding before and proof after it take their own time."""
    log: Log = "postgres"
    rate: int = 300
    """Registrations a second over all vendors, unless the machine takes fewer."""
    seed: int = 0
    copies: int = 2
    """Processes of each kind; from two on the first of each is left alone after `spared_after`."""
    fault_seconds: float = 10.0
    """Between two faults, on average."""
    least_faults: int = 0
    """Load goes on until so many are done, where a slow machine needs longer for them."""
    kills: int = 3
    """Of each kind of process, for each crash of a server."""
    freezes: int = 4
    """Of any process, for each crash of a server."""
    lease_seconds: int = 6
    """Shorter than production's 15, so that more takeovers fit."""
    in_flight: int = 64
    """Requests under way at a time: what is not answered holds the sender up."""
    lag_limit: int = 10_000
    """Facts not decided, or entries that the slowest view has not folded, above which the sender waits."""
    drain_seconds: float = 180.0
    """Within this the lag is zero again once sending has stopped."""
    sample_seconds: float = 2.0
    told_seconds: float = 5.0

    @property
    def spared_after(self) -> float:
        """From here on one process of each kind lives to the end, so that its memory can be judged."""
        return self.seconds / 4 if self.copies > 1 else float("inf")
