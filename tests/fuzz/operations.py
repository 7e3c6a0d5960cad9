"""The operations of an OpenAPI document, with a value that fits each parameter and each field of each body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

FieldPath = tuple[str | int, ...]
MAX_FIELD_DEPTH = 5
"""Deeper than any body of ours; a schema that names itself ends here."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as its document describes it."""

    document: Mapping[str, Any]
    method: str
    path: str
    described: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def parameters(self, place: str) -> list[Mapping[str, Any]]:
        """Its parameters in `path`, `query` or `header`."""
        return [one for one in self.described.get("parameters", ()) if one["in"] == place]

    @property
    def media_types(self) -> list[str]:
        """What its body may be."""
        return list(self.described.get("requestBody", {}).get("content", {}))

    @property
    def body_schema(self) -> Mapping[str, Any]:
        content = self.described["requestBody"]["content"]
        schema = next(iter(content.values()))["schema"]
        return self.resolved(schema.get("contentSchema", schema))

    @property
    def body_example(self) -> Any:
        content = next(iter(self.described["requestBody"]["content"].values()))
        return content.get("example", self.resolved(content["schema"]).get("example"))

    def answer(self, status: int) -> Mapping[str, Any] | None:
        """How an answer of this status is described; None where it is not."""
        found: Mapping[str, Any] | None = self.described["responses"].get(str(status))
        return found

    def resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema that a reference names, or the schema itself."""
        while "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return schema

    def fields(self, schema: Mapping[str, Any], at: FieldPath = ()) -> Iterator[FieldPath]:
        """The paths of all fields that the schema names, items of lists included."""
        if len(at) > MAX_FIELD_DEPTH:
            return
        for one in self._choices(schema):
            for name, inner in one.get("properties", {}).items():
                yield (*at, name)
                yield from self.fields(inner, (*at, name))
            if "items" in one:
                yield (*at, 0)
                yield from self.fields(one["items"], (*at, 0))
            if isinstance(one.get("additionalProperties"), dict):
                yield (*at, "extra")
                yield from self.fields(one["additionalProperties"], (*at, "extra"))

    def sample(self, schema: Mapping[str, Any], depth: int = 0) -> Any:
        """A value of the schema's kind with what is required in it; it need not be one that a rule accepts."""
        schema = self._choices(schema)[0]
        for said in ("example", "const", "default"):
            if schema.get(said) is not None:
                return schema[said]
        if schema.get("examples"):
            return schema["examples"][0]
        if schema.get("enum"):
            return schema["enum"][0]
        kind = schema.get("type")
        if kind == "object":
            required = schema.get("required", ()) if depth < MAX_FIELD_DEPTH else ()
            return {name: self.sample(schema["properties"][name], depth + 1) for name in required}
        if kind == "array":
            return [self.sample(schema["items"], depth + 1)] if "items" in schema else []
        return {"integer": 1, "number": 1, "boolean": True}.get(str(kind), _text(schema))

    def _choices(self, schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        schema = self.resolved(schema)
        found: list[Mapping[str, Any]] = []
        for one in schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf") or ():
            found += self._choices(one)
        return [one for one in found if one.get("type") != "null"] or [schema]


def _text(schema: Mapping[str, Any]) -> str:
    formats = {"date": "2027-03-31", "date-time": "2026-03-31T09:00:00Z", "email": "jana@adler.example"}
    return formats.get(str(schema.get("format")), "EUR" if schema.get("maxLength") == 3 else "a1")


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """All of a document's operations."""
    return [
        Operation(document, method.upper(), path, described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    ]


def placed(body: Any, path: FieldPath, value: Any) -> Any:
    """The body with the value at the path; what is missing on the way there is made."""
    if not path:
        return value
    step, *rest = path
    if isinstance(step, int):
        items = list(body) if isinstance(body, list) else []
        return [placed(items[0] if items else None, tuple(rest), value), *items[1:]]
    fields = dict(body) if isinstance(body, dict) else {}
    return {**fields, step: placed(fields.get(step), tuple(rest), value)}
