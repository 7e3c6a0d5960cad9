"""Attempts: requests that fit an operation but for one value, which comes from the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import quote

import orjson

from tests.fuzz.hostile import bodies, in_header, in_json, in_url
from tests.fuzz.operations import FieldPath, Operation, placed

SLOT = "slot-of-the-hostile-value"
HEADERS = (
    "Accept",
    "Authorization",
    "If-None-Match",
    "If-Match",
    "Prefer",
    "traceparent",
    "Content-Type",
    "Idempotency-Key",
)
"""Beside those that an operation names, these are tried."""
FEW = 4
"""What is read alike wherever it stands is tried in one place of so many, unless all of the catalogue is."""
MOVING = (b"", b".", b"..", b"/", b"%2F", b"%2f", b"..%2F..%2Fetc%2Fpasswd", b"a%2Fb", b"%3Cscript%3E", b"%", b"%3F")
"""Values of a path that may name another operation, or none."""

_keys = count()


@dataclass(slots=True)
class Attempt:
    """One request, and what is odd in it."""

    operation: Operation
    odd: str
    target: bytes
    headers: dict[bytes, bytes]
    body: bytes | None = None
    moves: bool = False
    """Whether the odd value may lead to another operation."""
    signed: bool = False
    """Whether the sender signs it, over the headers that it has."""

    def __str__(self) -> str:
        return f"{self.operation} with {self.odd[:200]}"


@dataclass(frozen=True, slots=True)
class Known:
    """What is there to be named, and by whom it is asked."""

    key: str
    names: Mapping[str, str]
    """Parameter of a path to an id that is there."""
    examples: Mapping[str, Any] = field(default_factory=dict)
    """Operation to a body that is accepted, where its document's example would not be."""

    def plain(self, operation: Operation) -> Attempt:
        """The request without anything odd in it."""
        query = b"&".join(
            f"{one['name']}={quote(str(operation.sample(one['schema'])), safe='')}".encode()
            for one in operation.parameters("query")
            if one.get("required")
        )
        names = {one["name"]: self.name(operation, one["name"]).encode() for one in operation.parameters("path")}
        target = path_of(operation, names) + (b"?" + query if query else b"")
        headers = {b"Authorization": f"Bearer {self.key}".encode()}
        for one in operation.parameters("header"):
            if one.get("required"):
                headers[one["name"].encode()] = str(one.get("example", "x")).encode()
        if operation.media_types:
            headers[b"Content-Type"] = operation.media_types[0].encode()
        if b"Idempotency-Key" in headers:
            headers[b"Idempotency-Key"] = f"fuzz-{next(_keys)}".encode()
        signed = b"webhook-id" in headers
        if signed:
            headers[b"webhook-id"] = f"msg_{next(_keys)}".encode()
        body = None
        if operation.media_types:
            example = self.body(operation)
            body = example.encode() if isinstance(example, str) else orjson.dumps(example)
        return Attempt(operation, "nothing odd", target, headers, body, signed=signed)

    def name(self, operation: Operation, parameter: str) -> str:
        """What the path's parameter names: something for this operation alone, or anything that is there."""
        return self.names.get(f"{operation} {parameter}", self.names.get(parameter, "unknown"))

    def body(self, operation: Operation) -> Any:
        example = self.examples.get(str(operation), operation.body_example)
        return operation.sample(operation.body_schema) if example is None else example


def path_of(operation: Operation, values: Mapping[str, bytes]) -> bytes:
    target = operation.path.encode()
    for name, value in values.items():
        target = target.replace(b"{" + name.encode() + b"}", value)
    return target


def attempts(known: Known, operation: Operation, each: int | None) -> Iterator[Attempt]:
    """Odd values in every place of the operation: `each` of the catalogue in a place, or all where it is None."""
    yield known.plain(operation)
    yield from _in_path(known, operation, each)
    yield from _in_query(known, operation, each)
    yield from _in_headers(known, operation, each)
    if operation.media_types:
        yield from _in_body(known, operation, each)


