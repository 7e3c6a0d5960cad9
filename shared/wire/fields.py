"""The types of fields as they come over the wire; each refusal has a stable code of its own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from shared.events.money import Money
from shared.values import parse_amount, parse_day, parse_instant, said_day, said_instant
from shared.values.fields import (
    CodeWord,
    CompanyNumber,
    Country,
    Domain,
    Email,
    Identifier,
    Line,
    Phone,
    Text,
    validated,
)
from shared.values.text import MAX_TEXT

__all__ = [
    "MAX_TEXT",
    "Amount",
    "CodeWord",
    "CompanyNumber",
    "Country",
    "Day",
    "Domain",
    "Email",
    "Identity",
    "Instant",
    "Line",
    "Phone",
    "ProductNames",
    "Text",
    "WirePart",
]


class WirePart(BaseModel):
    """A part of a request: nothing unknown, no silent conversion of types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _day(given: object) -> object:
    # Lax parsers read 1700006400, also in quotes, as a day of 2023; it is a mistake and no date.
    if isinstance(given, str):
        return parse_day(given)
    if isinstance(given, date) and not isinstance(given, datetime):
        return said_day(given)
    raise PydanticCustomError("field.type", "must be a string, YYYY-MM-DD")


def _instant(given: object) -> object:
    if isinstance(given, str):
        return parse_instant(given)
    if isinstance(given, datetime):
        return said_instant(given)
    raise PydanticCustomError("field.type", "must be a string, an instant as RFC 3339 writes it")


def _stated(given: Any) -> Any:
    # What somebody states is smaller than what sums of it may reach, so `Money` alone would take more.
    if isinstance(given, dict) and isinstance(given.get("amount"), str):
        amount, currency = given["amount"], given.get("currency")
        return given if not isinstance(currency, str) else {**given, "amount": parse_amount(amount, currency)}
    return given


Identity = Identifier
Day = Annotated[date, BeforeValidator(validated(_day)), Field(strict=False)]
"""A calendar day, `YYYY-MM-DD`, of the years 1900 to 8999."""
Instant = Annotated[AwareDatetime, BeforeValidator(validated(_instant)), Field(strict=False)]
"""An instant with its offset, RFC 3339, of the years 1900 to 8999."""
Amount = Annotated[Money, BeforeValidator(validated(_stated))]
"""Money: a decimal string and an ISO 4217 code."""
ProductNames = Annotated[tuple[Line, ...], Field(min_length=1, max_length=100)]
