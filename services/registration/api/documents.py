"""The OpenAPI description of each route: body, headers, every response with an example."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from services.registration.api.reading import MERGE_PATCH, NDJSON
from services.registration.intake.kinds import KINDS, SUBMIT, MessageKind
from shared.http.wire.body import JSON
from shared.http.wire.described import AS_READ, COMMON, SECURITY, Models, headers

_models = Models()

_FACT = "0d6e9c1b7a5f5c0e9b1f6a1d2c3b4a59"


class _Accepted(BaseModel):
    """The request is durably logged. Read the outcome at `location`."""

    fact: str
    location: str


_PARAMETERS: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {
        "required": True,
        "description": "1 to 200 printable ASCII characters. Use a new one per request, the same one per retry.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        "example": "order-desk-2026-11-24-0001",
    },
    "Prefer": {
        "description": "`wait=N` (RFC 7240), at most 30 s: respond with the decided state if it is decided by then.",
        "schema": {"type": "string"},
        "example": "wait=5",
    },
    "Dealreg-Recorded-At": {
        "description": "The recorded time of an imported request (RFC 3339). Needs the scope `import`.",
        # No `format`: generators of clients have no way to write a time into a header, and leave the operation out.
        "schema": {"type": "string", "maxLength": 40},
        "example": "2026-03-31T09:00:00Z",
    },
    "If-Match": {
        "required": True,
        "description": 'The revision that the change is based on, in quotes, such as `"3"`.',
        "schema": {"type": "string"},
        "example": '"3"',
    },
    "webhook-id": {
        "required": True,
        "description": "Id of the message; the same in each retry.",
        "schema": {"type": "string"},
        "example": "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
    },
    "webhook-timestamp": {
        "required": True,
        "description": "When this delivery was sent, in seconds since 1970.",
        "schema": {"type": "string"},
        "example": "1795478400",
    },
    "webhook-signature": {
        "required": True,
        "description": "Signature (Standard Webhooks): `v1,` and base64.",
        "schema": {"type": "string"},
        "example": "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    },
    "X-HubSpot-Signature-v3": {
        "required": True,
        "description": "Base64 of HMAC-SHA256 over method, target address, body and timestamp, by the client secret.",
        "schema": {"type": "string"},
        "example": "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=",
    },
    "X-HubSpot-Request-Timestamp": {
        "required": True,
        "description": "When this delivery was sent, in milliseconds since 1970.",
        "schema": {"type": "string"},
        "example": "1795860010000",
    },
}


_REFUSED: dict[int, tuple[str, ...]] = {
    404: ("vendor.unknown",),
    409: ("vendor.live", "vendor.importing", "recorded_at.older"),
}
"""Refusals of the decider for any fact. With `Prefer: wait` the refusal is the response, with its own status."""
_REFUSED_BY_TARGET: dict[str, dict[int, tuple[str, ...]]] = {
    "registration": {403: ("partner.suspended",), 404: ("registration.unknown",), 409: ("registration.not_open",)},
    "partner": {404: ("partner.unknown",)},
    "opportunity": {
        404: ("opportunity.unknown",),
        409: ("link.unchanged", "registration.not_open"),
        422: ("link.winner_required", "link.winner_unknown"),
    },
    "case": {404: ("case.unknown",), 409: ("case.closed",)},
    "match": {404: ("match.unknown",), 409: ("match.not_decided",)},
    "program": {404: ("program.unknown",)},
}
_REFUSED_BY_KIND: dict[str, dict[int, tuple[str, ...]]] = {
    "registration.submit": {
        403: ("partner.not_yours", "partner.suspended"),
        409: ("registration.exists", "program.withdrawn"),
    },
    "registration.amend": {
        403: ("correction.vendor_only",),
        409: ("field.not_open",),
        412: ("revision.mismatch",),
        428: ("precondition.missing",),
    },
    "registration.confirm": {409: ("registration.not_invited",)},
    "extension.request": {
        409: (
            "extension.late",
            "extension.deal_taken",
            "extension.not_offered",
            "extension.pending",
            "extension.used_up",
            "extension.evidence_required",
        )
    },
    "objection.raise": {409: ("objection.nothing_lost", "objection.pending")},
    "review.decide": {409: ("extension.none_pending", "objection.none_pending", "conflict.open", "duplicate_of_own")},
    "evidence.judge": {404: ("evidence.unknown",)},
    "partner.enroll": {409: ("partner.exists",)},
    "target.set": {409: ("target.too_many",), 422: ("program.unknown", "product.unknown")},
    "target.drop": {404: ("target.unknown",)},
    "partner.suspend": {409: ("partner.suspended",)},
    "partner.reinstate": {409: ("partner.active",)},
    "vendor.go_live": {409: ("vendor.sandbox",)},
    "clock.move": {409: ("vendor.not_sandbox", "clock.behind", "clock.too_far")},
    "program.publish": {409: ("policy.version_exists",)},
    "program.withdraw": {409: ("program.withdrawn",)},
}


def _codes_of(kind: MessageKind) -> dict[int, tuple[str, ...]]:
    """Return every status and its codes that a write of this kind can have."""
    codes = {**COMMON, 422: ("request.invalid", "idempotency.key_reused")}
    for refused in (_REFUSED, _REFUSED_BY_TARGET.get(kind.target or "", {}), _REFUSED_BY_KIND.get(kind.name, {})):
        for status, names in refused.items():
            codes[status] = (*codes.get(status, ()), *names)
    codes[409] = (*codes.get(409, ()), "import.paused")
    return codes


def write_spec(
    kind: MessageKind, *, media_types: tuple[str, ...] = JSON, checks: type[BaseModel] | None = None
) -> dict[str, Any]:
    """Describe a route that takes one message of this kind; `checks` is the answer where it can also only check."""
    names = ["Idempotency-Key", "Prefer", "Dealreg-Recorded-At", *(["If-Match"] if kind.revision else [])]
    codes = _codes_of(kind)
    if "yaml" in str(media_types):
        codes[422] = (*codes[422], "policy.invalid")
    return {
        "status_code": 202,
        "responses": {202: _accepted(), 200: _decided(kind, checks), **_models.problems(codes)},
        "openapi_extra": {
            "parameters": [*_parameters(names, checks is None), *([_CHECK] if checks else [])],
            "requestBody": _body(kind.body, media_types),
            "security": SECURITY,
            "x-scope": kind.scope,
        },
    }


def webhook_spec(kind: MessageKind) -> dict[str, Any]:
    """Describe a route that takes signed messages."""
    codes = dict(COMMON)
    codes[401] = ("webhook.signature_invalid", "webhook.timestamp_outside_tolerance")
    codes[404] = ("connection.unknown",)
    codes[409] = ("webhook.replayed",)
    codes[422] = ("request.invalid", "webhook.id_reused")
    del codes[403]
    return {
        "status_code": 202,
        "responses": {202: _accepted(), **_models.problems(codes)},
        "openapi_extra": {
            "parameters": _parameters(["webhook-id", "webhook-timestamp", "webhook-signature"]),
            "requestBody": _body(kind.body, JSON),
            "security": [],
        },
    }


_HUBSPOT_EVENT = {
    "eventId": 880000001,
    "subscriptionId": 7100001,
    "portalId": 50112233,
    "appId": 4400123,
    "attemptNumber": 0,
    "occurredAt": 1795860000123,
    "subscriptionType": "object.creation",
    "objectTypeId": "0-3",
    "objectId": 332507360001,
    "changeSource": "CRM_UI",
}


def delivery_spec(answer: type[BaseModel]) -> dict[str, Any]:
    """Describe a route that takes signed deliveries of a native CRM."""
    codes = {**COMMON, 401: ("webhook.signature_invalid", "webhook.timestamp_outside_tolerance")}
    codes |= {404: ("connection.unknown",), 409: ("crm.not_configured",)}
    del codes[403], codes[422], codes[400]
    described = {"description": answer.__doc__, "content": {JSON[0]: {"schema": _models.reference(answer)}}}
    schema = {"type": "array", "items": {"type": "object"}}
    body = {"required": True, "content": {JSON[0]: {"schema": schema, "example": [_HUBSPOT_EVENT]}}}
    names = ["X-HubSpot-Signature-v3", "X-HubSpot-Request-Timestamp"]
    return {
        "status_code": 200,
        "responses": {200: described, **_models.problems(codes)},
        "openapi_extra": {"parameters": _parameters(names), "requestBody": body, "security": []},
    }


def bulk_spec(row: type[BaseModel]) -> dict[str, Any]:
    """Describe the bulk route."""
    codes = dict(COMMON)
    codes[413] = ("body.too_large", "bulk.too_many_rows")
    codes[409] = ("import.paused",)
    codes[429] = ("rate.exceeded", "bulk.busy", "bulk.backlog")
    del codes[400], codes[422], codes[403]
    rows = (
        '{"key":"r-1","kind":"registration.submit","body":{"program":"hunting","partner":"partner-7",'
        '"customer":{"legal_name":"Kanzlei Adler GmbH"},"products":["GTX Pro"]}}\n'
        '{"key":"r-2","kind":"registration.withdraw","body":{"registration":"reg_5f0c2b6d8a1e4f7c9b3d2a1e0f4c6b8a"}}\n'
    )
    answers = (
        f'{{"row":1,"key":"r-1","status":202,"fact":"{_FACT}","location":"/v1/registrations/reg_{_FACT}"}}\n'
        '{"row":2,"key":"r-2","status":403,"problem":{"code":"scope.missing","status":403}}\n'
    )
    body = _body(row, NDJSON)
    body["description"] = f"One row per line. Kinds: {', '.join(KINDS)}."
    schema = body["content"][NDJSON[0]]["schema"]
    lines = {"type": "string", "contentMediaType": NDJSON[0], "contentSchema": schema}
    body["content"][NDJSON[0]] = {"schema": lines, "example": rows}
    answered = {
        "description": "One response per row, in order: 202 with a location, or a problem document.",
        "headers": headers("RateLimit", "RateLimit-Policy"),
        "content": {NDJSON[0]: {"schema": {"type": "string"}, "example": answers}},
    }
    return {
        "status_code": 200,
        "responses": {200: answered, **_models.problems(codes)},
        "openapi_extra": {"requestBody": body, "security": SECURITY},
    }


def plain_spec(
    body: type[BaseModel] | None,
    status: int,
    answer: type[BaseModel] | None,
    problems: dict[int, tuple[str, ...]] | None = None,
) -> dict[str, Any]:
    """Describe a route that takes no message: reads, credentials, connections."""
    codes = dict(COMMON)
    if body is None:
        for status_code in (400, 413, 415, 422):
            del codes[status_code]
        if status == 200:
            codes[406] = ("accept.none",)
    codes.update(problems or {})
    content: dict[str, Any] = {
        "description": (answer.__doc__ if answer else None) or "Done.",
        "headers": headers("RateLimit", "RateLimit-Policy"),
    }
    if answer is not None:
        content["content"] = {JSON[0]: {"schema": _models.reference(answer)}}
    extra: dict[str, Any] = {"security": SECURITY}
    if body is not None:
        extra["requestBody"] = _body(body, JSON)
    return {"status_code": status, "responses": {status: content, **_models.problems(codes)}, "openapi_extra": extra}


def in_yaml_too(described: dict[str, Any]) -> dict[str, Any]:
    """The description of a read that also answers in YAML."""
    described["responses"][200]["content"]["application/yaml"] = {"schema": {"type": "string"}}
    return described


def complete_openapi(app: FastAPI) -> None:
    """Add every schema that routes name to the application's OpenAPI document."""
    _models.complete(app)


