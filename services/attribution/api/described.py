"""The OpenAPI description of attribution's routes."""

from __future__ import annotations

from typing import Any

from services.attribution.api.schemas import EXAMPLE, BlindCheck, CheckAnswer, CheckPage
from shared.http.wire.body import JSON
from shared.http.wire.described import COMMON, CREDENTIAL, SECURITY, Models, headers

MODELS = Models()

_CHECK_CODES: dict[int, tuple[str, ...]] = {
    **COMMON,
    403: ("scope.missing", "partner.not_yours", "partner.suspended"),
    404: ("vendor.unknown",),
    409: ("vendor.importing", "program.withdrawn"),
    422: ("request.invalid", "partner.unknown", "program.unknown", "product.unknown"),
}
_LIST_CODES: dict[int, tuple[str, ...]] = {
    401: CREDENTIAL,
    403: ("scope.missing",),
    406: ("accept.none",),
    422: ("request.invalid",),
    429: ("rate.exceeded",),
    500: ("internal",),
    503: ("unavailable", "ambiguous"),
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
