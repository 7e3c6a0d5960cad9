"""Differences between two policies, or two vendor documents, defaults filled in: by parameter, never by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

MOST = 1_000
"""Differences that are told: two catalogues without a product in common have more."""


class Difference(NamedTuple):
    """One parameter that differs; `changed` has both values, a list's members came, went or moved."""

    path: str
    kind: Literal["added", "removed", "changed", "members", "order"]
    before: Any
    after: Any


def differences(before: BaseModel, after: BaseModel) -> list[Difference]:
    """What the second one says otherwise than the first one, in the order of the schema."""
    found = _of(_named(before.model_dump(mode="json")), _named(after.model_dump(mode="json")), "")
    return [one for one, _ in zip(found, range(MOST), strict=False)]


def _named(value: Any) -> Any:
    """Turn lists of parts into mappings by name, so that moving one is no difference."""
    if isinstance(value, Mapping):
        return {name: _named(one) for name, one in value.items()}
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        # A part is called by its first parameter: a reward by its name, a product by its own.
        return {str(next(iter(one.values()))): _named(dict(list(one.items())[1:])) for one in value}
    return value


def _of(before: Any, after: Any, path: str) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            yield from _of(before.get(name), after.get(name), f"{path}.{name}" if path else name)
    elif _absent(before):
        yield Difference(path, "added", None, after)
    elif _absent(after):
        yield Difference(path, "removed", before, None)
    elif isinstance(before, list) and isinstance(after, list):
        gone, come = [one for one in before if one not in after], [one for one in after if one not in before]
        if gone or come:
            yield Difference(path, "members", gone, come)
        else:
            yield Difference(path, "order", before, after)
    else:
        yield Difference(path, "changed", before, after)


def _absent(value: Any) -> bool:
    return value is None or value in ([], {})
