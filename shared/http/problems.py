"""Problem documents (RFC 9457): one shape for every refusal, all errors of a request at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast
from urllib.parse import quote

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from shared.errors import DealregError, FieldProblem
from shared.http.echo import echoed
from shared.http.problem_codes import FIELD_CODES
from shared.messages import DEFAULT, Language, language, negotiated
from shared.observability import get_logger, request_id

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2
"""Retry-After of a 503 when nothing better is known: longer than a restart."""
CLIENT_GONE = 499
"""Not an HTTP status: what proxies log for a client that did not wait."""
MAX_FIELD_PROBLEMS = 100
"""At most so many problems of one body are listed."""
MAX_FIELD = 300
"""Characters of a field's path. Our longest has about sixty; a hostile one may be a whole body."""
MAX_MESSAGE = 2_000
"""Characters of a message: enough for place and reason in a policy."""
MAX_INSTANCE = 500
"""Characters of the request's path; a request line may have thousands."""

VARY = "Accept, Accept-Language"
"""Problems come in the language that was asked for."""

_ISOLATES = re.compile("([\u2067\u2068\u2069])")
_POP = "\u2069"
_log = get_logger(__name__)


class FieldProblemDocument(BaseModel):
    """One thing wrong with one field."""

    field: str = Field(description="Dotted path of the field. Empty for the whole request; `header.…` for a header.")
    code: str = Field(description="Stable code. The documentation lists all codes.")
    message: str = Field(description="What is wrong and what to do about it.")
    line: int | None = Field(None, description="Its line in a policy's text, from 1. Absent elsewhere.")
    column: int | None = Field(None, description="Its column in that line, from 1.")


class ProblemDocument(BaseModel):
    """RFC 9457 problem details, with a stable `code` and every error of the request."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "/problems/field.invalid",
                "title": "The request has invalid fields",
                "status": 422,
                "detail": "1 problem in the request; first: amount: EUR has 2 decimals; the amount has 3",
                "instance": "/v1/registrations",
                "code": "request.invalid",
                "errors": [
                    {
                        "field": "amount",
                        "code": "money.decimals",
                        "message": "EUR has 2 decimals; the amount has 3",
                    }
                ],
            }
        }
    )

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[FieldProblemDocument] = []
    request_id: str | None = Field(None, description="The `X-Request-ID` of the response, to find it in the logs.")


class RequestInvalid(DealregError):
    """The request cannot be accepted as it stands; every problem is listed."""

    code: ClassVar[str] = "request.invalid"
    status: ClassVar[int] = 422

    def __init__(self, problems: Sequence[FieldProblem], count: int = 0) -> None:
        first = f"{problems[0].field}: {problems[0].message}" if problems[0].field else problems[0].message
        self.count = count or len(problems)
        detail = f"{self.count} problem{'s' * (self.count != 1)}"
        # Problems that are not reported are not kept: a thousand bad bulk rows would hold a gigabyte.
        super().__init__(f"{detail} in the request; first: {first}", problems[:MAX_FIELD_PROBLEMS])


class TooMany(DealregError):
    """The caller exceeded a rate limit; it can continue after `retry_after_seconds`."""

    code: ClassVar[str] = "rate.exceeded"
    status: ClassVar[int] = 429
    retry_after_seconds: int = 1


def document(
    *, status: int, code: str, detail: str, instance: str, errors: Sequence[FieldProblem] = ()
) -> dict[str, Any]:
    """Build the body of a problem, for a response or a row of a bulk response.

    Whatever of it was foreign is safe to send: no text that a caller chose can keep it from being written.
    """
    return {
        "type": f"/problems/{code}",
        "title": title_of(code),
        "status": status,
        "detail": sendable(detail),
        "instance": echoed(instance, MAX_INSTANCE),
        "code": code,
        "errors": [_field(one) for one in errors[:MAX_FIELD_PROBLEMS]],
    }


def _field(one: FieldProblem) -> dict[str, Any]:
    told = {"field": echoed(one.field, MAX_FIELD), "code": one.code, "message": sendable(one.message)}
    return told if one.line is None else {**told, "line": one.line, "column": one.column}


def sendable(text: str) -> str:
    """Make a sentence safe to send: what is foreign in it is escaped where it cannot be printed.

    The marks by which the catalogue isolates names in right-to-left sentences stay, unless one of them has no end: then
    somebody else has sent it.
    """
    open_marks = 0
    for mark in _ISOLATES.findall(text):
        open_marks += -1 if mark == _POP else 1
        if open_marks < 0:
            break
    if open_marks or len(text) > MAX_MESSAGE:
        return echoed(text, MAX_MESSAGE)
    return "".join(part if _ISOLATES.fullmatch(part) else echoed(part, MAX_MESSAGE) for part in _ISOLATES.split(text))


def title_of(code: str) -> str:
    """Return the title of the code; a code without one is titled by its own words."""
    return sentence(code) or code.replace(".", " ").replace("_", " ").capitalize()


def sentence(code: str, said: Language | None = None) -> str | None:
    """Return what the catalogue says of the code, in the default language unless told otherwise; None for nothing."""
    said = said or language()
    return said.say(f"problem.{code}") if said.has(f"problem.{code}") else None


def translated(code: str, message: str, said: Language) -> str:
    """Return what is wrong in that language: our English message, or the catalogue's sentence of the code."""
    return message if said.tag == DEFAULT else sentence(code, said) or message


