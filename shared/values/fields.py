"""The parse functions as types of pydantic fields: thin adapters that add no rule of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    AwareDatetime,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from shared.values import identifiers, money, numbers, text, times
from shared.values.identifiers import NOT_OF_FORM, Form
from shared.values.refusal import BadValue

_Given = TypeVar("_Given")
_Kept = TypeVar("_Kept")


def validated(parse: Callable[[_Given], _Kept]) -> Callable[[_Given], _Kept]:
    """The parse function as pydantic calls it: its refusal becomes one of the field, with the same code."""

    def checked(given: _Given) -> _Kept:
        try:
            return parse(given)
        except BadValue as error:
            raise as_field_error(error) from error

    return checked


def as_field_error(error: BadValue) -> PydanticCustomError:
    """The refusal as pydantic reports it: without a context, braces in the message stand for themselves."""
    return PydanticCustomError(error.reason, error.detail)


def refuse_at(model: str, found: Iterable[tuple[tuple[str | int, ...], BadValue]]) -> None:
    """Raise pydantic's error of a model with each refusal at its own path, if there are any."""
    lines = [InitErrorDetails(type=as_field_error(error), loc=path, input=None) for path, error in found]
    if lines:
        raise ValidationError.from_exception_data(model, lines)


@dataclass(frozen=True, slots=True)
class Parsed:
    """Marks a text that `parse` reads; `pattern` and lengths are what a schema can say of the rule."""

    parse: Callable[[str], str]
    pattern: str | None = None
    low: int | None = None
    high: int | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(validated(self.parse), core_schema.str_schema(strict=True))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        said = {"type": "string", "minLength": self.low, "maxLength": self.high}
        said["pattern"] = None if self.pattern is None else f"^{self.pattern}$"
        return {name: value for name, value in said.items() if value is not None}


def _day(given: object) -> object:
    # Lax parsers read 1700006400, also in quotes, as a day of 2023; it is a mistake and no date.
    if isinstance(given, str):
        return times.parse_day(given)
    if isinstance(given, date) and not isinstance(given, datetime):
        return times.said_day(given)
    raise BadValue("field.type", "must be a string, YYYY-MM-DD")


def _instant(given: object) -> object:
    if isinstance(given, str):
        return times.parse_instant(given)
    if isinstance(given, datetime):
        return times.said_instant(given)
    raise BadValue("field.type", "must be a string, an instant as RFC 3339 writes it")


@dataclass(frozen=True, slots=True)
class Formed:
    """Marks a text of a form, asked for in native code: a decision has a dozen identifiers."""

    form: Form

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        matched = core_schema.str_schema(strict=True, pattern=f"^(?:{self.form.pattern})$")  # `$` is the end there
        refused = core_schema.custom_error_schema(matched, NOT_OF_FORM, custom_error_message=self.form.remedy)
        return core_schema.chain_schema([core_schema.str_schema(strict=True), refused])

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{self.form.pattern}$"}


Line = Annotated[str, Parsed(text.parse_line, low=1, high=text.MAX_LINE)]
"""One line of text, 1 to 200 characters, without controls and outer white space."""
Text = Annotated[str, Parsed(text.parse_text, low=1, high=text.MAX_TEXT)]
"""Free text with lines and tabs."""
Email = Annotated[str, Parsed(text.parse_email, pattern=text.EMAIL, low=3, high=text.MAX_EMAIL)]
Phone = Annotated[str, Parsed(text.parse_phone, pattern=text.PHONE, low=3, high=text.MAX_PHONE)]
Domain = Annotated[str, Parsed(text.parse_domain, low=3, high=text.MAX_DOMAIN)]
Identifier = Annotated[str, Formed(identifiers.IDENTIFIER)]
"""An identifier: a letter or digit, then up to 79 letters, digits and `. _ : -`."""
CodeWord = Annotated[str, Formed(identifiers.CODE_WORD)]
Country = Annotated[str, Formed(identifiers.COUNTRY)]
"""ISO 3166-1 alpha-2."""
ClockTime = Annotated[str, Formed(identifiers.CLOCK_TIME)]
"""A time of day, `HH:MM`; `24:00` is the day's end."""
CompanyNumber = Annotated[str, Parsed(identifiers.parse_company_number, low=1, high=identifiers.MAX_COMPANY_NUMBER)]
Key = Annotated[str, Formed(identifiers.PRINTABLE_KEY)]
Currency = Annotated[str, Parsed(money.parse_currency, pattern="[A-Z]{3}")]
"""An ISO 4217 code."""
DecimalNumber = Annotated[str, Parsed(money.parse_decimal, pattern=money.AMOUNT)]
"""A non-negative decimal number, as it was written."""
Percentage = Annotated[str, Parsed(numbers.parse_percentage, pattern=numbers.PERCENTAGE)]
"""Above 0, at most 100, with at most four decimals, as it was written."""
Day = Annotated[date, BeforeValidator(validated(_day)), Field(strict=False)]
"""A calendar day, `YYYY-MM-DD`, of the years 1900 to 8999."""
Instant = Annotated[AwareDatetime, BeforeValidator(validated(_instant)), Field(strict=False)]
"""An instant with its offset, RFC 3339, of the years 1900 to 8999."""
