"""Upcasters: the JSON of an older version of an event, brought to the next version; frozen once released."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


def _withdrawn_1(value: dict[str, Any]) -> dict[str, Any]:
    """Who withdrew was not told."""
    return {**value, "by": "unknown"}


UPCASTERS: dict[tuple[str, int], Upcaster] = {("registration.withdrawn", 1): _withdrawn_1}
