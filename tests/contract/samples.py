"""One sample of every event, filled from its JSON Schema: all fields present, each with a plausible value."""

from __future__ import annotations

from typing import Any

import orjson

from shared.events.base import Event
from shared.values.money import AMOUNT

_BY_FORMAT = {"date": "2026-03-01", "date-time": "2026-03-01T09:00:00Z"}
_BY_FIELD: dict[str, Any] = {
    "amount": "1250.00", "currency": "EUR", "country": "EG", "products": ["GTX Pro"], "version": 1,
    "box": "c2VhbGVk", "weekend": [6, 7], "policy": "hunting/1", "portion": "4/5", "pct": "10",
    "lei": "5493001KJTIIGC8Y1R12", "subject": "registration:reg1",
    "opens": "09:00", "closes": "17:00", "base": "GBP", "time_zone": "Africa/Cairo",
}  # fmt: skip


_BY_NAME: dict[str, tuple[str, Any]] = {"rates": ("EUR", "1.18"), "territories": ("North", ["EG"])}
_NOT_WITH_THE_REST = {"TargetSet": ("amount",)}
"""Fields that contradict others of their event."""
_LINE = {"partner": "apartner", "program": "hunting", "currency": "EUR"}
_POSTINGS = [
    {**_LINE, "account": "held", "amount_minor": 125000},
    {**_LINE, "account": "payable", "amount_minor": -125000},
]


def sample(event: type[Event]) -> Event:
    """The event as a reader would get it."""
    schema = event.model_json_schema(mode="validation")
    return event.model_validate_json(orjson.dumps(_value(schema, schema.get("$defs", {}), "")))


def _value(schema: dict[str, Any], definitions: dict[str, Any], field: str) -> Any:
    if "$ref" in schema:
        return _value(definitions[schema["$ref"].rpartition("/")[2]], definitions, field)
    if "anyOf" in schema:
        return _value(next(one for one in schema["anyOf"] if one.get("type") != "null"), definitions, field)
    if schema.get("type") == "object":
        return _object(schema, definitions, field)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if field == "postings":
        return _POSTINGS  # any others would not balance
    match schema.get("type"):
        case "array":
            plain = schema["items"].get("type") in ("string", "integer")
            return (plain and _BY_FIELD.get(field)) or [_value(schema["items"], definitions, field)]
        case "integer":
            return 1
        case "boolean":
            return True
        case "string":
            known = _BY_FORMAT.get(schema.get("format", "")) or _BY_FIELD.get(field)
            return known or ("1.5" if schema.get("pattern") == f"^{AMOUNT}$" else f"a{field}".replace("_", ""))
    return field


def _object(schema: dict[str, Any], definitions: dict[str, Any], field: str) -> dict[str, Any]:
    if field in _BY_NAME:
        return {_BY_NAME[field][0]: _BY_NAME[field][1]}
    if "properties" not in schema:
        inner = next(iter(schema.get("patternProperties", {}).values()), schema.get("additionalProperties"))
        return {"key": _value(inner, definitions, "value")} if isinstance(inner, dict) else {"program": "hunting"}
    left_out = _NOT_WITH_THE_REST.get(schema.get("title", ""), ())
    fields = {name: one for name, one in schema["properties"].items() if name not in left_out}
    return {name: _value(one, definitions, name) for name, one in fields.items()}
