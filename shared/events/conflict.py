"""Conflicts: live claims of different partners on the same deal, detected and resolved."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from shared.events.base import VENDOR_ONLY, Decision, Id, Part, distinct, subject

Outcome = Literal["promoted", "rejected", "withdrawn", "closed", "no_longer_same_deal", "holder_ended"]


class Opponent(Part):
    """A claim on the other side, with what made it the same deal: identity keys and products."""

    registration: Id
    partner: Id
    keys: tuple[str, ...]
    products: tuple[str, ...]


class ConflictDetected(Decision):
    """The claim conflicts with protected claims of other partners, until `conflict` is resolved."""

    type: ClassVar[str] = "conflict.detected"

    conflict: Id
    registration: Id
    opponents: tuple[Opponent, ...] = Field(json_schema_extra=VENDOR_ONLY)
    contested: bool = False
    """True where both are protected already (an amendment or a match decision brought them together)."""

    def subjects(self) -> tuple[str, ...]:
        others = (opponent.registration for opponent in self.opponents)
        return distinct((*subject("conflict", self.conflict), *subject("registration", self.registration, *others)))


class ConflictResolved(Decision):
    """The conflict ended: the waiter was promoted, a side ended, or a reviewer decided."""

    type: ClassVar[str] = "conflict.resolved"

    conflict: Id
    registration: Id
    outcome: Outcome

    def subjects(self) -> tuple[str, ...]:
        return (*subject("conflict", self.conflict), *subject("registration", self.registration))
