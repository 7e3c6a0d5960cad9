"""Exclusivity: how many may hold one deal."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from shared.policy.parameters import Rules

NO_LIMIT = sys.maxsize
"""More registrations than any deal has."""


class Exclusivity(Rules):
    """How many may hold one deal."""

    mode: Literal["one", "shared", "none"] = "one"
    """`one`: so many registrations hold a deal as `max` says, and keep the others out. `shared`: every registration of
    the deal may hold it, and those that do share the credit for a win. `none`: registrations keep nobody out, each
    stands for itself."""
    max: Annotated[int, Field(ge=1, le=100)] | None = None
    """How many registrations hold a deal under `mode: one`, 1 to 100; absent: one."""

    @cached_property
    def limit(self) -> int:
        """How many registrations may hold one deal at once."""
        return (self.max or 1) if self.mode == "one" else NO_LIMIT
