"""Clocks: from when a policy counts its periods."""

from __future__ import annotations

from typing import Literal

from shared.policy.parameters import Rules


class Clock(Rules):
    """From when protection counts."""

    starts: Literal["submitted", "approved"] = "approved"
