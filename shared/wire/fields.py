"""The types of fields as they come over the wire; each refusal has a stable code of its own."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from shared.events.money import Money, exponent_of

# Controls and bidirectional overrides can make a name read as another one on a reviewer's screen.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Free text may have lines and tabs.
_CONTROLS_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_INSTANT = re.compile(r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})$")
_DECIMAL = re.compile(r"^\d+(\.\d+)?$")
_AMOUNT_DIGITS = 20
MAX_TEXT = 4_000
"""Characters of one free text: two pages; longer things are documents, and belong behind a link."""


class WirePart(BaseModel):
    """A part of a request: nothing unknown, no silent conversion of types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _line(text: str) -> str:
    return _checked(text, _CONTROLS)


def _text(text: str) -> str:
    return _checked(text, _CONTROLS_IN_TEXT)


def _number(text: str) -> str:
    if not any(sign.isalnum() for sign in text):
        raise PydanticCustomError("text.pattern", "has no digit and no letter; leave the field out instead")
    return _line(text)


def _checked(text: str, controls: re.Pattern[str]) -> str:
    # What the interpreter calls printable has no controls, and it tells in a third of the time.
    found = None if text.isprintable() else controls.search(text)
    if found is not None:
        raise PydanticCustomError(
            "text.control_character",
            "contains the control character U+{point} at position {position}; remove it",
            {"point": f"{ord(found[0]):04X}", "position": found.start()},
        )
    return text


def _written_day(given: object) -> object:
    # Lax parsers read 1700006400, also in quotes, as a day of 2023; it is a mistake and no date.
    if not isinstance(given, str | date):
        raise PydanticCustomError("field.type", "must be a string, YYYY-MM-DD")
    if isinstance(given, str) and not _DAY.match(given):
        raise PydanticCustomError("date.impossible", "write a date as YYYY-MM-DD, such as 2026-03-31")
    return given


def _written_instant(given: object) -> object:
    if not isinstance(given, str | datetime):
        raise PydanticCustomError("field.type", "must be a string, an instant as RFC 3339 writes it")
    if isinstance(given, str) and not _INSTANT.match(given):
        raise PydanticCustomError(
            "time.impossible", "write an instant with its offset (RFC 3339), such as 2026-03-31T09:00:00Z"
        )
    return given


def _money(given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    amount, currency = given.get("amount"), given.get("currency")
    if isinstance(amount, int | float) and not isinstance(amount, bool):
        raise PydanticCustomError(
            "money.not_decimal", 'amount must be a decimal string such as "1250.00"; a JSON number loses digits'
        )
    if isinstance(amount, str):
        _check_amount(amount)
    if isinstance(currency, str):
        places = exponent_of(currency)
        if places is None:
            raise PydanticCustomError(
                "money.currency", "currency is not in ISO 4217; use a three-letter code such as EUR"
            )
        if isinstance(amount, str) and len(amount.partition(".")[2]) > places:
            raise PydanticCustomError(
                "money.decimals",
                "{currency} has {places} decimals; the amount has {given}",
                {"currency": currency, "places": places, "given": len(amount.partition(".")[2])},
            )
    return given


def _check_amount(amount: str) -> None:
    if amount.startswith("-") and _DECIMAL.match(amount[1:]):
        raise PydanticCustomError("money.negative", "amount must not be negative")
    if not _DECIMAL.match(amount) or (amount[0] == "0" and len(amount) > 1 and amount[1] != "."):
        raise PydanticCustomError(
            "money.not_decimal", 'amount must be a decimal string such as "1250.00", without sign or leading zeros'
        )
    # 18 digits before the point, at most 3 after it: what fits 2^63 minor units of any currency.
    if len(amount) > _AMOUNT_DIGITS or len(amount.partition(".")[0]) > 15:
        raise PydanticCustomError("money.too_large", "amount must have at most 15 digits before its point")


Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(_line)]
"""One line of text, 1 to 200 characters."""
Text = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_TEXT, strip_whitespace=True), AfterValidator(_text)
]
"""Free text, personal: sealed before it leaves the edge."""
Email = Annotated[
    str,
    StringConstraints(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$", strip_whitespace=True),
    AfterValidator(_line),
]
Phone = Annotated[
    str, StringConstraints(min_length=3, max_length=40, pattern=r"^[0-9+(). /x-]+$", strip_whitespace=True)
]
Identity = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$")]
"""An identifier: a letter or digit, then up to 79 letters, digits and `. _ : -`."""
CodeWord = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,63}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
CompanyNumber = Annotated[
    str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True), AfterValidator(_number)
]
"""A number of a company as it is written anywhere: digits of any script, any spaces and marks between them."""
Domain = Annotated[str, StringConstraints(min_length=3, max_length=253, strip_whitespace=True), AfterValidator(_line)]
Day = Annotated[date, BeforeValidator(_written_day), Field(strict=False)]
"""A calendar day, `YYYY-MM-DD`."""
Instant = Annotated[AwareDatetime, BeforeValidator(_written_instant), Field(strict=False)]
"""An instant with its offset, RFC 3339."""
Amount = Annotated[Money, BeforeValidator(_money)]
"""Money: a decimal string and an ISO 4217 code."""
ProductNames = Annotated[tuple[Line, ...], Field(min_length=1, max_length=100)]
