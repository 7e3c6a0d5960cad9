"""All services as one HTTP application: requests are routed by method and path, as a proxy would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import ASGIApp, Receive, Scope, Send

from dealreg.runtime.components import Runtime
from dealreg.runtime.methods import Methods
from dealreg.runtime.names import SERVICES, Service
from dealreg.runtime.pages import Pages, WithConsole
from dealreg.runtime.shortcut import Shortcut
from services.attribution.api import create_app as create_attribution
from services.console.api import at, within
from services.console.app import create_app as create_console
from services.projections.api import create_app as create_query
from services.projections.api.app import health as query_health
from services.registration.api.app import create_app as create_registration
from shared.database import open_engine
from shared.errors import Misconfigured
from shared.http.health_routes import health_routes
from shared.http.problem_pages import problem_routes
from shared.http.wire.api_document import finished, operations_of
from shared.http.wire.described import AS_READ
from shared.http.wire.validation import install_problem_handlers
from shared.identity.wiring import Callers, callers_over
from shared.observability import Health, Ready, unanswered
from shared.persons import MasterKey
from shared.release import RELEASE
from shared.settings import variable

_READS = ("GET", "HEAD")
_API = "/v1/"


class OnePort:
    """Blind checks go to attribution, saved views to the query API; other writes to the edge, other reads to the query
    API, the edge's own excepted.

    A request for a service that is not among them is answered as a path that nothing is at.
    """

    def __init__(self, services: Mapping[Service, FastAPI], rest: ASGIApp) -> None:
        self._services = services
        self._rest = rest
        edge, query, attribution = (services.get(one) for one in SERVICES)
        self._kept_at_the_edge = read_nouns(edge) if edge else frozenset()
        self._of_attribution = paths_of(attribution) if attribution else frozenset()
        shared = self._kept_at_the_edge & read_nouns(query) if query else frozenset()
        assert not shared, f"both services answer reads of {shared}"
        self._kept_by_query = written_nouns(query) if query else frozenset()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope)(scope, receive, send)

    def _app(self, scope: Scope) -> ASGIApp:
        if scope["type"] != "http" or not scope["path"].startswith(_API):
            return self._rest
        return self._services.get(self._service(scope["method"], scope["path"]), self._rest)

    def _service(self, method: str, path: str) -> Service:
        if path in self._of_attribution:
            return "attribution"
        if _noun(path) in self._kept_by_query:
            return "query"
        if method in _READS and _noun(path) not in self._kept_at_the_edge:
            return "query"
        return "registration"


@asynccontextmanager
async def applications(
    runtime: Runtime,
    services: Collection[Service] = SERVICES,
    beside: Ready | None = None,
    shortcut: Shortcut | None = None,
) -> AsyncIterator[ASGIApp]:
    """Start the named services over the runtime; the edge uses this process's query API for `Prefer: wait`.

    On one port `/readyz` also includes the health of what runs `beside` them. The shortcut leads to the edge.
    """
    settings, pool = runtime.settings, runtime.pool
    assert settings.database_url is not None
    callers = callers_over(pool, settings)
    async with AsyncExitStack() as stack:
        started: dict[Service, FastAPI] = {}
        if "query" in services:
            engine = open_engine(settings.database_url.get_secret_value(), settings, name="dealreg query")
            stack.push_async_callback(engine.dispose)
            started["query"] = create_query(settings, pool, engine, callers=callers)
        if "attribution" in services:
            started["attribution"] = create_attribution(settings, pool, callers=callers)
        if "registration" in services:
            client = _query_client(settings.query_url, started.get("query"))
            if client is not None:
                await stack.enter_async_context(client)
            started["registration"] = create_registration(settings, pool, runtime.log, client, callers=callers)
        for app in started.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
        if shortcut is not None and "registration" in started:
            shortcut.leads_to(started["registration"])
        if len(started) == 1:
            yield Methods(Pages(next(iter(started.values()))))
        else:
            whole = OnePort(started, _about(started, beside))
            served: ASGIApp = Pages(whole)
            if started.keys() == set(SERVICES):
                served = WithConsole(_console(runtime, callers, within(whole)), served)
            yield Methods(served)


@asynccontextmanager
async def console_alone(runtime: Runtime) -> AsyncIterator[ASGIApp]:
    """Start the console over the API at its address; raise `Misconfigured` if the settings name none."""
    settings, pool = runtime.settings, runtime.pool
    if settings.api_url is None:
        raise Misconfigured(f"set {variable('api_url')} to the address of the API: the console asks it for everything")
    async with at(settings.api_url) as client:

        async def answers() -> None:
            (await client.get("/livez")).raise_for_status()

        async def health() -> Health:
            return await unanswered({"database": lambda: pool.fetchval("SELECT 1"), "API": answers})

        about = FastAPI(title="dealreg console", version=RELEASE, docs_url=None, redoc_url=None, redirect_slashes=False)
        install_problem_handlers(about)
        about.include_router(health_routes(health))
        yield WithConsole(_console(runtime, callers_over(pool, settings), client), about)


def _console(runtime: Runtime, callers: Callers, api: httpx.AsyncClient) -> ASGIApp:
    """The console over the client's API."""
    master = MasterKey(runtime.settings.master_key_bytes())
    return create_console(runtime.pool, master, callers.credentials, api, callers.identity.signing_in)


