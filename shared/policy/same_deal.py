"""Same deal: when two registrations claim one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shared.policy.parameters import Family, parameter_of
from shared.policy.periods import Period, PeriodText


class SameDeal(Family):
    """When two registrations claim the same deal, compared pair by pair."""

    customer: Literal["entity", "group"] = "entity"
    """`entity`: each legal entity is a customer of its own; `group`: companies of one group are one, which are
    those with a common parent, a parent and its subsidiaries, those that share a registered domain."""
    products: Literal["overlap", "same_line", "any"] = "overlap"
    """`overlap`: a product in common; `same_line`: a line in common; `any`: whatever the products."""
    close_window_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    """Close dates further apart are different deals; needs `close_date` in `required_fields`."""
    name_only: Literal["look", "block"] = "look"
    """What names that are certainly one company's do where no kind of identifier is common to both: `look`, a
    person decides; `block`, they count as the same. Of names that are only alike a person always decides."""
    match_within: Annotated[PeriodText, parameter_of("customer")] = Period(3, "bd")
    """How long a person is given to say whether two customers are one; an overdue question stays open, marked so."""
