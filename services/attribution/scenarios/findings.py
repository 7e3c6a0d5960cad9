"""Findings: which clauses of its policy a decision applied and how each came out; the one reader of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.policy.clauses import schema_paths

Finding = dict[str, Any]
"""`clause`, `outcome` and whatever else the decision tells of it."""


def findings_of(payload: Mapping[str, Any]) -> list[Finding]:
    """Return what an entry's payload says of each clause, in the order in which they were applied."""
    return [{**one, **one.get("inputs", {})} for one in payload.get("findings", ())]


_HEADER = frozenset(path for path, one in schema_paths().items() if one.role == "header")


def stated(policy: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Name each parameter that a policy states, by its path; what only heads the document is none."""
    for name, value in policy.items():
        if not path and name in _HEADER:
            continue
        inner = f"{path}.{name}" if path else name
        if isinstance(value, Mapping):
            yield from stated(value, inner)
        else:
            yield inner


@dataclass
class Coverage:
    """Clauses that decisions applied, by how they came out, and parameters that policies of scenarios state."""

    outcomes: dict[str, set[str]] = field(default_factory=dict)
    parameters: set[str] = field(default_factory=set)

    def add(self, payloads: Iterable[Mapping[str, Any]], policies: Iterable[Mapping[str, Any]]) -> None:
        """Count what one scenario applied and stated."""
        for payload in payloads:
            for finding in findings_of(payload):
                self.outcomes.setdefault(finding["clause"], set()).add(finding["outcome"])
        for policy in policies:
            self.parameters.update(stated(policy))

    def merge(self, other: Coverage) -> None:
        """Add what was counted elsewhere."""
        for clause, outcomes in other.outcomes.items():
            self.outcomes.setdefault(clause, set()).update(outcomes)
        self.parameters |= other.parameters

    def shown(self) -> dict[str, Any]:
        """Return it in stable order, for people and machines."""
        clauses = {clause: sorted(outcomes) for clause, outcomes in sorted(self.outcomes.items())}
        return {"clauses": clauses, "parameters": sorted(self.parameters)}
