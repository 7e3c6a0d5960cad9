"""Upcasters: the JSON of an older version of an event, brought to the next version; frozen once released."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Pure: the same JSON gives the same JSON in every release, so a refold gives the same rows."""

UPCASTERS: dict[tuple[str, int], Upcaster] = {}
"""By wire name and the version that it takes; each has its golden file (`tests/contract/golden/`)."""