def _query_client(url: str | None, query: FastAPI | None) -> httpx.AsyncClient | None:
    """Return the edge's client of the query API: in this process, at an address, or none."""
    if query is not None:
        return httpx.AsyncClient(transport=httpx.ASGITransport(query), base_url="http://query")
    return httpx.AsyncClient(base_url=url) if url is not None else None


def _about(services: Mapping[Service, FastAPI], beside: Ready | None) -> FastAPI:
    """Health of all services, and one document that describes them."""
    app = FastAPI(title="dealreg", version=RELEASE, docs_url=None, redoc_url=None, redirect_slashes=False)
    install_problem_handlers(app)

    async def health() -> Health:
        asked = [_health(name, service) for name, service in services.items()]
        return sum(await asyncio.gather(*asked, *([beside()] if beside else [])), Health())

    app.include_router(health_routes(health))
    app.include_router(problem_routes())
    made: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not made:
            made.update(described(services))
        return made

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def described(services: Mapping[Service, FastAPI]) -> dict[str, Any]:
    """Return the OpenAPI document of these services."""
    return _merged("dealreg", *(services[one].openapi() for one in SERVICES if one in services))


async def _health(name: Service, app: FastAPI) -> Health:
    """Return what keeps the service from answering."""
    if name == "query":
        return await query_health(app.state.queries)
    part = app.state.edge if name == "registration" else app.state.checks
    found: Health = await part.health()
    return found


def _merged(title: str, *documents: dict[str, Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {
        "openapi": documents[0]["openapi"],
        "info": {"title": title},
        "paths": {},
        "components": {},
    }
    for document in documents:
        for path, operations in document["paths"].items():
            merged["paths"].setdefault(path, {}).update(operations)
        for kind, named in document.get("components", {}).items():
            merged["components"].setdefault(kind, {}).update(named)
    _fill_in_what_is_read(merged)
    return finished(merged)


def _fill_in_what_is_read(document: dict[str, Any]) -> None:
    """What a write answers with after waiting has the schema and the example of the read that it stands for."""
    answers = {one["operationId"]: one["responses"].get("200") for one in operations_of(document)}
    for operation in operations_of(document):
        answer = operation["responses"].get("200", {})
        if (read := answers.get(answer.pop(AS_READ, ""))) is None:
            continue
        [(kind, content)] = read["content"].items()
        name = content["schema"]["$ref"].rpartition("/")[2]
        example = document["components"]["schemas"][name].get("example")
        # Where a write can also only check, what the check answers is the first of two forms.
        others = [one for (own,) in [answer["content"].values()] for one in own["schema"].get("anyOf", ())[:-1]]
        schema = {"anyOf": [*others, content["schema"]]} if others else content["schema"]
        answer["content"] = {kind: {**content, "schema": schema, **({"example": example} if example else {})}}
        answer["headers"] = {**answer["headers"], "ETag": read["headers"]["ETag"]}


def read_nouns(app: FastAPI) -> frozenset[str]:
    """Return the first path segments after the version that have a GET."""
    return frozenset(_noun(path) for path, methods in _routes(app) if "GET" in methods)


def written_nouns(app: FastAPI) -> frozenset[str]:
    """Return the first path segments after the version that have another method than a GET."""
    return frozenset(_noun(path) for path, methods in _routes(app) if set(methods) - set(_READS))


def paths_of(app: FastAPI) -> frozenset[str]:
    """Return the service's paths under the version, none of which has a parameter."""
    found = frozenset(path for path, _ in _routes(app))
    assert not any("{" in path for path in found), f"a path of {app.title} has a parameter"
    return found


def _routes(app: FastAPI) -> Iterator[tuple[str, Collection[str]]]:
    # Not from the OpenAPI document: building two takes half a second at every start.
    for route in iter_route_contexts(app.routes):
        if isinstance(route.path, str) and route.path.startswith(_API):
            yield route.path, route.methods or ()


def _noun(path: str) -> str:
    return path.removeprefix(_API).partition("/")[0]
