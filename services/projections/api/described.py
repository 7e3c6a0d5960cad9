"""The OpenAPI description of responses: every status of a query, with an example of each problem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from shared.http.wire.described import CREDENTIAL, HEADERS, ROLE, Models

Responses = dict[int | str, dict[str, Any]]

_TEXT = {"type": "string"}
_LIMITS = {
    "RateLimit": {"description": "Requests left in this second.", "schema": _TEXT},
    "RateLimit-Policy": {"description": "Requests a second of one credential.", "schema": _TEXT},
}
_ETAG = {"ETag": {"description": "Identifies this content; send it as `If-None-Match`.", "schema": _TEXT}}
_LINK = {"Link": HEADERS["Link"]}

_CODES: dict[int, tuple[str, ...]] = {
    401: CREDENTIAL,
    403: ("scope.missing", *ROLE, "credential.vendor_only"),
    404: (
        "registration.unknown",
        "opportunity.unknown",
        "reward.unknown",
        "conflict.unknown",
        "case.unknown",
        "match.unknown",
        "fact.unknown",
    ),
    406: ("accept.none",),
    422: ("request.invalid", "cursor.invalid"),
    429: ("rate.exceeded",),
    500: ("internal",),
    503: ("position.not_reached", "view.behind", "unavailable", "provider.away"),
}
_NOTES: dict[int, str] = {
    404: "Data of another partner or vendor is answered as unknown.",
    409: "The request was refused. Any code of the decider can appear here.",
    412: "The request was refused.",
    503: "Ask again after `Retry-After`.",
}
MODELS = Models()


def answers(model: type[BaseModel], *, paged: bool = False, also: tuple[int, ...] = (404,)) -> Responses:
    """Describe the responses of a query: its document, 304, and every problem."""
    headers = {**_ETAG, **_LIMITS, **(_LINK if paged else {})}
    return {
        200: {"model": model, "headers": headers},
        304: {"description": "Unchanged: your copy is current.", "headers": _ETAG},
        **problems(*also),
    }


def problems(*also: int) -> Responses:
    """Describe the problems that every query can have, and these."""
    return _problems({status: _CODES[status] for status in sorted({401, 403, 406, 422, 429, 500, 503, *also})})


def refusal() -> Responses:
    """Describe refusals of the decider, with their own status and code."""
    return _problems({409: ("registration.not_open", "decider.fault"), 412: ("revision.mismatch",)})


def _problems(codes: Mapping[int, tuple[str, ...]]) -> Responses:
    described = MODELS.problems(codes)
    for status, answer in described.items():
        if status in _NOTES:
            answer["description"] = f"{_NOTES[int(status)]} {answer['description']}"
    return described
