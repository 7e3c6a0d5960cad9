"""What the families of a policy have in common: how a parameter is read, and that nothing else may stand there."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from shared.values import BadValue, parse_amount, parse_decimal
from shared.values.fields import Parsed, Percentage, as_field_error, validated
from shared.values.money import AMOUNT


class Rules(BaseModel):
    """A part of a policy: frozen, every field by name, nothing coerced."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_FLOAT_DIGITS = 15
"""Every decimal number of so many digits survives being read as a binary one and written again; no longer one does."""


def _as_written(given: object) -> object:
    # A policy is written by people: 2.5 is meant as it is spelled, and kept as that text.
    if isinstance(given, bool) or not isinstance(given, int | float):
        return given
    text = str(given)
    if isinstance(given, float) and len(text.replace(".", "").strip("0")) > _FLOAT_DIGITS:
        raise BadValue("number.too_long", f"write a number of more than {_FLOAT_DIGITS} digits in quotes")
    return text


_WRITTEN = BeforeValidator(validated(_as_written), json_schema_input_type=int | float | str)
DecimalText = Annotated[str, Parsed(parse_decimal, pattern=AMOUNT), _WRITTEN]
"""A non-negative decimal number, kept as it was spelled."""
PercentageText = Annotated[Percentage, _WRITTEN]
"""A percentage, kept as it was spelled; a reward's event takes the same."""


def stated(amount: str, currency: str) -> None:
    """Refuse an amount that its currency cannot have; raises pydantic's error of the field."""
    try:
        parse_amount(amount, currency)
    except BadValue as error:
        raise as_field_error(error) from error
