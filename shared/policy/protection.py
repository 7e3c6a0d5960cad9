"""Protection: how long an approved registration keeps others out, and how it is prolonged."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shared.policy.parameters import Family, Rules
from shared.policy.periods import PeriodText


class Extension(Rules):
    """How protection may be prolonged; `decide` absent grants by rule, else a person has that long."""

    max: Annotated[int, Field(ge=1, le=100)] = 1
    days: Annotated[int, Field(ge=1, le=3650)]
    requires: tuple[Literal["evidence"], ...] = ()
    decide: PeriodText | None = None


class Protection(Family):
    """How long an approved registration keeps others out."""

    days: Annotated[int, Field(ge=1, le=3650)]
    extension: Extension | None = None
