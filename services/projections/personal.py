"""Personal texts in responses: unsealed, null once their person was erased (G9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.database import database_errors
from shared.events.sealed import Sealed
from shared.persons import Persons

_SEALED = {"person", "box"}


async def unsealed(persons: Persons, vendor: str, content: Any) -> Any:
    """Unseal every sealed text in the JSON content, with one look-up of keys."""
    boxes = list(_boxes(content))
    if not boxes:
        return content
    with database_errors():
        texts = await persons.unseal(vendor, boxes)
    return _opened(content, texts)


def _boxes(content: Any) -> Iterator[Sealed]:
    if isinstance(content, dict):
        if content.keys() == _SEALED:
            yield Sealed.model_validate(content)
            return
        content = list(content.values())
    if isinstance(content, list):
        for one in content:
            yield from _boxes(one)


def _opened(content: Any, texts: dict[Sealed, str | None]) -> Any:
    if isinstance(content, dict):
        if content.keys() == _SEALED:
            return texts[Sealed.model_validate(content)]
        return {name: _opened(one, texts) for name, one in content.items()}
    if isinstance(content, list):
        return [_opened(one, texts) for one in content]
    return content
