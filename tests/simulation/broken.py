"""What a deliberate break is, and where each is registered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from tests.simulation.faults import Fault
from tests.simulation.plan import Plan, drawn_plan

Break = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Broken:
    """What is done wrong, against which of the rules."""

    rule: int
    says: str
    patched: Break
    first: int = 0
    """The seed to begin with: the first one that notices, as far as is known."""
    faulty: int = 0
    """Deciding raises for one of so many facts."""
    faults: tuple[Fault, ...] = ()
    """What goes wrong instead of what the seed says, where it takes more luck than that."""
    views: int = 1
    """How many views are folded together."""

    def plan(self, seed: int) -> Plan:
        """The run of the seed in which it is to be noticed."""
        drawn = replace(drawn_plan(seed), faulty=self.faulty, views=self.views)
        if not self.faults:
            return drawn
        return replace(drawn, faults=self.faults, joins=False, batch_entries=1, poison=drawn.poison or 4)


BREAKS: dict[str, Broken] = {}


def breaks(
    rule: int, says: str, first: int = 0, faults: Sequence[Fault] = (), *, faulty: int = 0, views: int = 1
) -> Callable[[Callable[[], Iterator[None]]], None]:
    def register(function: Callable[[], Iterator[None]]) -> None:
        BREAKS[function.__name__] = Broken(rule, says, contextmanager(function), first, faulty, tuple(faults), views)

    return register
