"""Messages of the vendor's CRM: opportunities and their orders."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from services.registration.intake.foreign_clocks import Happened
from services.registration.intake.messages.message import Context, Message, Seals
from shared.events import opportunity, order, registration
from shared.events.base import Event
from shared.events.envelope import opportunity_id
from shared.events.money import MAX_MINOR, Money
from shared.http.wire.deals import Customer
from shared.http.wire.fields import Amount, Day, Identity, Instant, Line, ProductNames, WirePart

_EVENTS: dict[str, type[opportunity._Message]] = {
    "created": opportunity.OpportunityCreated,
    "changed": opportunity.OpportunityChanged,
    "won": opportunity.OpportunityWon,
    "lost": opportunity.OpportunityLost,
    "reopened": opportunity.OpportunityReopened,
}
_OF_DEALS = frozenset(_EVENTS)
_OF_ORDERS = frozenset({"cancelled", "refunded"})
# The events that a field goes with, for fields that do not go with all.
_GOES_WITH: dict[str, frozenset[str]] = {
    "source_version": _OF_DEALS,
    "partner": _OF_DEALS,
    "registration": _OF_DEALS,
    "customer": _OF_DEALS,
    "products": _OF_DEALS,
    "amount": _OF_DEALS | {"refunded"},
    "items": _OF_DEALS,
    "close_date": _OF_DEALS,
    "order_number": _OF_DEALS,
    "reason": frozenset({"lost"}),
    "refund": _OF_ORDERS,
}
_NEEDED_BY: dict[str, frozenset[str]] = {"amount": frozenset({"refunded"}), "refund": _OF_ORDERS}


class ItemLine(WirePart):
    """One item of the purchase: a product, as the CRM spells it, and its value."""

    product: Line
    amount: Amount


class OpportunityMessage(Message):
    """An opportunity message in canonical form. Absent fields stay as they are."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "event": "won",
                "external_id": "0061t00000AbCdE",
                "source_time": "2025-11-20T16:05:00Z",
                "partner": "partner-7",
                "customer": {"legal_name": "Kanzlei Adler GmbH", "tax_id": "DE136695976"},
                "products": ["GTX Pro", "MG Special"],
                "amount": {"amount": "45500.00", "currency": "EUR"},
                "order_number": "SO-2025-1183",
                "items": [
                    {"product": "GTX Pro", "amount": {"amount": "40000.00", "currency": "EUR"}},
                    {"product": "MG Special", "amount": {"amount": "5500.00", "currency": "EUR"}},
                ],
            }
        }
    )

    event_name: Literal["created", "changed", "won", "lost", "reopened", "cancelled", "refunded"] = Field(alias="event")
    external_id: Line = Field(description="The CRM's own id of the opportunity.")
    source_time: Instant | None = Field(
        default=None,
        description="When the CRM made the change; not in the future. An older message than the last changes nothing.",
    )
    source_version: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None
    partner: Identity | None = None
    registration: Identity | None = Field(default=None, description="Id of the registration, if the CRM has it.")
    customer: Customer | None = None
    products: ProductNames | None = None
    amount: Amount | None = Field(
        default=None,
        validate_default=True,
        description="With `won`: the won value. With `refunded` (required): the amount that this refund pays back.",
    )
    items: Annotated[tuple[ItemLine, ...], Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="`amount` by product. The items must add up to it."
    )
    close_date: Day | None = None
    order_number: Line | None = Field(
        default=None, description="Number of the customer's order; files for finance have it beside each amount."
    )
    reason: Line | None = Field(default=None, description="Why it was lost. Only with `lost`.")
    refund: Line | None = Field(
        default=None,
        validate_default=True,
        description="The CRM's id of the refund, so that it counts once. Required with `cancelled` and `refunded`.",
    )

    @field_validator(*_GOES_WITH)
    @classmethod
    def _goes_with_the_event(cls, given: Any, info: ValidationInfo) -> Any:
        event, name = info.data.get("event_name"), str(info.field_name)
        if given is None and event in _NEEDED_BY.get(name, ()):
            raise PydanticCustomError("field.missing", "is required with the event {event}", {"event": event})
        if given is not None and event is not None and event not in _GOES_WITH[name]:
            raise PydanticCustomError(
                "field.not_applicable",
                "only goes with {others}, not with {event}; leave it out",
                {"event": event, "others": ", ".join(sorted(_GOES_WITH[name]))},
            )
        return given

    @field_validator("amount")
    @classmethod
    def _pays_something_back(cls, given: Money | None, info: ValidationInfo) -> Money | None:
        if given is not None and given.minor == 0 and info.data.get("event_name") == "refunded":
            raise PydanticCustomError("refund.nothing", "must be above zero")
        return given

    @field_validator("items")
    @classmethod
    def _make_up_the_amount(
        cls, given: tuple[ItemLine, ...] | None, info: ValidationInfo
    ) -> tuple[ItemLine, ...] | None:
        if given is None or "amount" not in info.data:
            return given  # the amount's own problem is reported already
        amount: Money | None = info.data["amount"]
        if amount is None or {item.amount.currency for item in given} != {amount.currency}:
            raise PydanticCustomError("items.currency", "need `amount` beside them, all in the same currency")
        total = sum(item.amount.minor for item in given)
        if total != amount.minor:
            detail = Money.of(total, amount.currency).amount if total <= MAX_MINOR else "more than any amount can be"
            raise PydanticCustomError(
                "items.sum",
                "sum to {total}, but the amount is {amount}; make them equal",
                {"total": detail, "amount": amount.amount},
            )
        return given

    def happened(self) -> tuple[Happened, ...]:
        return (("source_time", self.source_time),)

    def event(self, context: Context, sealed: Seals) -> Event:
        common = {
            "opportunity": opportunity_id(context.vendor, context.target, self.external_id),
            "connection": context.target,
            "external_id": self.external_id,
            "source_time": self.source_time,
        }
        return self._of_order(common) if self.event_name in _OF_ORDERS else self._of_deal(common)

    def _of_order(self, common: dict[str, Any]) -> Event:
        assert self.refund is not None
        if self.event_name == "cancelled":
            return order.OrderCancelled(**common, refund=self.refund)
        assert self.amount is not None
        return order.OrderRefunded(**common, refund=self.refund, amount=self.amount)

    def _of_deal(self, common: dict[str, Any]) -> Event:
        fields: dict[str, Any] = {
            name: getattr(self, name)
            for name in (
                "source_version",
                "partner",
                "registration",
                "products",
                "amount",
                "close_date",
                "order_number",
            )
        }
        if self.customer is not None:
            fields["customer"] = registration.Customer(**vars(self.customer))
        if self.items is not None:
            fields["items"] = tuple(opportunity.Item(product=one.product, amount=one.amount) for one in self.items)
        if self.reason is not None:
            fields["reason"] = self.reason
        return _EVENTS[self.event_name](**common, **fields)
