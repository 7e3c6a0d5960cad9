"""Opportunities: the deal as the vendor's CRM tells it, and how it is linked to registrations."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.events.base import VENDOR_ONLY, Code, Day, Decision, Event, Id, Moment, Part, Short, distinct, subject
from shared.events.money import Money
from shared.events.registration import Customer, Products


class Item(Part):
    """One item of the purchase: a product, as the CRM spells it, and its value."""

    product: Short
    amount: Money


class SourceBody(Part):
    """The sealed body that a message was made from: where it is kept for some days, and its keyed hash."""

    body: Id
    hash: Short


class _Message(Event):
    """Common to all CRM messages; absent fields say nothing, so a later message may omit what it does not change."""

    opportunity: Id
    connection: Id
    external_id: Short
    """The CRM's own id of the opportunity."""
    source_time: Moment | None = None
    """When the CRM made the change; a message older than one already taken changes nothing."""
    source_version: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None
    partner: Id | None = None
    registration: Id | None = None
    customer: Customer | None = None
    products: Products | None = None
    amount: Money | None = None
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=200)] | None = None
    """How `amount` divides by product; where given, only registered product lines count for credit."""
    close_date: Day | None = None
    order_number: Short | None = None
    """Of the customer's order, by which finance finds it."""
    source_body: SourceBody | None = Field(default=None, json_schema_extra=VENDOR_ONLY)
    """Where it was read from the CRM, and not sent by it in this form."""

    def subjects(self) -> tuple[str, ...]:
        return subject("opportunity", self.opportunity)


class OpportunityCreated(_Message):
    """The CRM has a new opportunity."""

    type: ClassVar[str] = "opportunity.created"


class OpportunityChanged(_Message):
    """The CRM changed the fields that are given."""

    type: ClassVar[str] = "opportunity.changed"


class OpportunityWon(_Message):
    """The customer bought; `amount` is the won value."""

    type: ClassVar[str] = "opportunity.won"


class OpportunityLost(_Message):
    """The customer did not buy."""

    type: ClassVar[str] = "opportunity.lost"

    reason: Short | None = None


class OpportunityReopened(_Message):
    """The win or loss was reversed: the opportunity is open again."""

    type: ClassVar[str] = "opportunity.reopened"


class LinkDecided(Event):
    """A reviewer decided which registration the opportunity belongs to, or that it belongs to none."""

    type: ClassVar[str] = "link.decided"

    opportunity: Id
    registration: Id | None
    winner: Id | None = Field(default=None, json_schema_extra=VENDOR_ONLY)
    """The partner whose win it is, where the CRM names another one than the registration's."""

    def subjects(self) -> tuple[str, ...]:
        return (*subject("opportunity", self.opportunity), *subject("registration", self.registration))


LinkedBy = Literal["number", "partner", "holder", "person", "followed", "duplicate"]


class OpportunityLinked(Decision):
    """The opportunity belongs to the registration from now on; `by` says how it was found."""

    type: ClassVar[str] = "opportunity.linked"

    opportunity: Id
    registration: Id
    previous: Id | None = None
    by: LinkedBy

    def subjects(self) -> tuple[str, ...]:
        linked = subject("registration", self.registration, self.previous)
        return distinct((*subject("opportunity", self.opportunity), *linked))


class OpportunityUnlinked(Decision):
    """The opportunity belongs to no registration and is listed for a reviewer; `code` says why."""

    type: ClassVar[str] = "opportunity.unlinked"

    opportunity: Id
    previous: Id | None = None
    code: Code
    keys: tuple[str, ...] = ()
    """What its customer is found by, so that a later registration can claim it."""

    def subjects(self) -> tuple[str, ...]:
        return (*subject("opportunity", self.opportunity), *subject("registration", self.previous))


WinOutcome = Literal["protected", "further", "late", "breach", "unprotected", "unlinked"]


class OpportunityClassified(Decision):
    """How the win counts for its registration: the row of the won table that applied."""

    type: ClassVar[str] = "opportunity.classified"

    opportunity: Id
    registration: Id | None
    case: WinOutcome
    holder: Id | None = Field(default=None, json_schema_extra=VENDOR_ONLY)
    """The rival's protected registration of the deal at the win, if any."""
    winner: Id | None = Field(default=None, json_schema_extra=VENDOR_ONLY)
    """The partner that the CRM named, where the registration is another partner's: it won without one of its own."""
    shared_with: tuple[Id, ...] = Field(default=(), json_schema_extra=VENDOR_ONLY)
    """The other registrations that hold the deal at the win, where the policy shares deals: they share its source."""

    def subjects(self) -> tuple[str, ...]:
        linked = subject("registration", self.registration, self.holder, *self.shared_with)
        return distinct((*subject("opportunity", self.opportunity), *linked))


Message = OpportunityCreated | OpportunityChanged | OpportunityWon | OpportunityLost | OpportunityReopened
"""What a CRM tells of an opportunity."""
