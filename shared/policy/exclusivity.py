"""Exclusivity: how many may hold one deal."""

from __future__ import annotations

from typing import Literal

from shared.policy.parameters import Rules


class Exclusivity(Rules):
    """How many may hold one deal."""

    mode: Literal["one"] = "one"
    """One registration holds a deal."""
