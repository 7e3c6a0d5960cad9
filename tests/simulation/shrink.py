"""The smallest history and the fewest faults that still break a law: what can be left out is left out, by halves."""

from __future__ import annotations

from collections.abc import Callable

from tests.simulation.plan import Plan
from tests.simulation.simulation import Outcome, run

MOST_RUNS = 300
Item = tuple[str, int | str]
"""A move or a fault by its number, or a vendor by its name."""


def shrunk(plan: Plan, runs: int = MOST_RUNS) -> tuple[Plan, list[int], list[int], Outcome]:
    """The plan that is left, the numbers of its moves and faults, and how it ends."""
    left = runs
    items: list[Item] = [("move", move.number) for move in plan.moves]
    items += [("fault", number) for number in range(len(plan.faults))]
    items += [("vendor", vendor) for vendor in plan.vendors]

    def fails(kept: list[Item]) -> bool:
        nonlocal left
        left -= 1
        return run(_plan(plan, kept)).failure is not None

    kept = _smallest(items, fails, lambda: left > 0)
    smallest = _plan(plan, kept)
    return smallest, _numbers(kept, "move"), _numbers(kept, "fault"), run(smallest, traced=True)


def _smallest(items: list[Item], fails: Callable[[list[Item]], bool], goes_on: Callable[[], bool]) -> list[Item]:
    """Delta debugging: pieces are left out while the rest still fails, ever smaller ones."""
    size = max(len(items) // 2, 1)
    while size and goes_on():
        start = 0
        while start < len(items) and goes_on():
            rest = items[:start] + items[start + size :]
            if fails(rest):
                items = rest
            else:
                start += size
        size //= 2
    return items


def _plan(plan: Plan, kept: list[Item]) -> Plan:
    vendors = [one for one in plan.vendors if ("vendor", one) in kept]
    return plan.only(_numbers(kept, "move"), _numbers(kept, "fault")).of_vendors(vendors)


def _numbers(kept: list[Item], what: str) -> list[int]:
    return [int(number) for kind, number in kept if kind == what]
