"""Finish an OpenAPI document: information, servers, tags, shared parts named once, nothing unused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from shared.http.wire.everywhere import add_everywhere, shared_answers
from shared.http.wire.operations import FILTERS, PATH_PARAMETERS, SUMMARIES, TAGS
from shared.release import RELEASE

DESCRIPTION = """\
Register deals, read what was decided and why, and read who earned what.

**Requests and outcomes.** A write answers `202` once the request is durably logged; `Location` leads to its outcome. \
With `Prefer: wait=N` the response is the decided state, or the refusal, if it is decided within N seconds (at most 30).

**Retries.** Send a new `Idempotency-Key` with each write and the same one with each retry of it. A retry has no \
second effect and gets the same answer. After `429` and `503` wait for the seconds in `Retry-After`.

**Errors.** Every error is a problem document (RFC 9457, `application/problem+json`). `code` is stable, `errors` lists \
every invalid field, and `type` is the path of a page that says what to do.

**Pages.** Lists answer one page at a time. Follow `next` (also in the `Link` header) until it is null.

**Versions and deprecation.** Paths begin with the major version. Within it, changes only add: new operations, \
optional fields, fields of answers and problem codes may appear at any time, so ignore what you do not know. What will \
go is marked `deprecated` here and answers with the headers `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) for at \
least twelve months before it does.
"""
SERVERS: list[dict[str, Any]] = [{"url": "/", "description": "The service that serves this document."}]
_REFERENCE = re.compile(r"#/components/([A-Za-z]+)/([^/]+)")


def information(title: str) -> dict[str, Any]:
    """Return the `info` of a document."""
    return {
        "title": title,
        "version": RELEASE,
        "summary": "Partner deal registration",
        "description": DESCRIPTION,
        "contact": {"name": "The dealreg maintainers"},
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }


def finished(document: dict[str, Any]) -> dict[str, Any]:
    """Finish the document: summaries, tags, and each example and schema that it needs."""
    document["info"] = information(document["info"]["title"])
    document["servers"] = SERVERS
    components = document.setdefault("components", {})
    components["responses"] = dict(shared_answers())
    for operation in operations_of(document):
        add_everywhere(operation)
        operation["summary"] = SUMMARIES.get(operation["operationId"]) or operation["summary"].capitalize()
        operation.setdefault("description", f"{operation['summary']}.")
        operation["responses"] = dict(sorted(operation["responses"].items()))
        for parameter in operation.get("parameters", ()):
            words = PATH_PARAMETERS if parameter["in"] == "path" else FILTERS
            parameter.setdefault("description", words.get(parameter["name"], ""))
        _hoist(operation["responses"], components)
    _hoist(components["responses"], components)
    _restore_examples(document)
    used = {tag for operation in operations_of(document) for tag in operation["tags"]}
    document["tags"] = [{"name": name, "description": content} for name, content in TAGS.items() if name in used]
    _drop_unused(document)
    return document


def operations_of(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the operations of a document."""
    for methods in document["paths"].values():
        yield from methods.values()


def _hoist(answers: dict[str, Any], components: dict[str, Any]) -> None:
    """Name each header and each problem's example once; repeated in every response they were most of the document."""
    examples = components.setdefault("examples", {})
    headers = components.setdefault("headers", {})
    for answer in answers.values():
        for name, header in answer.get("headers", {}).items():
            if "$ref" not in header and headers.setdefault(name, header) == header:
                answer["headers"][name] = {"$ref": f"#/components/headers/{name}"}
        for content in answer.get("content", {}).values():
            for code, example in content.get("examples", {}).items():
                if "$ref" not in example:
                    name = f"{code}-{example['value']['status']}"
                    examples[name] = example
                    content["examples"][code] = {"$ref": f"#/components/examples/{name}"}


def _restore_examples(document: dict[str, Any]) -> None:
    """Put nulls back into examples, because the framework writes its document without them."""
    schemas = document["components"].get("schemas", {})
    for schema in schemas.values():
        if isinstance(schema.get("example"), dict):
            _add_nulls(schema, schema["example"], schemas)
    for operation in operations_of(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            whole = schemas.get(content["schema"].get("$ref", "").rpartition("/")[2], {}).get("example")
            if whole is not None:
                content["example"] = whole


def _add_nulls(schema: dict[str, Any], example: Any, schemas: dict[str, Any]) -> None:
    schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if isinstance(example, list):
        for one in example:
            _add_nulls(schema.get("items", {}), one, schemas)
    elif isinstance(example, dict):
        described = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in example and {"type": "null"} in described[name].get("anyOf", ()):
                example[name] = None
        for name, one in example.items():
            _add_nulls(described.get(name, {}), one, schemas)


def _drop_unused(document: dict[str, Any]) -> None:
    """Remove components that nothing refers to, and what only those referred to."""
    components = document["components"]
    found: set[tuple[str, str]] = set()
    waiting = list(_references(document["paths"]))
    while waiting:
        place = waiting.pop()
        if place not in found:
            found.add(place)
            waiting += _references(components[place[0]][place[1]])
    for kind in ("schemas", "examples", "headers", "responses"):
        components[kind] = {
            name: one for name, one in sorted(components.get(kind, {}).items()) if (kind, name) in found
        }


def _references(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        named = _REFERENCE.fullmatch(node["$ref"]) if isinstance(node.get("$ref"), str) else None
        if named:
            yield named[1], named[2]
        for one in node.values():
            yield from _references(one)
    elif isinstance(node, list):
        for one in node:
            yield from _references(one)
