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
    """The customer took the order back; everything not refunded yet is gone."""

    type: ClassVar[str] = "order.cancelled"

    refund: Short


class RefundCounted(Decision):
    """The refund takes its part of credit and rewards with it; `total` is refunded of the order so far."""

    type: ClassVar[str] = "refund.counted"

    opportunity: Id
    refund: Short
    amount: Money
    total: Money

    def subjects(self) -> tuple[str, ...]:
        return subject("opportunity", self.opportunity)


class RefundDisregarded(Decision):
    """The refund changes no credit and no reward: `code` says why."""

    type: ClassVar[str] = "refund.disregarded"

    opportunity: Id
    refund: Short
    code: Code

    def subjects(self) -> tuple[str, ...]:
        return subject("opportunity", self.opportunity)
