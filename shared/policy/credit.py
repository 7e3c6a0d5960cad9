"""Credit: how a won deal is shared out, with protection and without."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shared.events.credit import Role
from shared.policy.parameters import Family, Rules

ROLES: tuple[Role, ...] = ("sourced", "influenced", "fulfilled")
"""In the order in which units left over by rounding are given."""


class RivalHolds(Rules):
    """A win by a partner while a rival holds the deal: which roles each of them fills, and what is opened."""

    holder: tuple[Role, ...] = ("sourced",)
    """Roles of the rival that holds the deal another partner won."""
    winner: tuple[Role, ...] = ("fulfilled",)
    """Roles of the partner that won it."""
    case: Literal["breach"] = "breach"
    """The case that then holds the holder's rewards."""

    @model_validator(mode="after")
    def _one_party_a_role(self) -> Self:
        if set(self.holder) & set(self.winner):
            raise ValueError("holder and winner: a role goes to one of them")
        return self


class NobodyHolds(Rules):
    """A win without protection while nobody holds the deal."""

    winner: tuple[Role, ...] = ("fulfilled",)
    """Roles of the winner where nobody holds the deal; the rest is the house's."""


class UnprotectedWin(Family):
    """How a win counts for a registration that did not protect it; roles nobody fills go to the house."""

    rival_holds: RivalHolds = RivalHolds()
    nobody_holds: NobodyHolds = NobodyHolds()


class Credit(Family):
    """How a won deal is shared out, and what a win needs to convert a registration."""

    model: Literal["registered", "first_touch", "last_touch", "linear", "position_based", "time_decay"] = "registered"
    """Who gets the `sourced` role of a protected win."""
    roles: dict[Role, Annotated[int, Field(ge=0, le=100)]] = Field(default={"sourced": 80, "fulfilled": 20})
    """Percent of the won value by role: `sourced`, `influenced`, `fulfilled`; they sum to 100."""
    late_win_days: Annotated[int, Field(ge=0, le=365)] = 0
    """A win so many days after the last day of protection still converts, if no rival holds the deal."""
    unprotected_win: UnprotectedWin = UnprotectedWin()
