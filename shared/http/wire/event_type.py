"""The type of an event, as a filter names it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from shared.events.registry import EVENTS

_KNOWN = sorted(EVENTS)


def _known(name: str) -> str:
    if name not in EVENTS:
        raise PydanticCustomError("field.choice", "must be a type of event, such as registration.approved")
    return name


EventType = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": _KNOWN})]
"""One of the types that docs/events.md lists."""
