"""Acts of administration reach the log: at once, or once it answers again, each as one fact."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import httpx
import pytest

from services.registration.api import app
from services.registration.api.app import create_app
from shared.credentials import SCOPES, Credentials, operator
from shared.errors import Unavailable
from shared.log.port import EventLog
from shared.settings import Settings
from tests.integration.registration.conftest import Edge
from tests.until import until


async def test_an_act_is_on_the_log_before_it_is_answered(edge: Edge) -> None:
    admin = await edge.key()
    made = await edge.client.post("/v1/credentials", json={"scopes": ["pipeline:read"]}, headers=admin)
    [fact] = await edge.acts()
    assert fact.event.subjects() == (f"credential:{made.json()['credential']}",)
    assert await _waiting(edge.pool) == 0


async def test_a_rotation_that_is_refused_records_nothing(edge: Edge) -> None:
    admin = await edge.key()
    made = await edge.client.post("/v1/credentials", json={"scopes": ["pipeline:read"]}, headers=admin)
    path = f"/v1/credentials/{made.json()['credential']}"
    for status in (201, 409):
        assert (await edge.client.post(f"{path}/rotation", json={}, headers=admin)).status_code == status
    assert [fact.event.type for fact in await edge.acts()] == ["credential.created", "credential.rotated"]


async def test_a_key_is_shown_though_the_log_is_away_and_the_trail_has_it_later(
    pool: asyncpg.Pool, log: EventLog, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = True

    def flaky(append: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        async def appended(*arguments: object) -> object:
            if away:
                raise Unavailable("the log is away")
            return await append(*arguments)

        return appended

    for way in ("append", "append_through"):
        monkeypatch.setattr(log, way, flaky(getattr(log, way)))
    monkeypatch.setattr(app, "TELL_EVERY_SECONDS", 0.05)
    made = create_app(settings, pool, log)
    transport = httpx.ASGITransport(made, raise_app_exceptions=False)
    async with (
        made.router.lifespan_context(made),
        httpx.AsyncClient(transport=transport, base_url="http://edge") as client,
    ):
        edge = Edge(made, client, pool, log, settings)
        answer = await client.post("/v1/credentials", json={"scopes": ["pipeline:read"]}, headers=await edge.key())
        assert (answer.status_code, "key" in answer.json()) == (201, True)
        assert (await edge.acts(), await _waiting(pool)) == ([], 1)
        away = False

        async def told() -> bool:
            return await _waiting(pool) == 0

        await until(told)
        assert [fact.event.subjects() for fact in await edge.acts()] == [(f"credential:{answer.json()['credential']}",)]


async def test_an_act_that_is_taken_back_with_its_transaction_is_not_recorded(edge: Edge) -> None:
    """The row and its record are of one transaction: neither is there without the other."""
    await edge.pool.execute(
        "ALTER TABLE registration.administration ADD CONSTRAINT nothing_fits CHECK (false) NOT VALID"
    )
    with pytest.raises(Exception, match="nothing_fits"):
        await Credentials(edge.pool, 0).create("acme", SCOPES, by=operator("acme"))
    assert await edge.pool.fetchval("SELECT count(*) FROM registration.credential WHERE vendor = 'acme'") == 0


async def _waiting(pool: asyncpg.Pool) -> int:
    found: int = await pool.fetchval("SELECT count(*) FROM registration.administration")
    return found
