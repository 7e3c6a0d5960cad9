"""405 names every method of a path, whichever service has them; HEAD works wherever GET does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from dealreg.runtime.methods import Methods
from services.attribution.api.app import ROUTERS as ATTRIBUTION
from services.projections.api.app import ROUTERS as QUERY
from services.registration.api.app import ROUTERS as REGISTRATION

EVERY = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")


def routes() -> Iterator[tuple[str, set[str]]]:
    for router in (*REGISTRATION, *QUERY, *ATTRIBUTION):
        for route in iter_route_contexts(router.routes):
            yield str(route.path), set(route.methods or ())


def application() -> FastAPI:
    app = FastAPI()

    @app.api_route("/{path:path}", methods=list(EVERY))
    async def reached(path: str) -> dict[str, str]:
        return {"reached": path}

    return app


async def answered(method: str, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(Methods(application()))
    async with httpx.AsyncClient(transport=transport, base_url="http://dealreg") as client:
        return await client.request(method, path)


@pytest.mark.parametrize("path, methods", [(path, methods) for path, methods in routes()])
async def test_each_path_says_what_it_has(path: str, methods: set[str]) -> None:
    at = path.replace("{", "").replace("}", "")
    refusal = await answered("PROPFIND", at)
    assert (refusal.status_code, refusal.headers["content-type"]) == (405, "application/problem+json")
    allowed = set(refusal.headers["allow"].split(", "))
    assert methods <= allowed
    assert ("HEAD" in allowed) == ("GET" in allowed)
    for method in EVERY:
        assert ((await answered(method, at)).status_code == 405) == (method not in allowed), method


@pytest.mark.parametrize(
    "method, path, allow",
    [
        ("DELETE", "/v1/pipeline", "GET, HEAD"),
        ("PUT", "/v1/registrations/x", "GET, HEAD, PATCH"),
        ("GET", "/v1/registrations/check", "POST"),
        ("DELETE", "/v1/partners/x", "GET, HEAD, PATCH"),
        ("POST", "/livez", "GET, HEAD"),
    ],
)
async def test_methods_of_several_services_are_told_at_once(method: str, path: str, allow: str) -> None:
    assert (await answered(method, path)).headers["allow"] == allow


async def test_head_is_get_without_the_body() -> None:
    got, head = await answered("GET", "/v1/pipeline"), await answered("HEAD", "/v1/pipeline")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"] == str(len(got.content))


async def test_the_application_sends_no_body_to_head_whatever_the_server_drops() -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "HEAD", "path": "/v1/pipeline", "query_string": b"", "headers": []}
    await Methods(application())(scope, receive, send)
    assert [one["type"] for one in sent] == ["http.response.start", "http.response.body"]
    assert sent[1]["body"] == b""


async def test_what_is_nowhere_is_left_to_the_application() -> None:
    for path in ("/v1/nothing", "/v1/registrations/a/b/c", "/v1/pipeline/", "/v1//pipeline"):
        assert (await answered("DELETE", path)).status_code == 200, path
