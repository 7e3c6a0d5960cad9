"""Messages about targets of partners."""

from __future__ import annotations

from pydantic import ConfigDict, Field, model_validator

from services.registration.intake.messages.message import Context, Message, Seals
from shared.events.base import Event
from shared.events.target import Count, TargetDropped, TargetMeasure, TargetSet, contradictions
from shared.http.wire.fields import Amount, Day, Identity, Line
from shared.values.fields import refuse_at


class SetTarget(Message):
    """What a partner is to reach within a period. Set again under the same name, the newer one replaces it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "fy26-q1",
                "measure": "won_value",
                "amount": {"amount": "250000.00", "currency": "EUR"},
                "program": "hunting",
                "first_day": "2026-01-01",
                "last_day": "2026-03-31",
            }
        }
    )

    name: Identity
    measure: TargetMeasure = Field(
        description="A number of `GET /v1/measures`; `…value` needs `amount`, others `count`."
    )
    amount: Amount | None = Field(default=None, description="Above zero. Amounts in other currencies do not count.")
    count: Count | None = None
    program: Identity | None = Field(default=None, description="Only registrations of this program count.")
    product: Line | None = Field(default=None, description="Only registrations with this product count, each whole.")
    first_day: Day = Field(description="The first day that counts, in the vendor's time zone. It may be past.")
    last_day: Day = Field(description="The last day that counts, at most five years on.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> SetTarget:
        refuse_at("SetTarget", contradictions(self.measure, self.amount, self.count, self.first_day, self.last_day))
        return self

    def event(self, context: Context, sealed: Seals) -> Event:
        return TargetSet(partner=context.target, **dict(self))


class DropTarget(Message):
    """Ends a target. It counts no longer; as of earlier days it is answered as before."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "fy26-q1"}})

    name: Identity

    def event(self, context: Context, sealed: Seals) -> Event:
        return TargetDropped(partner=context.target, name=self.name)
