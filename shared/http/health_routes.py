"""`/livez`, `/readyz` and `/metrics`, the same on every service: beside an API, or alone.

FastAPI documents them in an API. Alone they do without it, since loading it is a third of a worker's start.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.http.problem_responses import install_error_handlers
from shared.observability import Readiness, Ready, readiness
from shared.observability.metrics import METRICS_TYPE, exposition

if TYPE_CHECKING:
    from fastapi import APIRouter

RETRY_AFTER_SECONDS = 1
"""What a process that is not ready asks of who asks it: it may be ready soon, and the question is cheap."""
_JSON = "application/json"


class Alive(BaseModel):
    """The process is running."""

    status: str = "alive"


def health_app(ready: Ready, also: Sequence[Route] = ()) -> Starlette:
    """An application of the three routes, and of those that it has `also`; `ready` is asked at each `/readyz`."""
    health = [Route(path, endpoint) for path, endpoint in _endpoints(ready).items()]
    app = Starlette(routes=[*health, *also])
    app.router.redirect_slashes = False
    install_error_handlers(app)
    return app


def health_routes(ready: Ready) -> APIRouter:
    """The three routes for an API, with their documentation; `ready` is asked at each `/readyz`."""
    from fastapi import APIRouter

    router, endpoints = APIRouter(tags=["health"]), _endpoints(ready)
    unready = {"model": Readiness, "description": "Not ready. `missing` says why."}
    router.get("/livez", summary="The process runs", response_model=Alive)(endpoints["/livez"])
    router.get(
        "/readyz", summary="Requests can be served", response_model=Readiness, responses={503: unready}
    )(endpoints["/readyz"])  # fmt: skip
    router.get("/metrics", include_in_schema=False)(endpoints["/metrics"])
    return router


def _endpoints(ready: Ready) -> Mapping[str, Callable[[Request], Awaitable[Response]]]:
    async def livez(request: Request) -> Response:
        return Response(Alive().model_dump_json(), media_type=_JSON)

    async def readyz(request: Request) -> Response:
        health = await ready()
        status, headers = (503, {"Retry-After": str(RETRY_AFTER_SECONDS)}) if health.missing else (200, None)
        return Response(readiness(health).model_dump_json(), status, headers, _JSON)

    async def metrics(request: Request) -> Response:
        return Response(exposition(), media_type=METRICS_TYPE)

    return {"/livez": livez, "/readyz": readyz, "/metrics": metrics}
