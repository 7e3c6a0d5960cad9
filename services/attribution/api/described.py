"""The OpenAPI description of attribution's routes."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from services.attribution.api.schemas import EXAMPLE, BlindCheck, CheckAnswer, CheckPage
from shared.http.wire.body import JSON
from shared.http.wire.described import COMMON, CREDENTIAL, ROLE, SECURITY, Models, headers

MODELS = Models()

_CHECK_CODES: dict[int, tuple[str, ...]] = {
    **COMMON,
    403: ("scope.missing", *ROLE, "partner.not_yours", "partner.suspended"),
    404: ("vendor.unknown",),
    409: ("vendor.importing", "program.withdrawn"),
    422: ("request.invalid", "partner.unknown", "program.unknown", "product.unknown"),
}
_LIST_CODES: dict[int, tuple[str, ...]] = {
    401: CREDENTIAL,
    403: ("scope.missing", *ROLE),
    406: ("accept.none",),
    422: ("request.invalid",),
    429: ("rate.exceeded",),
    500: ("internal",),
    503: ("unavailable", "ambiguous", "provider.away"),
}

CHECK: dict[str, Any] = {
    "response_model": None,
    "responses": {
        200: {"model": CheckAnswer, "headers": headers("RateLimit", "RateLimit-Policy")},
        **MODELS.problems(_CHECK_CODES),
    },
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {JSON[0]: {"schema": MODELS.reference(BlindCheck), "example": EXAMPLE}},
        },
        "security": SECURITY,
        "x-scope": "registrations:write",
    },
}
LIST: dict[str, Any] = {
    "response_model": None,
    "responses": {
        200: {"model": CheckPage, "headers": headers("RateLimit", "RateLimit-Policy", "Link")},
        **MODELS.problems(_LIST_CODES),
    },
}


def trial(body: type[BaseModel], answer: type[BaseModel]) -> dict[str, Any]:
    """Describe the run of scenarios."""
    codes = {**COMMON, 422: ("request.invalid", "policy.invalid", "scenario.invalid", "scenario.not_expressible",
                             "scenario.too_long"), 429: ("rate.exceeded", "scenario.busy")}  # fmt: skip
    example = (body.model_config.get("json_schema_extra") or {})["example"]  # type: ignore[index]
    content = {JSON[0]: {"schema": MODELS.reference(body), "example": example}}
    return {
        "response_model": None,
        "responses": {
            200: {"model": answer, "headers": headers("RateLimit", "RateLimit-Policy")},
            **MODELS.problems(codes),
        },
        "openapi_extra": {
            "requestBody": {"required": True, "content": content}, "security": SECURITY, "x-scope": "program:admin",
        },
    }  # fmt: skip


def document(answer: type[BaseModel]) -> dict[str, Any]:
    """Describe the read of one document."""
    codes = {**_LIST_CODES, 403: ("scope.missing", "credential.vendor_only")}
    del codes[422]
    return {
        "response_model": None,
        "responses": {
            200: {"model": answer, "headers": headers("RateLimit", "RateLimit-Policy")},
            **MODELS.problems(codes),
        },
    }
