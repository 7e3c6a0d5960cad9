"""Money on the wire: a decimal string and an ISO 4217 code; whole minor units inside."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Self

from pydantic import WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from shared.events.base import Part
from shared.values import BadValue, exponent_of, kept_amount
from shared.values.fields import as_field_error
from shared.values.money import AMOUNT, MAX_MINOR, places_of

__all__ = ["MAX_MINOR", "Money", "exponent_of"]


class Money(Part):
    """A non-negative amount, such as `{"amount": "1250.00", "currency": "EUR"}`."""

    amount: Annotated[str, WithJsonSchema({"type": "string", "pattern": f"^{AMOUNT}$"})]
    currency: Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})]

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        amount, currency = given.get("amount"), given.get("currency")
        if isinstance(amount, int | float) and not isinstance(amount, bool):
            raise PydanticCustomError(
                "money.not_decimal", 'amount must be a decimal string such as "1250.00"; a JSON number loses digits'
            )
        if not isinstance(amount, str) or not isinstance(currency, str):
            return given  # the field types below say it better
        try:
            canonical = kept_amount(amount, currency)
        except BadValue as error:
            raise as_field_error(error) from error
        return given if amount == canonical else {**given, "amount": canonical}

    @property
    def minor(self) -> int:
        """The amount in whole minor units of its currency."""
        return int(self.amount.replace(".", ""))

    @property
    def decimal(self) -> Decimal:
        """The amount as a decimal number of major units."""
        return Decimal(self.amount)

    @classmethod
    def of(cls, minor: int, currency: str) -> Self:
        """The money that is `minor` whole minor units of `currency`."""
        places = places_of(currency)
        digits = str(minor).rjust(places + 1, "0")
        amount = f"{digits[:-places]}.{digits[-places:]}" if places else digits
        return cls(amount=amount, currency=currency)
