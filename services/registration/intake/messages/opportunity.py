"""What the vendor's CRM tells of its opportunities."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.registration.intake.fields import Amount, Day, Identity, Instant, Line, ProductNames
from services.registration.intake.messages.message import Context, Message, Seals
from services.registration.intake.messages.registration import Customer
from shared.events import opportunity, registration
from shared.events.base import Event
from shared.events.envelope import opportunity_id

_EVENTS: dict[str, type[opportunity._Message]] = {
    "created": opportunity.OpportunityCreated,
    "changed": opportunity.OpportunityChanged,
    "won": opportunity.OpportunityWon,
    "lost": opportunity.OpportunityLost,
    "reopened": opportunity.OpportunityReopened,
}


class OpportunityMessage(Message):
    """The canonical opportunity message; absent fields say nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "event": "won",
                "external_id": "0061t00000AbCdE",
                "source_time": "2026-11-20T16:05:00Z",
                "partner": "partner-7",
                "customer": {"legal_name": "Kanzlei Adler GmbH", "tax_id": "DE123456789"},
                "products": ["GTX Pro"],
                "amount": {"amount": "45500.00", "currency": "EUR"},
            }
        }
    )

    event_name: Literal["created", "changed", "won", "lost", "reopened"] = Field(alias="event")
    external_id: Line = Field(description="The CRM's own id of the opportunity.")
    source_time: Instant | None = Field(
        default=None, description="When the CRM made the change; an older message changes nothing."
    )
    source_version: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None
    partner: Identity | None = None
    registration: Identity | None = Field(default=None, description="The registration's number, if the CRM has it.")
    customer: Customer | None = None
    products: ProductNames | None = None
    amount: Amount | None = Field(default=None, description="With won, the won value.")
    close_date: Day | None = None
    reason: Line | None = Field(default=None, description="With lost alone.")

    @model_validator(mode="after")
    def _reason_goes_with_lost(self) -> OpportunityMessage:
        if self.reason is not None and self.event_name != "lost":
            raise PydanticCustomError("field.not_applicable", "reason goes with the event lost alone")
        return self

    def event(self, context: Context, sealed: Seals) -> Event:
        fields: dict[str, Any] = {
            name: getattr(self, name)
            for name in (
                "external_id", "source_time", "source_version", "partner", "registration", "products", "amount",
                "close_date",
            )
        }  # fmt: skip
        if self.customer is not None:
            fields["customer"] = registration.Customer(**vars(self.customer))
        if self.reason is not None:
            fields["reason"] = self.reason
        opportunity = opportunity_id(context.vendor, context.target, self.external_id)
        return _EVENTS[self.event_name](opportunity=opportunity, connection=context.target, **fields)
