"""Periods as a policy writes them: `90d` calendar days, `5bd` business days, `2h` hours, `72bh` business hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from shared.values import BadValue
from shared.values.fields import validated

_PERIOD = "([1-9][0-9]{0,3})(d|bd|h|bh)"
_WRITTEN = re.compile(_PERIOD)


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time: `count` of `unit`, where `bd` and `bh` count the calendar's business days and hours."""

    count: int
    unit: Literal["d", "bd", "h", "bh"]

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    @classmethod
    def parse(cls, written: object) -> Period:
        """Return the period that the text names; raises `BadValue` with the forms that are understood."""
        match = _WRITTEN.fullmatch(written) if isinstance(written, str) else None
        if match is None:
            detail = "write a period as 90d (days), 5bd (business days), 2h (hours) or 72bh (business hours), to 9999"
            raise BadValue("period.invalid", detail)
        return cls(int(match[1]), match[2])  # type: ignore[arg-type]


class _PeriodSchema:
    """Reads a period from text; `otherwise` is a word that may stand instead of one."""

    def __init__(self, otherwise: str | None = None) -> None:
        self._otherwise = otherwise

    def _read(self, value: object) -> object:
        if isinstance(value, Period) or (value == self._otherwise and value is not None):
            return value
        return Period.parse(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            validated(self._read),
            serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema()),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        period = {"type": "string", "pattern": f"^{_PERIOD}$", "examples": ["90d", "5bd", "2h", "72bh"]}
        return period if self._otherwise is None else {"anyOf": [period, {"type": "string", "const": self._otherwise}]}


PeriodText = Annotated[Period, _PeriodSchema()]
PeriodOrNone = Annotated[Period | Literal["none"], _PeriodSchema("none")]
"""A period, or the word `none`; one validator for both, so that a refusal names the field alone."""
