"""Reading what was checked when it was written: the hash says that these are the bytes, so forms are not asked again.

Names, types and required fields are: content that fits no class is found. Patterns, lengths and spellings bind whoever
writes; a reader that asks for them again takes twice the time.
"""

from __future__ import annotations

from datetime import UTC
from functools import cache
from operator import methodcaller
from typing import Any

from pydantic_core import SchemaValidator, core_schema

from shared.events.base import Event

# Where a schema has schemas within.
_INNER = ("schema", "items_schema", "keys_schema", "values_schema", "choices", "definitions", "fields")
# JSON itself tells these apart: the first choice that fits is the only one, and the others need not be tried.
_DISTINCT = frozenset({"str", "int", "bool", "list"})
_FORMS = frozenset({"pattern", "min_length", "max_length", "strip_whitespace"})


@cache
def trusting(event: type[Event]) -> SchemaValidator:
    """A reader of the event's JSON into the same object as the class itself reads."""
    event.model_rebuild()  # its schema, where this is the first use of the class
    # A class's own validator would stand in for its schema wherever one is nested in another.
    return SchemaValidator(_without_forms(event.__pydantic_core_schema__), _use_prebuilt=False)


_utc = methodcaller("astimezone", UTC)  # without a frame of Python's: an entry of a deadline has several moments


def _without_forms(schema: Any) -> Any:
    if isinstance(schema, list | tuple):
        return type(schema)(_without_forms(one) for one in schema)
    if not isinstance(schema, dict):
        return schema
    if not isinstance(schema.get("type"), str):  # the fields of a model, by name
        return {name: _without_forms(one) for name, one in schema.items()}
    if schema["type"] == "function-before":  # it brings what a sender wrote into the form that is stored
        return _without_forms(schema["schema"])
    if schema["type"] == "chain":  # a text, then its form
        return _without_forms(schema["steps"][0])
    made = {name: _without_forms(one) if name in _INNER else one for name, one in schema.items()}
    if schema["type"] == "default" and isinstance(made.get("default"), dict | list):
        # Nobody changes what is frozen, so nobody needs a deep copy of his own.
        given = made.pop("default")
        return {**made, "default_factory": lambda: given}
    if schema["type"] == "union" and all(one["type"] in _DISTINCT for one in made["choices"]):
        return {**made, "mode": "left_to_right"}
    if schema["type"] == "str":
        return {name: one for name, one in made.items() if name not in _FORMS}
    if schema["type"] == "function-after" and made["schema"]["type"] in ("str", "date"):
        return made["schema"]
    if schema["type"] == "function-after" and made["schema"]["type"] == "datetime":
        return core_schema.no_info_after_validator_function(_utc, made["schema"])
    return made
