"""JSON Schema of policies and vendor documents, generated from the models: editors complete and explain by it."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel

from shared.events.vendor import VendorDocument
from shared.policy.schema import Policy

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MODELS: dict[str, type[BaseModel]] = {"policy": Policy, "vendor": VendorDocument}


@cache
def json_schema(name: str) -> dict[str, Any]:
    """The schema of that name, with a description of every parameter."""
    made = MODELS[name].model_json_schema()
    return {"$schema": DIALECT, "$id": f"/v1/schemas/{name}.json", **untitled(made)}


def untitled(value: Any) -> Any:
    """Leave out titles: pydantic makes them of the names, and editors would show each name twice."""
    if isinstance(value, dict):
        return {key: untitled(one) for key, one in value.items() if not (key == "title" and isinstance(one, str))}
    return [untitled(one) for one in value] if isinstance(value, list) else value
