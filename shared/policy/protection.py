"""Protection: how long an approved registration keeps others out, and how it is prolonged."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

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
    request_before_expiry: bool = True
    """`false` also grants a request after the end, by rule: while the extension, counted from the old end, still lies
    ahead and nobody else took the deal."""

    def left(self, used: int) -> bool:
        """Return whether one is left after so many."""
        return used < self.max

    @model_validator(mode="after")
    def _late_ones_are_granted_by_rule(self) -> Self:
        if not self.request_before_expiry and self.decide is not None:
            raise ValueError("request_before_expiry: false grants by rule; leave out decide")
        return self


class Protection(Family):
    """How long an approved registration keeps others out."""

    days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Length of protection, 1 to 3650; either this or `months`."""
    months: Annotated[int, Field(ge=1, le=120)] | None = None
    """Length in months, 1 to 120: to the end of the day of the same number, or of the last one of a shorter month."""
    extension: Extension | None = None
    """Without it no extension is offered."""
    cooling_off_days: Annotated[int, Field(ge=0, le=365)] = 0
    """So many days after its protection expired, was released or revoked, a partner's new claim on the deal in this
    program is rejected; 0: none are."""

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if (self.days is None) == (self.months is None):
            raise ValueError("protection needs either days or months")
        return self
