"""Periods as a policy writes them: `90d` calendar days, `5bd` business days, `2h` hours, `72bh` business hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

_WRITTEN = re.compile(r"^([1-9][0-9]{0,3})(d|bd|h)$")


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time: `count` of `unit`, where `bd` counts the calendar's business days."""

    count: int
    unit: Literal["d", "bd", "h"]

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    @classmethod
    def parse(cls, written: object) -> Period:
        """The period that the text names; raises ValueError with the forms that are understood."""
        match = _WRITTEN.match(written) if isinstance(written, str) else None
        if match is None:
            raise ValueError("write a period as 90d (days), 5bd (business days) or 2h (hours), from 1 to 9999")
        return cls(int(match[1]), match[2])  # type: ignore[arg-type]


class _PeriodSchema:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: object) -> Period:
            return value if isinstance(value, Period) else Period.parse(value)

        return core_schema.no_info_plain_validator_function(
            read,
            serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema()),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": _WRITTEN.pattern, "examples": ["90d", "5bd", "2h"]}


PeriodText = Annotated[Period, _PeriodSchema]
