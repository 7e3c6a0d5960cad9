"""Read the headers of a request and collect their problems."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from services.registration.api.errors import PreconditionMissing
from shared.credentials import Caller
from shared.errors import FieldProblem, RequestInvalid
from shared.http.field_problems import field_problems
from shared.http.wire.body import headers_of
from shared.http.wire.fields import Identity, Instant

MERGE_PATCH = ("application/merge-patch+json",)
NDJSON = ("application/x-ndjson",)
CSV = ("text/csv",)
POLICY = ("application/yaml", "application/json", "application/x-yaml", "text/yaml")

_KEY = re.compile(r"[\x20-\x7e]{1,200}")
_REVISION = re.compile(r'"([1-9][0-9]{0,8})"')
_TRACE = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_WAIT = re.compile(r"(?:^|[,;\s])wait=([0-9]{1,6})(?:$|[,;\s])")
MAX_WAIT_SECONDS = 30

_instant: TypeAdapter[datetime] = TypeAdapter(Instant)
_identity: TypeAdapter[str] = TypeAdapter(Identity)


def read_key(headers: Mapping[str, str], problems: list[FieldProblem]) -> str:
    """Read the Idempotency-Key; add what is wrong with it to the problems."""
    key = headers.get("idempotency-key")
    if key is None:
        detail = "is required: a text of your own, new for each request and the same for each retry of it"
        problems.append(FieldProblem("header.Idempotency-Key", "idempotency.key_missing", detail))
    elif not _KEY.fullmatch(key):
        detail = "must be 1 to 200 printable ASCII characters"
        problems.append(FieldProblem("header.Idempotency-Key", "idempotency.key_invalid", detail))
    return key or ""


def read_revision(request: Request, problems: list[FieldProblem]) -> int:
    """Read the revision in If-Match; raise `PreconditionMissing` without the header."""
    stated = headers_of(request).get("if-match")
    if stated is None:
        raise PreconditionMissing('send If-Match with the revision that you read, such as If-Match: "3"')
    match = _REVISION.fullmatch(stated.strip())
    if match is None:
        detail = 'must be one revision in quotes, such as "3"'
        problems.append(FieldProblem("header.If-Match", "precondition.invalid", detail))
        return 0
    return int(match[1])


def read_recorded_at(request: Request, caller: Caller, problems: list[FieldProblem]) -> datetime | None:
    """Read the recorded time of an import; raise `ScopeMissing` without the scope for it."""
    stated = headers_of(request).get("dealreg-recorded-at")
    if stated is None:
        return None
    caller.need("import")
    try:
        found = _instant.validate_python(stated.strip())
    except ValidationError:
        detail = "must be an instant with its offset (RFC 3339), such as 2026-03-31T09:00:00Z"
        problems.append(FieldProblem("header.Dealreg-Recorded-At", "recorded_at.invalid", detail))
        return None
    problems += future(found, "header.Dealreg-Recorded-At")
    return found


def future(recorded_at: datetime, field: str) -> list[FieldProblem]:
    """Return a problem if the recorded time is in the future: the vendor's clock would wait for it."""
    if recorded_at.timestamp() <= time.time():
        return []
    return [FieldProblem(field, "recorded_at.future", "is in the future; send the time at which it happened")]


def check_identity(name: str, value: str, problems: list[FieldProblem]) -> None:
    """Check an identifier in the path; add what is wrong with it to the problems."""
    try:
        _identity.validate_python(value)
    except ValidationError as error:
        problems += field_problems(error.errors(include_url=False, include_input=False), f"path.{name}")


def read_wait(request: Request) -> int:
    """Read how long the caller prefers to wait for the decision (RFC 7240), at most `MAX_WAIT_SECONDS`."""
    match = _WAIT.search(headers_of(request).get("prefer", ""))
    return min(int(match[1]), MAX_WAIT_SECONDS) if match else 0


def read_trace(headers: Mapping[str, str]) -> str | None:
    """Read the caller's W3C trace, so that it continues through the log."""
    stated = headers.get("traceparent", "")
    return stated if _TRACE.fullmatch(stated) else None


def as_object(value: Any) -> Any:
    """Return the value if it is a JSON object; raise `RequestInvalid` otherwise."""
    if isinstance(value, dict):
        return value
    raise RequestInvalid([FieldProblem("", "field.type", "must be a JSON object")])
