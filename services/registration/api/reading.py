"""Reading a request: bodies bounded while they stream, headers checked, problems collected."""

from __future__ import annotations

import re
import time
from datetime import datetime
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, TypeAdapter, ValidationError

from services.registration.api.errors import BodyTooLarge, MediaTypeUnsupported, PreconditionMissing
from services.registration.intake.fields import Identity, Instant
from services.registration.intake.json_body import canonical, read_json
from shared.credentials import Caller
from shared.errors import FieldProblem
from shared.problems import RequestInvalid, field_problems

JSON = ("application/json",)
MERGE_PATCH = ("application/merge-patch+json",)
NDJSON = ("application/x-ndjson",)
POLICY = ("application/yaml", "application/json", "application/x-yaml", "text/yaml")

_KEY = re.compile(r"^[\x20-\x7e]{1,200}$")
_REVISION = re.compile(r'^"([1-9][0-9]{0,8})"$')
_TRACE = re.compile(r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")
_WAIT = re.compile(r"(?:^|[,;\s])wait=(\d{1,6})(?:$|[,;\s])")
MAX_WAIT_SECONDS = 30

_instant: TypeAdapter[datetime] = TypeAdapter(Instant)
_identity: TypeAdapter[str] = TypeAdapter(Identity)
_Model = TypeVar("_Model", bound=BaseModel)


def headers_of(request: Request) -> dict[str, str]:
    """The request's headers by lower-case name, repeated ones joined by commas (RFC 9110)."""
    found: dict[str, str] | None = request.scope.get("dealreg.headers")
    if found is None:
        # Looking up a header the usual way walks all of them; a write asks for eight.
        found = {}
        for name, value in request.scope["headers"]:
            key, text = name.decode("latin-1"), value.decode("latin-1")
            found[key] = f"{found[key]}, {text}" if key in found else text
        request.scope["dealreg.headers"] = found
    return found


async def read_bytes(request: Request, limit: int, media_types: tuple[str, ...]) -> bytes:
    """The body, at most `limit` bytes of an accepted type; raises `BodyTooLarge`, `MediaTypeUnsupported`."""
    stated = headers_of(request).get("content-length", "")
    # A size that was announced is refused before a byte of it is read.
    if stated.isdigit() and int(stated[:20]) > limit:
        raise _too_large(limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise _too_large(limit)
    if body:
        _check_type(headers_of(request).get("content-type", ""), media_types)
    return bytes(body)


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"the body is over {limit} bytes")


def _check_type(stated: str, media_types: tuple[str, ...]) -> None:
    kind, _, parameters = stated.partition(";")
    charset = parameters.replace(" ", "").lower()
    if kind.strip().lower() not in media_types or (
        "charset=" in charset and "charset=utf-8" not in charset.replace('"', "")
    ):
        raise MediaTypeUnsupported(f"send {' or '.join(media_types)} in UTF-8, not {stated[:80] or 'no content type'}")


async def read_model(request: Request, model: type[_Model], limit: int) -> _Model:
    """The body as the model; raises `RequestInvalid` with every problem."""
    body = await read_bytes(request, limit, JSON)
    try:
        return model.model_validate_json(canonical(read_json(body or b"{}")))
    except ValidationError as error:
        raise RequestInvalid(field_problems(error.errors(include_url=False, include_input=False))) from error


def read_key(request: Request, problems: list[FieldProblem]) -> str:
    """The Idempotency-Key; what is wrong with it joins the problems."""
    key = headers_of(request).get("idempotency-key")
    if key is None:
        told = "is required: a text of your own, new for each request and the same for each retry of it"
        problems.append(FieldProblem("header.Idempotency-Key", "idempotency.key_missing", told))
    elif not _KEY.match(key):
        told = "must be 1 to 200 printable ASCII characters"
        problems.append(FieldProblem("header.Idempotency-Key", "idempotency.key_invalid", told))
    return key or ""


def read_revision(request: Request, problems: list[FieldProblem]) -> int:
    """The revision that If-Match names; raises `PreconditionMissing` where there is none."""
    stated = headers_of(request).get("if-match")
    if stated is None:
        raise PreconditionMissing('send If-Match with the revision that you saw, such as If-Match: "3"')
    match = _REVISION.match(stated.strip())
    if match is None:
        told = 'must be one revision in quotes, such as "3"'
        problems.append(FieldProblem("header.If-Match", "precondition.invalid", told))
        return 0
    return int(match[1])


def read_recorded_at(request: Request, caller: Caller, problems: list[FieldProblem]) -> datetime | None:
    """The time that an import brings; raises `ScopeMissing` without the scope for it."""
    stated = headers_of(request).get("dealreg-recorded-at")
    if stated is None:
        return None
    caller.need("import")
    try:
        found = _instant.validate_python(stated.strip())
    except ValidationError:
        told = "must be an instant with its offset (RFC 3339), such as 2026-03-31T09:00:00Z"
        problems.append(FieldProblem("header.Dealreg-Recorded-At", "recorded_at.invalid", told))
        return None
    problems += future(found, "header.Dealreg-Recorded-At")
    return found


def future(recorded_at: datetime, field: str) -> list[FieldProblem]:
    """A problem where the recorded time is still to come: the vendor's clock would wait for it."""
    if recorded_at.timestamp() <= time.time():
        return []
    return [FieldProblem(field, "recorded_at.future", "lies in the future; history is over")]


def check_identity(name: str, value: str, problems: list[FieldProblem]) -> None:
    """What is wrong with an identifier in the path joins the problems."""
    try:
        _identity.validate_python(value)
    except ValidationError as error:
        problems += field_problems(error.errors(include_url=False, include_input=False), f"path.{name}")


def read_wait(request: Request) -> int:
    """Seconds that the caller prefers to wait for the decision (RFC 7240), at most `MAX_WAIT_SECONDS`."""
    match = _WAIT.search(headers_of(request).get("prefer", ""))
    return min(int(match[1]), MAX_WAIT_SECONDS) if match else 0


def read_trace(request: Request) -> str | None:
    """The caller's W3C trace, so that it continues through the log."""
    stated = headers_of(request).get("traceparent", "")
    return stated if _TRACE.match(stated) else None


def as_object(value: Any) -> Any:
    """The value, which a body of ours must be an object for."""
    if isinstance(value, dict):
        return value
    raise RequestInvalid([FieldProblem("", "field.type", "must be a JSON object")])
