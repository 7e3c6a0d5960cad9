"""How the OpenAPI document describes answers: every status that a query can give, with an example of each problem."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.problems import MEDIA_TYPE, ProblemDocument, document

Responses = dict[int | str, dict[str, Any]]

_PROBLEM = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}
_TEXT = {"type": "string"}
_LIMITS = {
    "RateLimit": {"description": "What is left of this second.", "schema": _TEXT},
    "RateLimit-Policy": {"description": "Requests a second of one credential.", "schema": _TEXT},
}
_RETRY = {"Retry-After": {"description": "Seconds to wait before asking again.", "schema": {"type": "integer"}}}
_ETAG = {"ETag": {"description": "Of this very content; send it as `If-None-Match`.", "schema": _TEXT}}
_LINK = {"Link": {"description": 'The next page, `rel="next"`.', "schema": _TEXT}}

_EXAMPLES: dict[int, tuple[str, str, str]] = {
    401: (
        "No valid credential: `credential.missing`, `.unknown`, `.expired`, `.revoked`.",
        "credential.missing",
        "send Authorization: Bearer dr_<credential id>_<secret>",
    ),
    403: (
        "The credential lacks the scope.",
        "scope.missing",
        "this needs the scope pipeline:read; ask for a credential that has it",
    ),
    404: (
        "The caller has no such thing, or sent no such fact as `min_position` names; what belongs to others is "
        "answered the same way.",
        "registration.unknown",
        "there is no registration reg_5d0f3a9be2b45f6c9d8e1a2b3c4d5e6f",
    ),
    406: (
        "`Accept` takes none of the forms of this answer.",
        "accept.none",
        "this is answered as application/json; Accept asks for application/xml",
    ),
    422: (
        "The request is invalid; `errors` lists every problem.",
        "request.invalid",
        "1 problem in the request; first: as_of: lies in the future; what will be known is not known",
    ),
    429: ("Too many requests.", "rate.exceeded", "more than 600 requests a second; wait a second"),
    503: (
        "The view is not there yet (`position.not_reached`), or a server does not answer (`unavailable`).",
        "position.not_reached",
        "the view pipeline has not read so far yet; ask again",
    ),
}


def answers(model: type[BaseModel], *, paged: bool = False, also: tuple[int, ...] = (404,)) -> Responses:
    """The responses of a query: its document, 304 where the caller has it, and every problem it can have."""
    headers = {**_ETAG, **_LIMITS, **(_LINK if paged else {})}
    return {
        200: {"model": model, "headers": headers},
        304: {"description": "Unchanged: the caller has it already.", "headers": _ETAG},
        **problems(*also),
    }


def problems(*also: int) -> Responses:
    """The problems that every query can have, and these."""
    return {status: _problem(status, *_EXAMPLES[status]) for status in sorted({401, 403, 406, 422, 429, 503, *also})}


def refusal() -> Responses:
    """What a fact that the decider refused is answered with: its own status and code."""
    told = (
        "The decider refused it; status, `code` and `errors` are those of the refusal (403, 404, 409, 412 or 422).",
        "registration.not_open",
        "the registration has ended; registration.amended is no transition from expired",
    )
    return {status: _problem(status, *told) for status in (409, 412)}


def _problem(status: int, description: str, code: str, detail: str) -> dict[str, Any]:
    example = document(status=status, code=code, detail=detail, instance="/v1/pipeline")
    headers = _RETRY if status in (429, 503) else {}
    return {
        "description": description,
        "headers": headers,
        "content": {MEDIA_TYPE: {"schema": _PROBLEM, "example": example}},
    }


def complete_openapi(app: FastAPI) -> None:
    """The application's OpenAPI document has the schema that its problems name."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            found = original()
            _, schemas = models_json_schema(
                [(ProblemDocument, "serialization")], ref_template="#/components/schemas/{model}"
            )
            found["components"]["schemas"].update(schemas["$defs"])
            app.openapi_schema = found
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
