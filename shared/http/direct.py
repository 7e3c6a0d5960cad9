"""What a service tells of a request that it answers without a framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.errors import DealregError

FAILED = "dealreg.failed"
"""Where a request's scope says that it was tried already, and how it failed."""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, without the headers that every answer has."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The error to answer, and headers for its answer; what it refuses was counted and must not be tried again."""

    error: DealregError
    headers: Mapping[str, str]
