"""The API document keeps the rules that readers and generators of clients need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dealreg.tools.api_document import api_document, described_apps
from shared.events.catalogue import rendered
from shared.http.wire.operations import OPERATIONS

FILE = Path(__file__).parents[2] / "docs" / "openapi.json"
METHODS = {"get", "put", "post", "patch", "delete"}
PROBLEM = "application/problem+json"
Document = dict[str, Any]


@cache
def published() -> Document:
    return api_document()


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert method in METHODS, path
            yield path, method, operation


def nodes(node: Any, at: str = "#") -> Iterator[tuple[str, Document]]:
    """Every object of the document that is no example."""
    if isinstance(node, dict):
        yield at, node
        for name, one in node.items():
            if name not in ("example", "examples", "default") or at.endswith("/properties"):
                yield from nodes(one, f"{at}/{name}")
    elif isinstance(node, list):
        for number, one in enumerate(node):
            yield from nodes(one, f"{at}/{number}")


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for one in node.values():
            yield from references(one)
    elif isinstance(node, list):
        for one in node:
            yield from references(one)


def found(document: Document, reference: str) -> Any:
    at: Any = document
    for step in reference.removeprefix("#/").split("/"):
        at = at[step]
    return at


# The rules: each gives what is wrong with a document.


def head(document: Document) -> Iterator[str]:
    info = document["info"]
    for name in ("title", "version", "description", "contact", "license"):
        if not info.get(name):
            yield f"info.{name}"
    if not document.get("servers"):
        yield "servers"
    for word in ("deprecated", "Idempotency-Key", "Retry-After", "problem+json"):
        if word not in info.get("description", ""):
            yield f"info.description says nothing of {word}"


def tags(document: Document) -> Iterator[str]:
    declared = {tag["name"] for tag in document["tags"] if tag.get("description")}
    used = {tag for _, _, operation in operations(document) for tag in operation.get("tags", ["none"])}
    yield from (f"tag {tag}" for tag in declared ^ used)


def ids(document: Document) -> Iterator[str]:
    seen: set[str] = set()
    for path, method, operation in operations(document):
        id_ = operation.get("operationId", "")
        if not re.fullmatch(r"[a-z]+([A-Z][a-z]*)*", id_) or id_ in seen:
            yield f"{method} {path}: {id_}"
        seen.add(id_)
        if not operation.get("summary") or not operation.get("description"):
            yield f"{method} {path} is not described"


def parameters(document: Document) -> Iterator[str]:
    for path, method, operation in operations(document):
        given = operation.get("parameters", [])
        named = {one["name"] for one in given if one["in"] == "path" and one.get("required")}
        if named != set(re.findall(r"\{(\w+)\}", path)):
            yield f"{method} {path} has {named}"
        for one in given:
            if not one.get("description"):
                yield f"{method} {path}: {one['name']} is not described"
            # Generators have no way to write a time into a header, and leave the whole operation out.
            if one["in"] == "header" and "format" in str(one["schema"]):
                yield f"{method} {path}: the header {one['name']} has a format"


def answers(document: Document) -> Iterator[str]:
    for path, method, operation in operations(document):
        given = operation["responses"]
        if not any(status.startswith("2") for status in given):
            yield f"{method} {path} never succeeds"
        for status, answer in given.items():
            answer = found(document, answer["$ref"]) if "$ref" in answer else answer
            if not answer.get("description"):
                yield f"{method} {path} {status} is not described"
            if status >= "400" and path.startswith("/v1/"):
                content = answer.get("content", {}).get(PROBLEM, {})
                for code, example in content.get("examples", {}).items():
                    value = found(document, example["$ref"])["value"]
                    if (value["code"], value["status"]) != (code, int(status)):
                        yield f"{method} {path} {status}: {code} has another's example"
                if not content.get("examples"):
                    yield f"{method} {path} {status} names no code"
        if path.startswith("/v1/") and not {"401", "429", "500", "503"} <= given.keys():
            yield f"{method} {path} has {sorted(given)}"


def arrays(document: Document) -> Iterator[str]:
    yield from (at for at, one in nodes(document) if one.get("type") == "array" and "items" not in one)


def components(document: Document) -> Iterator[str]:
    used = set(references(document))
    there = {f"#/components/{kind}/{name}" for kind, named in document["components"].items() for name in named}
    there = {one for one in there if "/securitySchemes/" not in one}
    yield from sorted(used ^ there)


def examples(document: Document) -> Iterator[str]:
    for at, one in nodes(document):
        if "schema" in one and isinstance(one["schema"], dict):
            given = [one["example"]] if "example" in one else []
            for example in one.get("examples", {}).values():
                example = found(document, example["$ref"]) if "$ref" in example else example
                given.append(example["value"])
            yield from _unfit(document, at, one["schema"], given)
        elif "type" in one or "properties" in one:
            listed = one.get("examples", [])
            given = [one["example"]] if "example" in one else []
            yield from _unfit(document, at, one, given + (listed if isinstance(listed, list) else []))


def _unfit(document: Document, at: str, schema: Document, given: list[Any]) -> Iterator[str]:
    whole = {**schema, "components": document["components"]}
    for example in given:
        for error in Draft202012Validator(whole).iter_errors(example):
            yield f"{at}: {error.json_path} {error.message}"


RULES = (head, tags, ids, parameters, answers, arrays, components, examples)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("service", ["all", "registration", "query", "attribution"])
def test_the_document_keeps_the_rule(rule: Any, service: Any) -> None:
    document = published() if service == "all" else _of(service)
    assert list(rule(document)) == []


@cache
def _of(service: Any) -> Document:
    return described_apps()[service].openapi()


def test_the_published_file_is_what_is_served() -> None:
    assert FILE.read_bytes() == rendered(published()), "run `dealreg schemas --openapi docs/openapi.json`"


def test_every_operation_has_words_of_its_own() -> None:
    given = {operation["operationId"]: operation["summary"] for _, _, operation in operations(published())}
    assert given == dict(OPERATIONS.values())


# Each rule sees the fault that it is there for.

SUBMIT = ("paths", "/v1/registrations", "post")
FAULTS: tuple[tuple[Any, tuple[str, ...], Any], ...] = (
    (head, ("servers",), []),
    (head, ("info", "contact"), {}),
    (head, ("info", "description"), "An API."),
    (tags, (*SUBMIT, "tags"), ["undeclared"]),
    (ids, (*SUBMIT, "operationId"), "submit_registration_v1"),
    (ids, (*SUBMIT, "operationId"), "listPipeline"),
    (ids, (*SUBMIT, "description"), ""),
    (parameters, (*SUBMIT, "parameters"), [{"name": "x", "in": "header", "schema": {"type": "string"}}]),
    (
        parameters,
        (*SUBMIT, "parameters"),
        [{"name": "x", "in": "header", "description": "When.", "schema": {"type": "string", "format": "date-time"}}],
    ),
    (parameters, ("paths", "/v1/cases/{case}", "get", "parameters"), []),
    (answers, (*SUBMIT, "responses", "409", "content"), {}),
    (answers, (*SUBMIT, "responses"), {"500": {"description": "Our mistake."}}),
    (arrays, ("components", "schemas", "Alive"), {"type": "array"}),
    (components, ("components", "schemas", "Nobody"), {"type": "string"}),
    (components, ("components", "schemas", "Alive"), {"$ref": "#/components/schemas/Nowhere"}),
    (examples, ("components", "schemas", "CreditDocument", "example"), {"opportunity": "opp_1"}),
    (examples, ("components", "schemas", "MoneyDocument", "properties", "amount", "examples"), [12.5]),
)


@pytest.mark.parametrize("rule, path, fault", FAULTS)
def test_the_rule_sees_the_fault(rule: Any, path: tuple[str, ...], fault: Any) -> None:
    document = deepcopy(published())
    at: Any = document
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = fault
    assert list(rule(document))
