"""Clocks: from when a policy counts its periods."""

from __future__ import annotations

from typing import Literal

from shared.policy.parameters import Family


class Clock(Family):
    """From when protection counts."""

    starts: Literal["submitted", "approved"] = "approved"
    """`submitted` counts protection from the complete submission."""
