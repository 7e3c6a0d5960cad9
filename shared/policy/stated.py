"""What a policy or vendor document states: each parameter with its value, whether it was given, and its meaning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel


class Stated(NamedTuple):
    """One parameter; `given` is false where the value is the default."""

    path: str
    value: Any
    given: bool
    meaning: str


def stated_in(document: BaseModel, path: str = "", *, given: bool = True) -> Iterator[Stated]:
    """Every parameter of the document in the order of the schema; parts of it are walked into."""
    written = document.model_dump(mode="json")
    for name, field in type(document).model_fields.items():
        value = getattr(document, name)
        inner, said = f"{path}{name}", given and name in document.model_fields_set
        meaning = " ".join((field.description or "").split())
        if isinstance(value, BaseModel):
            yield from stated_in(value, f"{inner}.", given=said)
        elif isinstance(value, tuple) and value and all(isinstance(one, BaseModel) for one in value):
            for index, one in enumerate(value):
                yield from stated_in(one, f"{inner}.{index}.", given=said)
        else:
            yield Stated(inner, written[name], said, meaning)
