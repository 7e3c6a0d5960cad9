"""What the families of a policy have in common: how a parameter is read, and that nothing else may stand there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

from shared.policy.marks import Inputs
from shared.values import BadValue, parse_amount
from shared.values.fields import DecimalNumber, Percentage, as_field_error, validated
from shared.values.money import AMOUNT


class Rules(BaseModel):
    """A part of a policy: frozen, every field by name, nothing coerced. Its fields are parameters of one clause."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True, defer_build=True)


class Family(Rules):
    """A part of a policy whose fields are clauses: each decides something, and findings name it by its path."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Marks a field of a family that is no clause, or not as the others are (`shared.policy.clauses`)."""

    role: Literal["header", "parameter", "family", "words"]
    of: str = ""


@dataclass(frozen=True, slots=True)
class Sees:
    """Marks a clause that is one plain value with what it sees, and who may read that."""

    inputs: Inputs


def is_stated(value: object) -> bool:
    """Whether a parameter of that value asks for anything: absent, empty, none and false do not, nor does zero."""
    return value not in (None, (), {}, 0, "none")


HEADER = Marked("header")
"""Says which policy this is, when it counts and by which clock; decides nothing."""
ALSO_AS_A_WHOLE = Marked("family")
"""A family that findings name as one clause too."""
EACH_WORD = Marked("words")
"""A list whose words are the clauses, as `conflict.order.manual`."""


def parameter_of(clause: str) -> Marked:
    """Mark a field that belongs to the clause in the field of that name beside it."""
    return Marked("parameter", clause)


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
_SAID = WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": f"^{AMOUNT}$"}]})
"""A number or its text: what an editor may offer."""
DecimalText = Annotated[DecimalNumber, _WRITTEN, _SAID]
"""A non-negative decimal number, kept as it was spelled."""
PercentageText = Annotated[Percentage, _WRITTEN, _SAID]
"""A percentage, kept as it was spelled; a reward's event takes the same."""


def stated(amount: str, currency: str) -> None:
    """Refuse an amount that its currency cannot have; raises pydantic's error of the field."""
    try:
        parse_amount(amount, currency)
    except BadValue as error:
        raise as_field_error(error) from error
