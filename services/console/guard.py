"""What no page is reached without: a safe transport, writes from our own pages, a policy that runs nothing foreign."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "dealreg-session"
ATTEMPT_COOKIE = "dealreg-attempt"
PROVIDER_COOKIE = "dealreg-provider"
_OVER_TLS = "__Host-"
"""Browsers take this name only with `Secure`, for this very host and its whole path."""
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""No script at all: every page reads and writes without one."""
SCRIPTED = f"{POLICY}; script-src 'self'; connect-src 'self'"
"""Of the pages that one of our own scripts helps with; they say so themselves."""
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    # Under no-referrer a browser says `Origin: null` of our own forms.
    "Referrer-Policy": "same-origin",
}
_SAFE = ("GET", "HEAD")
_LOOPBACK = re.compile(r"(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d{1,5})?")


class Guard:
    """Refuses plain http from anywhere but this machine, and writes from anywhere but our own pages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = _refusal(scope)
        app = self._app if refusal is None else PlainTextResponse(refusal, 403)
        await app(scope, receive, sent)


def is_secure(scope: Scope) -> bool:
    """Whether the request came over TLS, to us or to a trusted proxy."""
    return str(scope.get("scheme")) == "https"


def cookie_name(scope: Scope) -> str:
    """The session's cookie: with the prefix wherever TLS is, without it on loopback alone."""
    return _named(scope, COOKIE)


def attempt_cookie(scope: Scope) -> str:
    """What binds a sign-in under way to the browser that began it."""
    return _named(scope, ATTEMPT_COOKIE)


def provider_cookie(scope: Scope) -> str:
    """By which provider somebody signed in last here."""
    return _named(scope, PROVIDER_COOKIE)


def _named(scope: Scope, name: str) -> str:
    return _OVER_TLS + name if is_secure(scope) else name


def _refusal(scope: Scope) -> str | None:
    headers = Headers(scope=scope)
    host = headers.get("host", "").lower()
    if not is_secure(scope) and not _LOOPBACK.fullmatch(host):
        return (
            "The console is shown over https, or over plain http on this machine alone. Behind a proxy with TLS, name "
            "the proxy in DEALREG_TRUSTED_PROXIES and let it send X-Forwarded-Proto and the Host it was asked for.\n"
        )
    if scope["method"] in _SAFE:
        return None
    # Each browser of the last years sends both with a form; where one is missing the other decides.
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    own = f"{'https' if is_secure(scope) else 'http'}://{host}"
    if (site is None and origin is None) or site not in (None, "same-origin") or origin not in (None, own):
        return "This was sent by a page that is not of the console, so nothing was done.\n"
    return None
