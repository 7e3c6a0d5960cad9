"""Orders after the win: cancelled or refunded, as the CRM tells."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from shared.events.base import VENDOR_ONLY, Code, Decision, Event, Id, Moment, Short, subject
from shared.events.money import Money
from shared.events.opportunity import SourceBody


class _OfOrder(Event):
    opportunity: Id
    connection: Id
    external_id: Short
    source_time: Moment | None = None
    source_body: SourceBody | None = Field(default=None, json_schema_extra=VENDOR_ONLY)
    """Where it was read from the CRM, and not sent by it in this form."""

    def subjects(self) -> tuple[str, ...]:
        return subject("opportunity", self.opportunity)


class OrderRefunded(_OfOrder):
    """Part of the payment was refunded; `refund` is the CRM's id of the refund, so that it counts once."""

    type: ClassVar[str] = "order.refunded"

    refund: Short
    amount: Money


class OrderCancelled(_OfOrder):
    """The customer cancelled the order: everything not refunded yet is lost, whatever its value becomes."""

    type: ClassVar[str] = "order.cancelled"

    refund: Short


class _OfRefund(Decision):
    opportunity: Id
    registration: Id | None = None
    """The one that the opportunity belongs to, if any."""
    refund: Short

    def subjects(self) -> tuple[str, ...]:
        return (*subject("opportunity", self.opportunity), *subject("registration", self.registration))


class RefundCounted(_OfRefund):
    """The refund reduced credit and rewards; `total` is what the order has refunded so far."""

    type: ClassVar[str] = "refund.counted"

    amount: Money
    """In the currency of the order's value."""
    total: Money
    """At most the order's value."""


class RefundWaiting(_OfRefund):
    """The refund waits until it can count; `code` says what is missing."""

    type: ClassVar[str] = "refund.waiting"

    code: Code


class RefundDisregarded(_OfRefund):
    """The refund changes no credit and no reward; `code` says why."""

    type: ClassVar[str] = "refund.disregarded"

    code: Code
