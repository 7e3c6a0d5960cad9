"""`/livez`, `/readyz` and `/metrics`, the same on every service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Response, status
from pydantic import BaseModel

from shared.observability.metrics import METRICS_TYPE, exposition

Ready = Callable[[], Awaitable[list[str]]]
"""Answers what is missing, one phrase each; nothing when requests can be served."""


class Alive(BaseModel):
    """The process answers."""

    status: str = "alive"


class Readiness(BaseModel):
    """Whether requests can be served, and what is missing if not."""

    status: str
    missing: list[str]


def health_routes(ready: Ready) -> APIRouter:
    """The three routes; `ready` is asked at each `/readyz`, so it must be bounded in time by its author."""
    router = APIRouter(tags=["health"])

    @router.get("/livez", summary="The process runs")
    async def livez() -> Alive:
        return Alive()

    @router.get(
        "/readyz",
        summary="Requests can be served",
        responses={status.HTTP_503_SERVICE_UNAVAILABLE: {"model": Readiness, "description": "Not yet."}},
    )
    async def readyz(response: Response) -> Readiness:
        missing = await ready()
        if missing:
            response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
            response.headers["Retry-After"] = "1"
        return Readiness(status="not ready" if missing else "ready", missing=missing)

    @router.get("/metrics", summary="Prometheus metrics", response_class=Response, include_in_schema=False)
    async def metrics() -> Response:
        return Response(exposition(), media_type=METRICS_TYPE)

    return router
