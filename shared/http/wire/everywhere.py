"""What every operation can be answered with before it is reached, and the id that each answer has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.http.problems import MEDIA_TYPE, document, title_of

REQUEST_ID: dict[str, Any] = {
    "description": "Id of the request in our logs and in problems: yours where it is plain, else one that was made.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,100}$"},
    "example": "order-desk-7f3a",
}
"""As a header, of the request and of its answer."""
_PARAMETER: dict[str, Any] = {
    "name": "X-Request-ID",
    "in": "header",
    "required": False,
    **REQUEST_ID,
    "description": "Your own id of the request, for logs: 1 to 100 letters, digits and `. _ -`; any other is replaced.",
    # No pattern here: what does not fit is no mistake.
    "schema": {"type": "string"},
}
_EVERYWHERE: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (400, "NoRequest", ("http.malformed", "http.host")),
    (405, "MethodNotAllowed", ("method.not_allowed",)),
    (408, "TooSlow", ("http.too_slow",)),
    (414, "TargetTooLong", ("http.target_too_long",)),
    (417, "ExpectationNotMet", ("http.expectation",)),
    (421, "HostUnknown", ("http.host_unknown",)),
    (431, "HeadTooLarge", ("http.head_too_large",)),
    (505, "VersionNotSpoken", ("http.version",)),
)
_OF_THE_APPLICATION = (405, 421)
"""The others are refused before there is a request, so that they have no id."""
_ALLOW = {"description": "Every method of the path.", "schema": {"type": "string"}, "example": "GET, HEAD"}


def add_everywhere(operation: dict[str, Any]) -> None:
    """Name the request id and every status that the operation shares with all others; safe to repeat."""
    parameters = operation.get("parameters", [])
    if _PARAMETER not in parameters:
        operation["parameters"] = [*parameters, _PARAMETER]
    for answer in operation["responses"].values():
        if "$ref" not in answer:
            answer["headers"] = {"X-Request-ID": REQUEST_ID, **answer.get("headers", {})}
    for status, name, _ in _EVERYWHERE:
        operation["responses"].setdefault(str(status), {"$ref": f"#/components/responses/{name}"})


def shared_answers() -> Iterator[tuple[str, dict[str, Any]]]:
    """The answers to which operations refer, by name."""
    for status, name, codes in _EVERYWHERE:
        examples = {
            code: {
                "summary": title_of(code),
                "value": document(status=status, code=code, detail=title_of(code), instance="/v1/…"),
            }
            for code in codes
        }
        headers = {"X-Request-ID": REQUEST_ID} if status in _OF_THE_APPLICATION else {}
        if status == 405:
            headers["Allow"] = _ALLOW
        yield (
            name,
            {
                "description": "; ".join(f"`{code}`" for code in codes),
                "headers": headers,
                "content": {
                    MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}, "examples": examples}
                },
            },
        )
