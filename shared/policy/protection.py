"""Protection: how long an approved registration keeps others out, and how it is prolonged."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shared.policy.parameters import Family, Rules
from shared.policy.periods import PeriodText


class Extension(Rules):
    """How protection may be prolonged; `decide` absent grants by rule, else a person has that long."""

    max: Annotated[int, Field(ge=1, le=100)] = 1
    """How many extensions."""
    days: Annotated[int, Field(ge=1, le=3650)]
    """How far one extension moves the end, counted from the old end."""
    requires: tuple[Literal["evidence"], ...] = ()
    """`[evidence]`: the registration needs evidence on file."""
    decide: PeriodText | None = None
    """Absent: granted by rule; else how long a person has to decide."""


class Protection(Family):
    """How long an approved registration keeps others out."""

    days: Annotated[int, Field(ge=1, le=3650)]
    """Length of protection, 1 to 3650."""
    extension: Extension | None = None
    """Without it no extension is offered."""
