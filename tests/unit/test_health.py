"""Health: alive is not ready, and not ready says what is missing."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio
from fastapi import FastAPI
from prometheus_client import Counter

from shared.observability import health_routes, registry

MISSING: list[str] = []
SEEN = Counter("dealreg_test_seen", "Counted by a test.", registry=registry)


async def missing() -> list[str]:
    return MISSING


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(health_routes(missing))
    MISSING.clear()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://dealreg") as client:
        yield client


async def test_ready_when_nothing_is_missing(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "missing": []})


async def test_not_ready_names_everything_missing_and_stays_alive(client: httpx.AsyncClient) -> None:
    MISSING.extend(["database", "log"])
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert answer.json()["missing"] == ["database", "log"]
    assert (await client.get("/livez")).status_code == 200


async def test_metrics_show_what_modules_declared(client: httpx.AsyncClient) -> None:
    SEEN.inc()
    answer = await client.get("/metrics")
    assert "dealreg_test_seen_total 1.0" in answer.text
    assert answer.headers["content-type"].startswith("text/plain")
