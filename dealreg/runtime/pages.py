"""`/` and `/docs`: a start page or the console, and the API to read and try in a browser.

Everything comes from this origin: the assets of Swagger UI are shipped with a package, and no script stands in a page.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.console.app import PREFIX

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_KEPT = "public, max-age=86400"

_STYLE = """body { margin: 0; }
h1, .start { font: 1rem/1.5 system-ui, sans-serif; }
.start { max-width: 42rem; margin: 3rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; font-weight: 700; max-width: 1460px; margin: 1rem auto; padding: 0 20px; }
.start h1 { padding: 0; }
code { background: #eee; padding: 0 .2rem; }
"""
_WELCOME = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>dealreg</title>
<link rel="stylesheet" href="/docs/page.css">
<link rel="icon" href="data:,">
<main class="start">
<h1>dealreg</h1>
<p>Deal registration: channel partners register deals with a vendor, and see what is decided and why.
You talk to it over HTTP, as JSON under <code>/v1</code>, with a key:
<code>Authorization: Bearer dr_&lt;credential id&gt;_&lt;secret&gt;</code>. Whoever runs this makes the first one with
<code>dealreg credential create</code>.</p>
<ul>
<li><a href="/docs">The API</a>, to be read and tried</li>
<li><a href="/openapi.json">The OpenAPI document</a>, for tools</li>
<li><a href="/readyz">Whether it is ready</a>, <a href="/livez">alive</a>, and its <a href="/metrics">metrics</a></li>
</ul>
</main>
"""
_DOCS = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>dealreg: the API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/page.css">
<link rel="icon" href="data:,">
<main>
<h1>The API of dealreg</h1>
<div id="api"></div>
</main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
"""
# Swagger UI's validator is a foreign service, which would learn of every document that is viewed.
_START = """SwaggerUIBundle({url: "/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null});
"""

_HTML, _CSS, _SCRIPT = "text/html; charset=utf-8", "text/css; charset=utf-8", "text/javascript; charset=utf-8"
PAGES: dict[str, tuple[str, str]] = {
    "/": (_HTML, _WELCOME),
    "/docs": (_HTML, _DOCS),
    "/docs/page.css": (_CSS, _STYLE),
    "/docs/start.js": (_SCRIPT, _START),
}
"""Our own pages, by path: media type and text."""
ASSETS: dict[str, str] = {"/docs/swagger-ui.css": _CSS, "/docs/swagger-ui-bundle.js": _SCRIPT}
"""Assets of Swagger UI."""


class Pages:
    """Serve the pages beside the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or (path not in PAGES and path not in ASSETS):
            await self._app(scope, receive, send)
            return
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": _KEPT}
        if path in PAGES:
            kind, text = PAGES[path]
            await Response(text, 200, headers, kind)(scope, receive, send)
        else:
            await Response(_asset(path.rpartition("/")[2]), 200, headers, ASSETS[path])(scope, receive, send)


class WithConsole:
    """Serve the console under its prefix, lead from `/` to it, and leave the rest to the application."""

    def __init__(self, console: ASGIApp, app: ASGIApp) -> None:
        self._console = console
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        app = self._app
        if scope["type"] == "http" and path == "/":
            app = RedirectResponse(PREFIX, 303)
        elif scope["type"] == "http" and (path == PREFIX or path.startswith(f"{PREFIX}/")):
            app = self._console
        await app(scope, receive, send)


@cache
def _asset(name: str) -> bytes:
    return (files("fastapi_offline") / "static" / name).read_bytes()
