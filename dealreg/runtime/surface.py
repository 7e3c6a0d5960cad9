"""Add to every response: a request id, security headers, and CORS if it is set."""

from __future__ import annotations

import re
import secrets
from itertools import count

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dealreg.runtime.hosts import Hosts
from shared.observability import bind_context
from shared.settings import Settings

REQUEST_ID = b"x-request-id"
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,100}")
"""A caller's request id: short, and nothing that a log or a header must escape."""
_OWN = secrets.token_hex(10)
"""Of this process. With a number behind it each request has its own id, without asking the system for chance."""
_NUMBERS = count()
PREFLIGHT_SECONDS = 600
"""How long a browser may cache CORS rules; a changed setting takes effect after that."""

_Headers = tuple[tuple[bytes, bytes], ...]
SECURITY: _Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""Headers of every response; with TLS there is one more."""
UNLESS_SAID: _Headers = (
    # A response is data, never a page that runs scripts or is framed.
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    # Whatever names no rule of its own may hold a secret, and is of one moment at most.
    (b"cache-control", b"no-store"),
    # A page with forms says same-origin: where nothing is sent, browsers say that its writes come from nowhere.
    (b"referrer-policy", b"no-referrer"),
)
"""Headers of every response without its own."""


def always(hsts_seconds: int) -> _Headers:
    """Return the headers of every response."""
    if not hsts_seconds:
        return SECURITY
    return (*SECURITY, (b"strict-transport-security", b"max-age=%d" % hsts_seconds))


def request_identity(given: bytes) -> str:
    """Return the caller's id of a request, or one of our own where that is none."""
    return given.decode() if _REQUEST_ID.fullmatch(given) else f"{_OWN}{next(_NUMBERS):012x}"


def surfaced(app: ASGIApp, settings: Settings) -> ASGIApp:
    """The served application."""
    if settings.allowed_hosts:
        app = Hosts(app, settings.allowed_hosts)
    origins = [one.strip() for one in settings.cors_origins.split(",") if one.strip()]
    if origins:
        app = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=[
                "Authorization", "Content-Type", "Dealreg-Recorded-At", "Idempotency-Key", "If-Match", "If-None-Match",
                "Prefer", "Traceparent", "X-Request-ID",
            ],
            expose_headers=[
                "Dealreg-Position", "Dealreg-Rows", "Dealreg-Totals", "ETag", "Link", "Location", "Preference-Applied",
                "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID",
            ],
            max_age=PREFLIGHT_SECONDS,
        )  # fmt: skip
    return Surface(app, settings.hsts_seconds)


class Surface:
    """Wrap the application, so that every response has these headers."""

    def __init__(self, app: ASGIApp, hsts_seconds: int = 0) -> None:
        self._app = app
        self._always = always(hsts_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == REQUEST_ID), b"")
        identity = request_identity(given)
        bind_context(request_id=identity)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                missing = [one for one in UNLESS_SAID if one[0] not in said]
                message["headers"] = [*message["headers"], *self._always, *missing, (REQUEST_ID, identity.encode())]
            await send(message)

        await self._app(scope, receive, sent)
