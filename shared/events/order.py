"""Orders after the win: cancelled or refunded, as the CRM tells."""

from __future__ import annotations

from typing import ClassVar

from shared.events.base import Code, Decision, Event, Id, Moment, Short, subject
from shared.events.money import Money


class _OfOrder(Event):
    opportunity: Id
    connection: Id
    external_id: Short
    source_time: Moment | None = None

    def subjects(self) -> tuple[str, ...]:
        return subject("opportunity", self.opportunity)


class OrderRefunded(_OfOrder):
    """Part of what the customer paid was paid back; `refund` is the CRM's own id of it, so that it counts once."""

    type: ClassVar[str] = "order.refunded"

    refund: Short
    amount: Money


class OrderCancelled(_OfOrder):
    """The customer took the order back; everything not refunded yet is gone, whatever its value becomes."""

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
    """The refund takes its part of credit and rewards with it; `total` is refunded of the order so far."""

    type: ClassVar[str] = "refund.counted"

    amount: Money
    """In the currency of the order's value."""
    total: Money
    """At most the order's value."""


class RefundWaiting(_OfRefund):
    """The refund waits with the opportunity and counts once it can: `code` says what is missing."""

    type: ClassVar[str] = "refund.waiting"

    code: Code


class RefundDisregarded(_OfRefund):
    """The refund changes no credit and no reward: `code` says why."""

    type: ClassVar[str] = "refund.disregarded"

    code: Code
