"""When a credential was last used: to the minute, in batches, and never at the cost of a request."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from services.registration.api.app import create_app
from shared.credentials import Credentials, operator
from shared.credentials import uses as noting
from shared.errors import DealregError
from tests.integration.registration.conftest import Edge


async def last_use(pool: asyncpg.Pool, credential: str) -> datetime | None:
    return (await Credentials(pool, 0).get("acme", credential)).last_used_at


def this_minute() -> datetime:
    return datetime.now(UTC).replace(second=0, microsecond=0)


async def test_a_used_key_has_the_minute_of_its_last_use_and_an_unused_one_none(edge: Edge) -> None:
    store = Credentials(edge.pool, 0)
    (used, token), (unused, _) = [await store.create("acme", ["credentials:admin"]) for _ in range(2)]
    headers = {"Authorization": f"Bearer {token}"}
    before = this_minute()
    assert (await edge.client.get("/v1/credentials", headers=headers)).status_code == 200
    await edge.app.state.credentials.uses.write()
    read = (await edge.client.get(f"/v1/credentials/{used.credential}", headers=headers)).json()
    assert before <= datetime.fromisoformat(read["last_used_at"]) <= this_minute()
    assert await last_use(edge.pool, unused.credential) is None


async def test_a_key_that_proves_nothing_is_not_used(edge: Edge) -> None:
    store = Credentials(edge.pool, 0)
    made, token = await store.create("acme", ["pipeline:read"])
    await store.revoke("acme", made.credential, by=operator("acme"))
    for text in (str(token), str(token)[:-43] + "A" * 43):
        with pytest.raises(DealregError):
            await store.authenticate(text)
    await store.uses.write()
    assert await last_use(edge.pool, made.credential) is None


async def test_a_row_changes_once_a_minute_whichever_process_saw_the_key(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [datetime.now(UTC).timestamp()]
    monkeypatch.setattr(noting.time, "time", lambda: now[0])
    stores = [Credentials(edge.pool, 60) for _ in range(3)]
    made, token = await stores[0].create("acme", ["pipeline:read"])

    async def used(*by: Credentials) -> Any:
        for one in by:
            for _ in range(5):
                await one.authenticate(str(token))
        await asyncio.gather(*(one.uses.write() for one in by))
        question = "SELECT xmin::text, last_used_at FROM registration.credential WHERE credential_id = $1"
        return await edge.pool.fetchrow(question, made.credential)

    first = await used(*stores)
    assert await used(*stores) == first
    now[0] += 60
    second = await used(stores[0])
    assert second["last_used_at"] == first["last_used_at"] + timedelta(minutes=1)
    # a process whose clock is behind takes nothing back
    now[0] -= 600
    assert await used(stores[1]) == second


async def test_a_request_does_not_wait_for_its_use_to_be_written(edge: Edge) -> None:
    store = Credentials(edge.pool, 60)
    made, token = await store.create("acme", ["pipeline:read"])
    await store.authenticate(str(token))
    async with edge.pool.acquire() as session, session.transaction():
        await session.execute("LOCK TABLE registration.credential IN SHARE ROW EXCLUSIVE MODE")
        writing = asyncio.create_task(store.uses.write())
        async with asyncio.timeout(60):
            assert (await store.authenticate(str(token))).credential == made.credential
        assert not writing.done()
    await writing
    await store.uses.write()
    assert await last_use(edge.pool, made.credential) is not None


async def test_uses_that_the_database_did_not_take_are_written_later(edge: Edge) -> None:
    store = Credentials(edge.pool, 60)
    made, token = await store.create("acme", ["pipeline:read"])
    await store.authenticate(str(token))
    table = "ALTER TABLE registration.credential RENAME COLUMN"
    await edge.pool.execute(f"{table} last_used_at TO elsewhere")
    try:
        await store.uses.write()
    finally:
        await edge.pool.execute(f"{table} elsewhere TO last_used_at")
    await store.uses.write()
    assert await last_use(edge.pool, made.credential) is not None


async def test_a_process_that_stops_writes_what_it_noted(edge: Edge) -> None:
    app = create_app(edge.settings, edge.pool, edge.log)
    made, token = await Credentials(edge.pool, 0).create("acme", ["credentials:admin"])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://e") as client:
        await client.get("/v1/credentials", headers={"Authorization": f"Bearer {token}"})
    assert await last_use(edge.pool, made.credential) is not None


async def test_what_is_noted_is_bounded(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noting, "MAX_NOTED", 2)
    store = Credentials(edge.pool, 60)
    made = [await store.create("acme", ["pipeline:read"]) for _ in range(3)]
    for _, token in made:
        await store.authenticate(str(token))
    await store.uses.write()
    assert [await last_use(edge.pool, one.credential) is None for one, _ in made] == [True, False, False]
