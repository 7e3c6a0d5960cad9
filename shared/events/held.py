"""Held amendments: a protected claim's patch that meets a rival's deal, until its turn comes or it is refused."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from shared.events.base import VENDOR_ONLY, Code, Decision, Id, Moment, Short, distinct, subject
from shared.events.conflict import Opponent
from shared.events.registration import Patch


class _OfAmendment(Decision):
    registration: Id

    def subjects(self) -> tuple[str, ...]:
        return subject("registration", self.registration)


class AmendmentHeld(_OfAmendment):
    """The patch would make a protected claim the same deal as a rival's: it waits, and the claim stays as it was.

    A later patch merges into it; this entry then says the whole, with the later time as its place.
    """

    type: ClassVar[str] = "amendment.held"
    own: ClassVar[bool] = True

    patch: Patch
    fields: tuple[str, ...]
    """As in `registration.amended`."""
    products: tuple[Short, ...]
    """Of the claim as amended, as the vendor's catalogue spells them."""
    keys: tuple[str, ...]
    """What the amended claim's customer is found by."""
    alike: tuple[str, ...] = Field(default=(), json_schema_extra=VENDOR_ONLY)
    """As in `registration.completed`."""
    accepted_at: Moment | None = None
    """As in `registration.completed`: the amendment keeps that place."""
    opponents: tuple[Opponent, ...] = Field(default=(), json_schema_extra=VENDOR_ONLY)
    """Rivals whose deal it would be."""
    lookalikes: tuple[Id, ...] = Field(default=(), json_schema_extra=VENDOR_ONLY)
    """Rivals whose customer may be the same; a person answers by merging the customers or splitting them."""

    def subjects(self) -> tuple[str, ...]:
        others = (*(one.registration for one in self.opponents), *self.lookalikes)
        return distinct((*super().subjects(), *subject("registration", *others)))


class AmendmentTaken(_OfAmendment):
    """The held amendment's turn came: claim and revision change, and the protection keeps its end."""

    type: ClassVar[str] = "amendment.taken"

    products: tuple[Short, ...]
    keys: tuple[str, ...]


class AmendmentRefused(_OfAmendment):
    """The held amendment ended without a change of the claim; `code` says why."""

    type: ClassVar[str] = "amendment.refused"

    code: Code