def _body(model: type[BaseModel], media_types: tuple[str, ...]) -> dict[str, Any]:
    schema = _models.reference(model)
    example = (model.model_config.get("json_schema_extra") or {}).get("example")  # type: ignore[union-attr]
    if "yaml" in media_types[0]:
        # The text, or the same as JSON.
        schema, example = {"type": ["string", "object"]}, example["policy"]  # type: ignore[index,call-overload]
    content = {
        kind: {"schema": schema, **({"example": example} if example is not None else {})} for kind in media_types
    }
    required = any(field.is_required() for field in model.model_fields.values())
    return {"required": required or media_types == MERGE_PATCH, "content": content}


_CHECK: dict[str, Any] = {
    "name": "check",
    "in": "query",
    "required": False,
    "description": "`true`: answer what this request would come to, as far as the directory knows, and keep nothing. "
    "Status and errors are those of the real request; `Dealreg-Position` names the last entry that is known. "
    "No `Idempotency-Key` is needed.",
    "schema": {"type": "boolean", "default": False},
}


def _parameters(names: list[str], key_required: bool = True) -> list[dict[str, Any]]:
    described = [{"name": name, "in": "header", "required": False, **_PARAMETERS[name]} for name in names]
    if not key_required:
        described = [one | ({"required": False} if one["name"] == "Idempotency-Key" else {}) for one in described]
    return described


def _accepted() -> dict[str, Any]:
    example = {"fact": _FACT, "location": f"/v1/facts/{_FACT}"}
    return {
        "description": "Accepted: the request is durably logged.",
        "headers": headers("Location", "RateLimit", "RateLimit-Policy"),
        "content": {JSON[0]: {"schema": _models.reference(_Accepted), "example": example}},
    }


def _decided(kind: MessageKind, checks: type[BaseModel] | None) -> dict[str, Any]:
    # The schema is another service's, which whoever joins the documents puts in.
    decided: dict[str, Any] = {
        "description": "With `Prefer: wait`: the decided state, as `GET` on the location returns it.",
        "headers": headers("Location", "Preference-Applied", "RateLimit", "RateLimit-Policy"),
        "content": {JSON[0]: {"schema": {"type": "object"}}},
        AS_READ: "getRegistration" if kind is SUBMIT else "getFact",
    }
    if checks is not None:
        decided["description"] += " With `check=true`: nothing speaks against it, and nothing was kept."
        decided["content"] = {JSON[0]: {"schema": {"anyOf": [_models.reference(checks), {"type": "object"}]}}}
    return decided
