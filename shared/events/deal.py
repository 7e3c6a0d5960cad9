"""What a win does to the other claims of its deal, a number of them at a time."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from shared.events.base import Decision, Id, Moment, subject


class _OfDeal(Decision):
    registration: Id
    """The one that won the deal."""
    claims: int = Field(ge=0)
    """How many of the others this step concerned."""
    next_at: Moment | None = None
    """When the step after it falls due, where more are left."""

    def subjects(self) -> tuple[str, ...]:
        return subject("registration", self.registration)


class DealClosed(_OfDeal):
    """Undecided claims of the deal ended, since its holder won it and its policy closes a won deal."""

    type: ClassVar[str] = "deal.closed"


class DealReopened(_OfDeal):
    """Claims that a win had ended are back in their old order, since the win was taken back."""

    type: ClassVar[str] = "deal.reopened"
