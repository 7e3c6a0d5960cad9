"""Types of path and query parameters: as strict as fields of a body, with the same codes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from fastapi import Path
from pydantic import AfterValidator, BeforeValidator, GetCoreSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from shared.http.wire.fields import Identity
from shared.values import BadValue, parse_count, parse_day, parse_instant, parse_month

MAX_NUMBER = 2**63 - 1
"""The largest number of an entry: what a PostgreSQL bigint holds."""

_SECONDS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
# A "+" of an offset arrives as a space if the caller did not escape it.
_SPACED_OFFSET = re.compile(r"(?<=[0-9]) (?=[0-9]{2}:[0-9]{2}\Z)")

_Kept = TypeVar("_Kept")


def _refusing(parse: Callable[[str], _Kept]) -> Callable[[Any], Any]:
    """Wrap a parse function for text from a URL; other values, such as defaults, pass."""

    def checked(given: Any) -> Any:
        if not isinstance(given, str):
            return given
        try:
            return parse(given)
        except BadValue as error:
            raise PydanticCustomError(error.reason, error.detail) from error

    return checked


@dataclass(frozen=True, slots=True)
class Count:
    """Marks a whole number in digits 0 to 9: `int` alone reads `1_0`, ` 7` and the digits of other scripts too."""

    low: int
    high: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            _refusing(lambda text: parse_count(text, self.low, self.high)),
            core_schema.int_schema(ge=self.low, le=self.high),
        )


def _seconds(text: str) -> float:
    if not _SECONDS.fullmatch(text):
        raise BadValue("field.type", "must be seconds in digits 0 to 9, such as 5 or 0.25")
    return float(text)


def _month(text: str) -> str:
    parse_month(text)
    return text


def as_instant(text: str) -> str:
    """Restore the `+` of an instant's offset that arrived as a space."""
    return _SPACED_OFFSET.sub("+", text)


Seconds = Annotated[float, BeforeValidator(_refusing(_seconds))]
"""Seconds, whole or with decimals."""
Month = Annotated[
    str,
    AfterValidator(_refusing(_month)),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$", "examples": ["2026-03"]}),
]
"""A month of the calendar, `YYYY-MM`."""
Day = Annotated[date, BeforeValidator(_refusing(parse_day))]
"""A calendar day, `YYYY-MM-DD`."""
Moment = Annotated[datetime, BeforeValidator(_refusing(lambda text: parse_instant(as_instant(text))))]
"""An instant with its offset, RFC 3339."""
PathIdentity = Annotated[Identity, Path()]
"""An identifier in a path."""
