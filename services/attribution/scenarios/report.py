"""How scenarios came out, as plain values: what the command prints for a machine, and what the API answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from services.attribution.scenarios.findings import Coverage
from services.attribution.scenarios.running import Outcome


def report(outcomes: Sequence[Outcome], coverage: Coverage, seconds: float) -> dict[str, Any]:
    """Every scenario with its failures, the counts, and the clauses that were applied."""
    return {
        "scenarios": [
            {
                "file": one.scenario.source.name,
                "line": one.scenario.line,
                "name": one.scenario.name,
                "status": one.status,
                "pending": one.scenario.text.pending,
                "failures": list(one.failures),
                "facts": one.steps,
            }
            for one in outcomes
        ],
        "counts": {status: counted(outcomes, status) for status in ("passed", "failed", "pending")},
        "waiting": waiting(outcomes),
        "facts": sum(one.steps for one in outcomes),
        "seconds": round(seconds, 3),
        "coverage": coverage.shown(),
    }


def waiting(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """What this release cannot say yet: how many pending scenarios wait for each clause or fact, most first."""
    found = Counter(one.scenario.text.pending for one in outcomes if one.status == "pending")
    return {str(clause): count for clause, count in sorted(found.items(), key=lambda one: (-one[1], str(one[0])))}


def counted(outcomes: Sequence[Outcome], status: str) -> int:
    """How many came out so."""
    return sum(one.status == status for one in outcomes)
