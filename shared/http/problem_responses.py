"""Responses with a problem document, and the handlers that turn every error of an application into one.

The catalogue of messages is loaded with the first of them: a worker answers about its health alone, and has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from shared.errors import DealregError
from shared.http.echo import echoed
from shared.http.problems import MAX_INSTANCE, MEDIA_TYPE, VARY, document, document_of, in_language, retry_headers
from shared.observability import get_logger, request_id

CLIENT_GONE = 499
"""Not an HTTP status: what proxies log for a client that did not wait."""

_log = get_logger(__name__)


def problem(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Return the response with a problem document. Its `request_id` finds the request's log lines."""
    identity = request_id()
    if identity is not None:
        body = {**body, "request_id": identity}
    from shared.messages import DEFAULT

    spoken = {"Content-Language": DEFAULT, "Vary": VARY}
    return Response(orjson.dumps(body), body["status"], {**spoken, **(headers or {})}, MEDIA_TYPE)


def install_error_handlers(app: Starlette) -> None:
    """Turn every error that leaves the application into a problem document; FastAPI's own needs `wire.validation`."""
    app.add_exception_handler(DealregError, _on_ours)
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
    from shared.messages import language, negotiated

    said = language(negotiated(request.headers.get("accept-language")))
    spoken = {"Content-Language": said.tag, "Vary": VARY}
    return problem(in_language(body, said, told), {**(headers or {}), **spoken})