def in_language(body: dict[str, Any], said: Language, told: str | None = None) -> dict[str, Any]:
    """Return the problem in the reader's language: the sentences of its codes in place of our English details.

    `told` is the language that detail and errors are in already. What the catalogue has no sentence for, such as the
    place of a mistake in a policy, stays as it is.
    """
    if said.tag == DEFAULT:
        return body
    title = sentence(body["code"], said) or body["title"]
    if told == said.tag:
        return {**body, "title": title}
    errors = [{**one, "message": translated(one["code"], one["message"], said)} for one in body["errors"]]
    return {**body, "title": title, "detail": translated(body["code"], body["detail"], said), "errors": errors}


def document_of(error: DealregError, instance: str) -> dict[str, Any]:
    """Build the problem document of one of our errors."""
    return document(status=error.status, code=error.code, detail=error.detail, instance=instance, errors=error.problems)


def problem(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Return the response with a problem document. Its `request_id` finds the request's log lines."""
    identity = request_id()
    if identity is not None:
        body = {**body, "request_id": identity}
    spoken = {"Content-Language": DEFAULT, "Vary": VARY}
    return Response(orjson.dumps(body), body["status"], {**spoken, **(headers or {})}, MEDIA_TYPE)


def field_problems(errors: Sequence[Any], prefix: str = "") -> list[FieldProblem]:
    """Convert pydantic's errors to field problems: dotted paths, stable codes."""
    if any(error["type"] == "too_short" for error in errors):
        # Pydantic also calls a list with refused items too short, which misleads.
        above = {error["loc"][:depth] for error in errors for depth in range(len(error["loc"]))}
        errors = [error for error in errors if error["type"] != "too_short" or error["loc"] not in above]
    return [_field_problem(error, prefix) for error in errors]


def _field_problem(error: Any, prefix: str) -> FieldProblem:
    kind: str = error["type"]
    # Our refusals have their own code; pydantic's kinds are mapped to stable codes.
    code = kind if "." in kind else FIELD_CODES.get(kind, "field.invalid")
    parts = [prefix] if prefix else []
    parts += [str(part) for part in error["loc"] if part != "[key]"]
    messages = {"field.missing": "is required", "field.unknown": "is not a field of this request"}
    return FieldProblem(".".join(parts), code, messages.get(code) or str(error["msg"]))


def install_problem_handlers(app: FastAPI) -> None:
    """Turn every error that leaves the application into a problem document."""
    app.add_exception_handler(DealregError, _on_ours)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(ClientDisconnect, _on_gone)
    app.add_exception_handler(Exception, _on_bug)


def instance_of(request: Request) -> str:
    """Return the request's path in URI form."""
    return quote(request.url.path, safe="/:@!$&'()*+,;=~", errors="replace")


def _route(request: Request) -> str:
    """Return the path template for logs, because its parameters are foreign text."""
    direct = request.scope.get("dealreg.route")
    return str(direct or getattr(request.scope.get("route"), "path", "unknown"))


async def problem_of(request: Request, error: Exception) -> Response:
    """Return the response for an error of an endpoint that validates by itself."""
    return await (_on_ours if isinstance(error, DealregError) else _on_bug)(request, error)


def retry_headers(error: DealregError) -> dict[str, str]:
    """Return a `Retry-After` header if a retry can help."""
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.retry_after_seconds)}
    return {"Retry-After": str(RETRY_AFTER_SECONDS)} if error.status == 503 else {}


async def _on_ours(request: Request, error: Exception) -> Response:
    error = cast(DealregError, error)
    headers = retry_headers(error)
    if error.code == "body.encoding":
        headers["Accept-Encoding"] = "identity"
    if error.status == 406:
        headers["Vary"] = "Accept"
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="dealreg"'
    if error.status == 500:
        _log.error("request failed", route=_route(request), code=error.code, detail=error.detail)
    elif error.status == 503:
        _log.warning("request refused", route=_route(request), code=error.code, detail=error.detail)
    headers.update(getattr(request.state, "answer_headers", {}))
    return answered(request, document_of(error, instance_of(request)), headers, error.language)


async def _on_validation(request: Request, error: Exception) -> Response:
    error = cast(RequestValidationError, error)
    found = []
    for one in error.errors():
        where, *path = one["loc"] or ("body",)
        # A query parameter keeps its name; only headers get the prefix `header.`.
        loc = (f"{where}.{path[0]}", *path[1:]) if where == "header" and path else tuple(path)
        found.append({**one, "loc": loc})
    refused = RequestInvalid(field_problems(found))
    body = document_of(refused, instance_of(request))
    return answered(request, body, getattr(request.state, "answer_headers", None))


async def _on_http(request: Request, error: Exception) -> Response:
    error = cast(HTTPException, error)
    codes = {404: "path.unknown", 405: "method.not_allowed"}
    code = codes.get(error.status_code, f"http.{error.status_code}")
    details = {"path.unknown": f"nothing is at {echoed(instance_of(request), MAX_INSTANCE)}"}
    body = document(
        status=error.status_code,
        code=code,
        detail=details.get(code, str(error.detail)),
        instance=instance_of(request),
    )
    return answered(request, body, error.headers)


async def _on_gone(request: Request, error: Exception) -> Response:
    # The client has gone: not our fault, and nobody reads a response.
    return Response(status_code=CLIENT_GONE)


async def _on_bug(request: Request, error: Exception) -> Response:
    _log.error("request failed", route=_route(request), error=type(error).__name__, exc_info=error)
    body = document(
        status=500,
        code="internal",
        detail="internal error; retry with the same Idempotency-Key",
        instance=instance_of(request),
    )
    return answered(request, body)


def answered(
    request: Request, body: dict[str, Any], headers: Mapping[str, str] | None = None, told: str | None = None
) -> Response:
    """Return the problem in the language that the request likes best."""
    said = language(negotiated(request.headers.get("accept-language")))
    spoken = {"Content-Language": said.tag, "Vary": VARY}
    return problem(in_language(body, said, told), {**(headers or {}), **spoken})
