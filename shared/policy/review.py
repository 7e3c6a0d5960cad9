"""Review: who approves."""

from __future__ import annotations

from typing import Literal

from shared.policy.parameters import Family


class Review(Family):
    """Whether rules may approve by themselves."""

    auto_approve_if: Literal["no_conflict_and_gates_pass", "never"] = "no_conflict_and_gates_pass"
    """`never` sends every claim to a person."""
