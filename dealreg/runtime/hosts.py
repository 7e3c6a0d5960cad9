"""Which names the service answers under: a request that was meant for another host is sent away."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http.echo import echoed
from shared.http.problem_responses import answered, instance_of
from shared.http.problems import document

_PORT = re.compile(r":[0-9]*\Z")
BY_ADDRESS = ("/livez", "/readyz", "/metrics")
"""Probes and collectors ask a process by its address, whatever name the service has."""


class Names:
    """The allowed names, as the setting lists them."""

    def __init__(self, allowed: str) -> None:
        names = [one.strip().lower() for one in allowed.split(",") if one.strip()]
        self._names = frozenset(names)
        self._below = tuple(one[1:] for one in names if one.startswith("*."))

    def __contains__(self, host: str) -> bool:
        name = name_of(host)
        return name in self._names or name.endswith(self._below)


class Hosts:
    """The application, asked only under the names that are allowed; a name `*.example` stands for all below it."""

    def __init__(self, app: ASGIApp, allowed: str) -> None:
        self._app = app
        self._names = Names(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in BY_ADDRESS:
            await self._app(scope, receive, send)
            return
        host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
        if host in self._names:
            await self._app(scope, receive, send)
            return
        detail = f"nothing is served under the name {echoed(host)}; ask the host that you were given"
        request = Request(scope)
        body = document(status=421, code="http.host_unknown", detail=detail, instance=instance_of(request))
        await answered(request, body)(scope, receive, send)


def name_of(host: str) -> str:
    """The name or address in a `Host` header, without its port and the dot of the root."""
    return _PORT.sub("", host.strip().lower()).removesuffix(".")
