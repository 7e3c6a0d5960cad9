"""Health: alive is not ready, not ready says what is missing, and degraded what stands still while the rest goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from prometheus_client import Counter

from dealreg.runtime.overseer import as_part
from shared.http.health_routes import health_routes
from shared.observability import Health, health, health_of, readiness, registry, unanswered

HEALTH: list[Health] = []
SEEN = Counter("dealreg_test_seen", "Counted by a test.", registry=registry)


async def ready() -> Health:
    return sum(HEALTH, Health())


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(health_routes(ready))
    HEALTH.clear()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://dealreg") as client:
        yield client


async def test_ready_when_nothing_is_missing(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "missing": [], "degraded": []})


async def test_not_ready_names_everything_missing_and_stays_alive(client: httpx.AsyncClient) -> None:
    HEALTH.extend([Health(("database", "log")), Health(("log",), ("view pipeline halted",))])
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert answer.json() == {
        "status": "not ready",
        "missing": ["database", "log"],
        "degraded": ["view pipeline halted"],
    }
    assert (await client.get("/livez")).status_code == 200


async def test_a_part_that_stands_still_is_named_and_takes_nothing_out_of_service(client: httpx.AsyncClient) -> None:
    HEALTH.append(Health((), ("worker attribution: partition 3 stopped: its journal is not ours",)))
    answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert "Retry-After" not in answer.headers
    assert answer.json()["status"] == "degraded"
    assert answer.json()["degraded"] == ["worker attribution: partition 3 stopped: its journal is not ours"]


async def test_a_question_that_fails_or_is_not_answered_in_time_names_its_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "READY_SECONDS", 0.05)

    never = asyncio.Event()

    async def answered() -> int:
        return 1

    async def refused() -> None:
        raise ConnectionRefusedError

    async def frozen() -> None:
        await never.wait()

    found = await unanswered({"one": answered, "database": refused, "log": frozen})
    assert found == Health(("database", "log"))


def test_what_another_process_says_is_read_back_whole() -> None:
    said = Health(("database",), ("view feed halted",))
    assert health_of(readiness(said).model_dump()) == said


def test_of_a_worker_only_what_is_no_mere_part_takes_all_of_dealreg_out_of_service() -> None:
    partition = "worker attribution: partition 3 stopped: why"
    assert as_part(Health((partition, "database"), (partition,))) == Health(("database",), (partition,))


async def test_metrics_show_what_modules_declared(client: httpx.AsyncClient) -> None:
    SEEN.inc()
    answer = await client.get("/metrics")
    assert "dealreg_test_seen_total 1.0" in answer.text
    assert answer.headers["content-type"].startswith("text/plain")
