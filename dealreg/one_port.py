"""The HTTP side of the services as one application: a request goes by method and path, as a proxy would send it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Literal, get_args

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import ASGIApp, Receive, Scope, Send

from dealreg.parts import Ground
from services.projections.api import create_app as create_query
from services.projections.api.app import missing as query_missing
from services.registration.api import create_app as create_registration
from shared.credentials import Credentials, RateLimit
from shared.database import open_engine
from shared.observability import health_routes
from shared.problems import install_problem_handlers
from shared.release import RELEASE

Service = Literal["registration", "query"]
SERVICES: tuple[Service, ...] = get_args(Service)
_READS = ("GET", "HEAD")
_API = "/v1/"


class OnePort:
    """Writes go to the edge, reads to the query API, except reads of what the edge itself keeps."""

    def __init__(self, registration: FastAPI, query: FastAPI, rest: ASGIApp) -> None:
        self._registration = registration
        self._query = query
        self._rest = rest
        self._kept_at_the_edge = read_nouns(registration)
        shared = self._kept_at_the_edge & read_nouns(query)
        assert not shared, f"both services answer reads of {shared}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope)(scope, receive, send)

    def _app(self, scope: Scope) -> ASGIApp:
        if scope["type"] != "http" or not scope["path"].startswith(_API):
            return self._rest
        if scope["method"] in _READS and _noun(scope["path"]) not in self._kept_at_the_edge:
            return self._query
        return self._registration


@asynccontextmanager
async def applications(ground: Ground, services: Collection[Service] = SERVICES) -> AsyncIterator[ASGIApp]:
    """The named services over the ground, started; with both, `Prefer: wait` asks the other in this process."""
    settings, pool = ground.settings, ground.pool
    assert settings.database_url is not None
    shared: dict[str, Any] = {
        "credentials": Credentials(pool, settings.credential_cache_seconds),
        "rate": RateLimit(settings.rate_per_credential),
    }
    async with AsyncExitStack() as stack:
        query = registration = None
        if "query" in services:
            engine = open_engine(settings.database_url.get_secret_value(), settings, name="dealreg query")
            stack.push_async_callback(engine.dispose)
            query = create_query(settings, pool, engine, **shared)
            await stack.enter_async_context(query.router.lifespan_context(query))
        if "registration" in services:
            client = _query_client(settings.query_url, query)
            if client is not None:
                await stack.enter_async_context(client)
            registration = create_registration(settings, pool, ground.log, client, **shared)
            await stack.enter_async_context(registration.router.lifespan_context(registration))
        if registration is None or query is None:
            alone = registration or query
            assert alone is not None
            yield alone
        else:
            yield OnePort(registration, query, _about(ground, registration, query))


def _query_client(url: str | None, query: FastAPI | None) -> httpx.AsyncClient | None:
    """How the edge asks what was decided: in this process, at an address, or not at all."""
    if query is not None:
        return httpx.AsyncClient(transport=httpx.ASGITransport(query), base_url="http://query")
    return httpx.AsyncClient(base_url=url) if url is not None else None


def _about(ground: Ground, registration: FastAPI, query: FastAPI) -> FastAPI:
    """Health of both, and one document that describes both."""
    app = FastAPI(title="dealreg", version=RELEASE, redoc_url=None)
    install_problem_handlers(app)

    async def missing() -> list[str]:
        phrases = [*await registration.state.edge.missing(), *await query_missing(query.state.queries)]
        return list(dict.fromkeys(phrases))

    app.include_router(health_routes(missing))
    described: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not described:
            described.update(_merged(app, registration.openapi(), query.openapi()))
        return described

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def _merged(app: FastAPI, *documents: dict[str, Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {
        "openapi": documents[0]["openapi"],
        "info": {"title": app.title, "version": app.version},
        "paths": {},
        "components": {},
    }
    for document in documents:
        for path, operations in document["paths"].items():
            merged["paths"].setdefault(path, {}).update(operations)
        for kind, named in document.get("components", {}).items():
            merged["components"].setdefault(kind, {}).update(named)
    return merged


def read_nouns(app: FastAPI) -> frozenset[str]:
    """What may be read there: the first word after the version in each path with a GET."""
    # Not from the OpenAPI document: making two takes half a second of every start.
    routes = iter_route_contexts(app.routes)
    paths = {route.path for route in routes if "GET" in (route.methods or ()) and isinstance(route.path, str)}
    return frozenset(_noun(path) for path in paths if path.startswith(_API))


def _noun(path: str) -> str:
    return path.removeprefix(_API).partition("/")[0]
