"""The log or the database fails: 503, try again, and the retry has the one effect."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg
import httpx
import pytest
import pytest_asyncio

from dealreg.embedded import EmbeddedPostgres
from services.registration.api.app import create_app
from shared.database import migrate, open_pool
from shared.errors import Ambiguous, DealregError, Unavailable
from shared.log.port import EventLog, Record, Topic
from shared.log.postgres import PostgresLog
from shared.settings import Settings
from tests.integration.registration.conftest import SUBMISSION, Edge
from tests.until import PATIENT_SECONDS

_Told = TypeVar("_Told")


class FaultyLog:
    """The real log, whose appends fail before or after the real thing was done; in steps as with Kafka, or at once."""

    def __init__(self, log: EventLog, *, joins_transaction: bool) -> None:
        self._log = log
        self.joins_transaction = joins_transaction
        self.before: DealregError | None = None
        self.after: DealregError | None = None

    async def append(self, topic: Topic, records: Sequence[Record]) -> None:
        await self._done(self._log.append(topic, records))

    async def append_through(self, topic: Topic, function: str, *arguments: Any) -> list[Any]:
        return await self._done(self._log.append_through(topic, function, *arguments))

    async def _done(self, append: Coroutine[Any, Any, _Told]) -> _Told:
        if self.before is not None:
            append.close()
            raise self.before
        told = await append
        if self.after is not None:
            raise self.after
        return told

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


@pytest_asyncio.fixture(loop_scope="session")
async def faulty(pool: asyncpg.Pool, log: EventLog, settings: Settings) -> AsyncIterator[tuple[Edge, FaultyLog]]:
    """An edge that accepts in steps."""
    async with _edge(pool, log, settings, FaultyLog(log, joins_transaction=False)) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def faulty_at_once(
    pool: asyncpg.Pool, log: EventLog, settings: Settings
) -> AsyncIterator[tuple[Edge, FaultyLog]]:
    """An edge that accepts in one transaction."""
    async with _edge(pool, log, settings, FaultyLog(log, joins_transaction=True)) as made:
        yield made


@asynccontextmanager
async def _edge(
    pool: asyncpg.Pool, log: EventLog, settings: Settings, faults: FaultyLog
) -> AsyncIterator[tuple[Edge, FaultyLog]]:
    app = create_app(settings, pool, faults)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://edge") as client,
    ):
        yield Edge(app, client, pool, log, settings), faults


async def post(edge: Edge, headers: dict[str, str], body: object = SUBMISSION) -> httpx.Response:
    return await edge.client.post("/v1/registrations", json=body, headers=headers)


async def test_an_append_that_was_done_but_not_answered_is_repeated_under_the_same_fact(
    faulty: tuple[Edge, FaultyLog],
) -> None:
    edge, faults = faulty
    headers = {**await edge.key(), "Idempotency-Key": "k"}
    faults.after = Ambiguous("the answer was lost")
    failed = await post(edge, headers)
    assert (failed.status_code, failed.json()["code"]) == (503, "ambiguous")
    assert int(failed.headers["Retry-After"]) >= 1
    faults.after = None
    retried = await post(edge, headers)
    assert retried.status_code == 202
    facts = await edge.facts()
    # Twice on the log, one identity, one recorded time: the decider drops the second.
    assert len(facts) == 2
    assert {fact.id for fact in facts} == {retried.json()["fact"]}
    assert len({fact.recorded_at for fact in facts}) == 1


async def test_an_append_that_was_not_done_is_done_by_the_retry(faulty: tuple[Edge, FaultyLog]) -> None:
    edge, faults = faulty
    headers = {**await edge.key(), "Idempotency-Key": "k"}
    faults.before = Unavailable("the log is away")
    failed = await post(edge, headers)
    assert (failed.status_code, failed.json()["code"]) == (503, "unavailable")
    rows = await edge.pool.fetch("SELECT status FROM registration.idempotency")
    assert [row["status"] for row in rows] == ["pending"]
    faults.before = None
    retried = await post(edge, headers)
    assert [fact.id for fact in await edge.facts()] == [retried.json()["fact"]]


async def test_a_pending_key_still_stands_for_its_body(faulty: tuple[Edge, FaultyLog]) -> None:
    edge, faults = faulty
    headers = {**await edge.key(), "Idempotency-Key": "k"}
    faults.before = Unavailable("the log is away")
    await post(edge, headers)
    faults.before = None
    answer = await post(edge, headers, {**SUBMISSION, "products": ["GTX Basic"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency.key_reused")


async def test_a_call_that_was_done_but_not_answered_is_known_to_the_retry(
    faulty_at_once: tuple[Edge, FaultyLog],
) -> None:
    edge, faults = faulty_at_once
    headers = {**await edge.key(), "Idempotency-Key": "k"}
    faults.after = Ambiguous("the answer was lost")
    failed = await post(edge, headers)
    assert (failed.status_code, failed.json()["code"]) == (503, "ambiguous")
    assert int(failed.headers["Retry-After"]) >= 1
    faults.after = None
    retried = await post(edge, headers)
    other = await post(edge, headers, {**SUBMISSION, "products": ["GTX Basic"]})
    assert (retried.status_code, other.json()["code"]) == (202, "idempotency.key_reused")
    assert [fact.id for fact in await edge.facts()] == [retried.json()["fact"]]


async def test_a_call_that_was_not_done_leaves_nothing_behind(faulty_at_once: tuple[Edge, FaultyLog]) -> None:
    edge, faults = faulty_at_once
    headers = {**await edge.key(), "Idempotency-Key": "k"}
    faults.before = Unavailable("the log is away")
    failed = await post(edge, headers)
    assert (failed.status_code, failed.json()["code"]) == (503, "unavailable")
    assert await edge.pool.fetch("SELECT FROM registration.idempotency") == []
    faults.before = None
    retried = await post(edge, headers)
    assert [fact.id for fact in await edge.facts()] == [retried.json()["fact"]]


async def test_everybody_of_a_failed_batch_hears_of_it(faulty: tuple[Edge, FaultyLog]) -> None:
    edge, faults = faulty
    key = await edge.key()
    faults.after = Ambiguous("the answer was lost")
    answers = await asyncio.gather(*(post(edge, {**key, "Idempotency-Key": str(n)}) for n in range(50)))
    assert {answer.status_code for answer in answers} == {503}
    faults.after = None
    answers = await asyncio.gather(*(post(edge, {**key, "Idempotency-Key": str(n)}) for n in range(50)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({fact.id for fact in await edge.facts()}) == 50


async def test_a_caller_that_goes_away_disturbs_nobody(edge: Edge) -> None:
    headers = {**await edge.key(), "Idempotency-Key": "k"}
    leaver = asyncio.create_task(post(edge, headers))
    stayers = [asyncio.create_task(post(edge, headers)) for _ in range(5)]
    await until(lambda: bool(edge.app.state.edge.intake._under_way))
    leaver.cancel()
    answers = await asyncio.gather(*stayers)
    assert {answer.status_code for answer in answers} == {202}
    assert len(await edge.facts()) == 1


async def test_terminated_backends_lose_nothing(edge: Edge) -> None:
    """Connections are cut under load; whatever was answered 202 is on the log, the rest says try again."""
    key = await edge.key()

    async def kill() -> None:
        for _ in range(5):
            await edge.pool.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            await asyncio.sleep(0.02)

    killing = asyncio.create_task(kill())
    answers = {}
    for wave in range(8):
        names = [f"{wave}-{number}" for number in range(25)]
        sent = await asyncio.gather(*(post(edge, {**key, "Idempotency-Key": name}) for name in names))
        answers |= dict(zip(names, sent, strict=True))
    await asyncio.gather(killing, return_exceptions=True)
    assert {answer.status_code for answer in answers.values()} <= {202, 503}
    assert all(answer.headers.get("Retry-After") for answer in answers.values() if answer.status_code == 503)
    accepted = {answer.json()["fact"] for answer in answers.values() if answer.status_code == 202}
    assert accepted <= {fact.id for fact in await edge.facts()}
    for name, answer in answers.items():
        if answer.status_code == 503:
            assert (await post(edge, {**key, "Idempotency-Key": name})).status_code == 202
    assert len({fact.id for fact in await edge.facts()}) == len(answers)


async def test_a_dead_database_is_said_to_be_one_and_its_return_is_enough(
    own_server: EmbeddedPostgres, settings: Settings
) -> None:
    url = await own_server.start()
    await migrate(url)
    pool = await open_pool(url, settings, max_size=8)
    log = PostgresLog(pool, partitions=8, request_timeout_ms=2_000, poll_ms=250)
    await log.start()
    app = create_app(settings, pool, log)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://e") as client:
        edge = Edge(app, client, pool, log, settings)
        key = await edge.key()
        headers = {**key, "Idempotency-Key": "k"}
        assert (await post(edge, headers)).status_code == 202
        assert (await client.get("/readyz")).status_code == 200
        await own_server.kill()
        down = await post(edge, {**key, "Idempotency-Key": "k2"})
        assert (down.status_code, bool(down.headers["Retry-After"])) == (503, True)
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["missing"]) == (503, ["database", "log"])
        assert (await client.get("/livez")).status_code == 200
        await own_server.start()
        await until_async(lambda: _ready(client))
        assert (await post(edge, {**key, "Idempotency-Key": "k2"})).status_code == 202
        assert len({fact.id for fact in await edge.facts()}) == 2
    await log.stop()
    await asyncio.wait_for(pool.close(), PATIENT_SECONDS)


async def _ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/readyz")).status_code == 200


async def until(condition: Any, seconds: float = PATIENT_SECONDS) -> None:
    """The condition holds; fails after the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail("waited in vain")
        await asyncio.sleep(0)


async def until_async(condition: Any, seconds: float = PATIENT_SECONDS) -> None:
    """The awaited condition holds; fails after the deadline."""
    deadline = time.monotonic() + seconds
    while not await condition():
        if time.monotonic() > deadline:
            pytest.fail("waited in vain")
        await asyncio.sleep(0.05)
