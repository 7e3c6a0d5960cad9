"""Methods of each path across the services: 405 names them all, and HEAD works wherever GET does.

A process that serves one service knows the others' paths too: a proxy sends it requests that only another one could
answer, and `Allow` is true of the path, not of the process.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dealreg.runtime.pages import ASSETS, PAGES
from services.attribution.api.app import ROUTERS as ATTRIBUTION
from services.projections.api.app import ROUTERS as QUERY
from services.registration.api.app import ROUTERS as REGISTRATION
from shared.http.problem_responses import answered, instance_of
from shared.http.problems import document

ABOUT = ("/livez", "/readyz", "/metrics", "/openapi.json", *PAGES, *ASSETS)
"""Paths beside the API, which only have GET."""
_PARAMETER = re.compile(r"\{[^}]*\}")


class Methods:
    """Passes only requests with a method that the path has."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._plain, self._patterns = _table((*REGISTRATION, *QUERY, *ATTRIBUTION))

    def of(self, path: str) -> frozenset[str]:
        """Return the methods of a path, HEAD included; none if the path is unknown."""
        if (found := self._plain.get(path)) is not None:
            return found
        for pattern, methods in self._patterns.get(path.count("/"), ()):
            if pattern.fullmatch(path):
                return methods
        return frozenset()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method, allowed = scope["method"], self.of(scope["path"])
        if allowed and method not in allowed:
            named = ", ".join(sorted(allowed))
            request, content = Request(scope), f"this path has {named}"
            body = document(status=405, code="method.not_allowed", detail=content, instance=instance_of(request))
            await answered(request, body, {"Allow": named})(scope, receive, send)
        elif method == "HEAD":
            await self._app({**scope, "method": "GET"}, receive, _without_body(send))
        else:
            await self._app(scope, receive, send)


def _table(
    routers: Iterable[APIRouter],
) -> tuple[dict[str, frozenset[str]], dict[int, list[tuple[re.Pattern[str], frozenset[str]]]]]:
    """Return methods by path, and by pattern for paths with parameters, grouped by number of slashes."""
    found: dict[str, set[str]] = {path: {"GET"} for path in ABOUT}
    for router in routers:
        for route in iter_route_contexts(router.routes):
            # Two services name the parameters of one path differently.
            path = _PARAMETER.sub("{}", str(route.path))
            found.setdefault(path, set()).update(route.methods or ())
    plain: dict[str, frozenset[str]] = {}
    patterns: dict[int, list[tuple[re.Pattern[str], frozenset[str]]]] = {}
    for path, methods in found.items():
        whole = frozenset(methods | ({"HEAD"} if "GET" in methods else set()))
        if "{}" in path:
            pattern = re.compile("[^/]+".join(map(re.escape, path.split("{}"))))
            patterns.setdefault(path.count("/"), []).append((pattern, whole))
        else:
            plain[path] = whole
    return plain, patterns


def _without_body(send: Send) -> Send:
    """Send the headers of the GET response."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return sent
