"""Exchange rates: published by the vendor for a day, and known from then on."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from shared.events.base import Day, Event, subject
from shared.values.fields import Currency, DecimalNumber


class RatesPublished(Event):
    """Exchange rates that count from a day on: what one unit of the base currency buys of each other one."""

    type: ClassVar[str] = "rates.published"

    base: Currency
    day: Day
    """The first day on which they count; of several that count, the latest does."""
    rates: Annotated[dict[Currency, DecimalNumber], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _are_rates(self) -> Self:
        for currency, rate in self.rates.items():
            if not rate.strip("0."):
                raise ValueError(f"rates.{currency}: is zero; write what one {self.base} buys")
        if self.base in self.rates:
            raise ValueError(f"rates.{self.base}: is the base itself; leave it out")
        return self

    def subjects(self) -> tuple[str, ...]:
        return subject("rates", self.base)
