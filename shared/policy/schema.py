"""What a program's policy may say: one document a version, validated to the last field."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, model_validator

from shared.policy.clocks import Clock
from shared.policy.conflict import Conflict
from shared.policy.contradictions import refuse
from shared.policy.credit import Credit
from shared.policy.eligibility import Eligibility
from shared.policy.exclusivity import Exclusivity
from shared.policy.gates import Gates
from shared.policy.parameters import ALSO_AS_A_WHOLE, HEADER, Family
from shared.policy.protection import Protection
from shared.policy.references import CalendarName
from shared.policy.required_fields import OneOf
from shared.policy.review import Review
from shared.policy.rewards import Clawback, Rewards
from shared.policy.same_deal import SameDeal
from shared.policy.zones import TimeZone
from shared.values import parse_day
from shared.values.fields import Identifier, validated


def _effective(given: object) -> object:
    return parse_day(given) if isinstance(given, str) and given != "immediately" else given


_EffectiveFrom = Annotated[date | Literal["immediately"], BeforeValidator(validated(_effective))]


class Policy(Family):
    """One version of one program's rules."""

    program: Annotated[Identifier, HEADER]
    """The program's id: a letter or digit, then up to 79 of letters, digits and `. _ : -`."""
    version: Annotated[int, Field(ge=1, le=1_000_000), HEADER]
    """A whole number above every published one of this program."""
    effective_from: Annotated[_EffectiveFrom, HEADER] = "immediately"
    """`immediately` is the position of publication in the log; a day takes effect at its midnight in `time_zone`.
    A midnight that has passed is refused (`policy.effective_in_past`)."""
    time_zone: Annotated[TimeZone, HEADER] = "UTC"
    """IANA name; whose midnights end days."""
    calendar: Annotated[CalendarName | None, HEADER] = None
    """Name of a calendar of the vendor document, whose days `bd` counts; absent: Monday to Friday are business
    days."""
    eligibility: Eligibility = Eligibility()
    required_fields: tuple[OneOf, ...] = ()
    """Fields without which a claim is incomplete and has no place in the order; `a | b` means either."""
    same_deal: Annotated[SameDeal, ALSO_AS_A_WHOLE] = SameDeal()
    exclusivity: Exclusivity = Exclusivity()
    gates: Gates = Gates()
    review: Review = Review()
    conflict: Conflict = Conflict()
    clock: Clock = Clock()
    protection: Protection
    credit: Credit = Credit()
    rewards: Rewards = ()
    """Up to 20, each on its own and of its own name."""
    clawback: Clawback | None = None
    """Without it refunds change no credit and no reward."""

    @cached_property
    def zone(self) -> ZoneInfo:
        """The program's time zone."""
        return ZoneInfo(self.time_zone)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        refuse(self)
        return self
