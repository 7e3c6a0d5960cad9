"""The table of the vendor document's fields, read from its JSON Schema: path, default, what it takes, its meaning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from shared.policy.json_schema import json_schema

Schema = dict[str, Any]
NAMED = ".*"
"""Stands for any name of a mapping, in a path."""


class VendorField(NamedTuple):
    """One field of the document with its path."""

    path: str
    schema: Schema
    required: bool


def vendor_fields() -> str:
    """The table as Markdown."""
    lines = ["| field | default | takes | meaning |", "|---|---|---|---|"]
    lines += (f"| `{one.path}` | {_default(one)} | {_takes(one.schema)} | {meaning(one)} |" for one in fields_of())
    return "\n".join(lines)


def fields_of(schema: Schema | None = None, prefix: str = "") -> Iterator[VendorField]:
    """Every field that the document may have, in the order of the schema; those of a part follow it."""
    schema = schema or json_schema("vendor")
    for name, one in schema["properties"].items():
        found = VendorField(f"{prefix}{name}", one, name in schema.get("required", ()))
        yield found
        between, part = _part(one)
        # An amount is one thing to a reader; its two halves are explained together.
        if part is not None and all("description" in inner for inner in part["properties"].values()):
            yield from fields_of(part, f"{found.path}{between}.")


def _part(schema: Schema) -> tuple[str, Schema | None]:
    """The part that a field holds, in a list or by name, and what stands between their paths."""
    if "items" in schema:
        return "", _part(schema["items"])[1]
    if (members := _members(schema)) is not None:
        return NAMED, _part(members)[1]
    found = _resolved(schema)
    return "", found if "properties" in found else None


def _members(schema: Schema) -> Schema | None:
    """What a mapping has under each of its names."""
    patterns = schema.get("patternProperties")
    members = next(iter(patterns.values())) if patterns else schema.get("additionalProperties")
    return members if isinstance(members, dict) else None


def _resolved(schema: Schema) -> Schema:
    schema = next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)
    name = schema.get("$ref", "").rpartition("/")[2]
    return json_schema("vendor")["$defs"][name] if name else schema


def _default(one: VendorField) -> str:
    if one.required:
        return "required there" if "." in one.path else "required"
    value = one.schema.get("default")
    return "none" if value is None else f"`{value}`"


def _takes(schema: Schema) -> str:
    """What may stand there, in words."""
    if "items" in schema:
        return f"list{_count(schema, 'minItems', 'maxItems')} of {_takes(schema['items'])}"
    if (members := _members(schema)) is not None:
        return f"mapping{_count(schema, 'minProperties', 'maxProperties')} of names to {_takes(members)}"
    found = _resolved(schema)
    if "properties" in found:
        return ", ".join(f"`{name}`" for name in found["properties"])
    if found["type"] == "integer":
        return f"whole number{_count(found, 'minimum', 'maximum')}"
    return _text(found)


def _text(schema: Schema) -> str:
    if schema.get("format") == "date":
        return "day as YYYY-MM-DD"
    if "pattern" in schema:
        return f"text like `{schema['pattern']}`".replace("|", "\\|")
    return f"text{_count(schema, 'minLength', 'maxLength', ' characters')}"


def _count(schema: Schema, least: str, most: str, of: str = "") -> str:
    if most not in schema:
        return ""
    return f" ({schema[least]} to {schema[most]:,}{of})" if least in schema else f" (at most {schema[most]:,}{of})"


def meaning(one: VendorField) -> str:
    """What the schema says of the field; raises `KeyError` where it says nothing."""
    return str(one.schema["description"]).rstrip(".").replace("|", "\\|")
