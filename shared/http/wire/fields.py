"""Types of request fields. Each refusal has a stable code of its own."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from shared.events.money import Money
from shared.values import parse_amount
from shared.values.fields import (
    CodeWord,
    CompanyNumber,
    Country,
    Day,
    Domain,
    Email,
    Identifier,
    Instant,
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
    "CustomerNames",
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
    """Base of request parts: no unknown fields, no silent type conversion. Built when first used, as events are."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


def _stated(given: Any) -> Any:
    # A stated amount is limited more than sums of amounts, so `Money` alone would accept too much.
    if isinstance(given, dict) and isinstance(given.get("amount"), str):
        amount, currency = given["amount"], given.get("currency")
        return given if not isinstance(currency, str) else {**given, "amount": parse_amount(amount, currency)}
    return given


Identity = Identifier
Amount = Annotated[Money, BeforeValidator(validated(_stated))]
"""Money: a decimal string and an ISO 4217 code."""
CustomerNames = Annotated[tuple[Line, ...], Field(min_length=1, max_length=50)]
ProductNames = Annotated[tuple[Line, ...], Field(min_length=1, max_length=100)]
