"""Shared parts of OpenAPI documents: headers, problems with an example of each, schemas that routes name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.http.problems import MEDIA_TYPE, ProblemDocument, document, title_of
from shared.http.wire.api_document import finished

HEADERS: dict[str, dict[str, Any]] = {
    "Location": {"description": "Where to read the outcome.", "schema": {"type": "string"}},
    "RateLimit": {"description": "Requests that remain in the current window.", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": "The rate limit of the credential.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait before trying again.", "schema": {"type": "integer"}},
    "Preference-Applied": {
        "description": "`wait` if the response is the decided state.",
        "schema": {"type": "string"},
    },
    "Link": {
        "description": 'The next page, `rel="next"`. Of a list that is a file too, each other form in which the '
        'service has it at the same address, `rel="alternate"` with its `type`.',
        "schema": {"type": "string"},
    },
}
AS_READ = "x-as-read"
"""In an answer: the id of the operation whose 200 has the same content."""
SECURITY: list[dict[str, list[str]]] = [{"key": []}]
CREDENTIAL = (
    "credential.missing", "credential.unknown", "credential.expired", "credential.revoked", "token.invalid",
    "token.expired",
)  # fmt: skip
ROLE = ("role.missing", "identity.blocked")
"""Problems of whoever comes with a token of an identity provider."""
COMMON: Mapping[int, tuple[str, ...]] = {
    400: ("json.malformed", "json.duplicate_key", "json.too_deep", "http.malformed", "http.host"),
    401: CREDENTIAL,
    403: ("scope.missing", *ROLE),
    413: ("body.too_large", "json.too_many_values"),
    415: ("body.media_type", "body.encoding"),
    422: ("request.invalid",),
    429: ("rate.exceeded",),
    500: ("internal",),
    503: ("unavailable", "ambiguous", "overloaded", "provider.away"),
}
"""Problems that any request with a body can have."""


def headers(*names: str) -> dict[str, Any]:
    """Describe the headers of a response."""
    return {name: HEADERS[name] for name in names}


class Models:
    """Collects models that FastAPI does not see because the routes read their bodies themselves."""

    def __init__(self) -> None:
        self._named: dict[str, type[BaseModel]] = {}

    def reference(self, model: type[BaseModel]) -> dict[str, Any]:
        """Return a reference to the model's schema."""
        self._named[model.__name__] = model
        return {"$ref": f"#/components/schemas/{model.__name__}"}

    def problems(self, codes: Mapping[int, tuple[str, ...]]) -> dict[int | str, dict[str, Any]]:
        """Describe the problems of these statuses, with an example of every code."""
        return {status: self._problem(status, names) for status, names in sorted(codes.items())}

    def _problem(self, status: int, codes: tuple[str, ...]) -> dict[str, Any]:
        examples = {
            code: {
                "summary": title_of(code),
                "value": document(status=status, code=code, detail=title_of(code), instance="/v1/…"),
            }
            for code in codes
        }
        names = ("RateLimit", "RateLimit-Policy", *(("Retry-After",) if status in (429, 503) else ()))
        return {
            "description": "; ".join(f"`{code}`" for code in codes),
            "headers": headers(*names),
            "content": {MEDIA_TYPE: {"schema": self.reference(ProblemDocument), "examples": examples}},
        }

    def complete(self, app: FastAPI) -> None:
        """Add every schema that routes name to the application's OpenAPI document."""
        original = app.openapi

        def openapi() -> dict[str, Any]:
            if app.openapi_schema is None:
                made = original()
                _, schemas = models_json_schema(
                    [(model, "validation") for model in self._named.values()],
                    ref_template="#/components/schemas/{model}",
                )
                components = made.setdefault("components", {})
                components.setdefault("schemas", {}).update(schemas.get("$defs", {}))
                components["securitySchemes"] = {
                    "key": {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "`Authorization: Bearer dr_<credential id>_<secret>`",
                    }
                }
                _drop_what_the_framework_promises(made)
                app.openapi_schema = finished(made)
            return app.openapi_schema

        app.openapi = openapi  # type: ignore[method-assign]


def _drop_what_the_framework_promises(document: dict[str, Any]) -> None:
    """Remove FastAPI's own 422 responses: our problems replace them."""
    for operations in document["paths"].values():
        for operation in operations.values():
            if "HTTPValidationError" in str(operation["responses"].get("422", "")):
                del operation["responses"]["422"]
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)