def chosen(values: Sequence[bytes], place: str, each: int | None) -> Iterable[bytes]:
    """So many of the values; which ones depends on the place, so that all are tried somewhere."""
    if each is None or each >= len(values):
        return values
    start = sum(place.encode()) * 31 % len(values)
    step = next(one for one in range(len(values) // each, 0, -1) if one == 1 or len(values) % one)
    return [values[(start + number * step) % len(values)] for number in range(each)]


def _tried(place: str, each: int | None) -> bool:
    return each is None or sum(place.encode()) % FEW == 0


def _in_path(known: Known, operation: Operation, each: int | None) -> Iterator[Attempt]:
    for one in operation.parameters("path"):
        for value in chosen(in_url(), f"{operation}{one['name']}", each):
            made = known.plain(operation)
            names = {two["name"]: known.name(operation, two["name"]).encode() for two in operation.parameters("path")}
            made.target = path_of(operation, {**names, one["name"]: value})
            made.odd = f"path.{one['name']}={value!r}"
            made.moves = value in MOVING or b"%2F" in value or b"/" in value
            yield made


def _in_query(known: Known, operation: Operation, each: int | None) -> Iterator[Attempt]:
    described = operation.parameters("query")
    for one in (*described, {"name": "unknown", "schema": {}}, {"name": "%00", "schema": {}}):
        name = one["name"].encode()
        good = quote(str(operation.sample(one["schema"])), safe="").encode()
        place = f"{operation}{one['name']}"
        values = [*chosen(in_url(), place, each if described else 2)]
        if _tried(place, each):
            values += [
                good,
                good + b"&" + name + b"=" + good,
                b"1&" + name + b"=%00",
                b"&".join([b"x", *[name + b"=x"] * 60]),
            ]
        for value in values:
            made = known.plain(operation)
            joint = b"&" if b"?" in made.target else b"?"
            made.target = made.target + joint + name + b"=" + value
            made.odd = f"query.{one['name']}={value!r}"
            yield made


def _in_headers(known: Known, operation: Operation, each: int | None) -> Iterator[Attempt]:
    own = [one["name"] for one in operation.parameters("header")]
    for name in dict.fromkeys((*own, *HEADERS)):
        place = f"{operation}{name}"
        if name not in own and not _tried(place, each):
            continue
        for value in chosen(in_header(), place, each):
            made = known.plain(operation)
            made.headers[name.encode()] = value
            made.odd = f"header.{name}={value!r}"
            yield made
        if name in own:
            made = known.plain(operation)
            made.headers.pop(name.encode(), None)
            made.odd = f"header.{name} left out"
            yield made


def _in_body(known: Known, operation: Operation, each: int | None) -> Iterator[Attempt]:
    for content_type in operation.media_types:
        for body in chosen(bodies(), f"{operation}{content_type}", each and each * 2):
            made = known.plain(operation)
            made.headers[b"Content-Type"] = content_type.encode()
            made.body, made.odd = body, f"body={body[:80]!r}"
            yield made
    example = known.body(operation)
    if isinstance(example, str):
        return
    for path in paths(operation, example):
        for value in chosen(in_json(), f"{operation}{path}", each):
            made = known.plain(operation)
            made.headers[b"Content-Type"] = operation.media_types[-1].encode()
            made.body = filled(example, path, value)
            made.odd = f"body.{'.'.join(map(str, path))}={value[:80]!r}"
            yield made


def paths(operation: Operation, example: Any) -> list[FieldPath]:
    """The fields of the body's schema and those of the example that it leaves open; and one that nobody knows."""
    return list(dict.fromkeys((*operation.fields(operation.body_schema), *leaves(example), ("unknown",))))


def leaves(value: Any, at: FieldPath = ()) -> Iterator[FieldPath]:
    inner = value.items() if isinstance(value, dict) else [(0, value[0])] if isinstance(value, list) and value else ()
    for name, one in inner:
        yield (*at, name)
        yield from leaves(one, (*at, name))


def filled(example: Any, path: FieldPath, value: bytes) -> bytes:
    """The body's bytes with these in place of the field's value."""
    return orjson.dumps(placed(example, path, SLOT)).replace(f'"{SLOT}"'.encode(), value)
