"""An edge beside a HubSpot of our own, and a connection that is ready."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest_asyncio

from services.registration.crm.parts import Crm
from shared.events.base import Event
from shared.settings import Settings
from tests.hubspot import APP, CLIENT_SECRET, PORTAL, TOKEN, FakeHubSpot, batch, event, hubspot, signed
from tests.integration.registration.conftest import Edge, edge, log, pool

__all__ = ["edge", "log", "pool"]

TARGET = "https://deals.example.test/v1/crm/hubspot"
SETTINGS: dict[str, Any] = {
    "kind": "hubspot", "target_url": TARGET, "portal": PORTAL, "app": APP,
    "stages": {"talking": "open", "closedwon": "won", "closedlost": "lost"},
    "fields": {"partner": "deal.partner", "registration": "deal.number", "refund": "deal.refund_id",
               "refund_amount": "deal.refunded", "reason": "deal.why"},
    "reconcile_hours": 0,
}  # fmt: skip


@dataclass
class Place:
    """A connection to the HubSpot beside it."""

    edge: Edge
    fake: FakeHubSpot
    connection: str
    admin: dict[str, str]

    @property
    def crm(self) -> Crm:
        crm: Crm = self.edge.app.state.edge.crm
        return crm

    async def ask(self, method: str, path: str, content: Any = None) -> httpx.Response:
        """Ask as the administrator."""
        return await self.edge.client.request(
            method, f"/v1/crm/{self.connection}{path}", json=content, headers=self.admin
        )

    async def deliver(self, *events: dict[str, Any], body: bytes | None = None, **how: Any) -> httpx.Response:
        """Send a signed batch."""
        content = batch(events) if body is None else body
        headers = signed(TARGET, content, **how)
        return await self.edge.client.post(f"/v1/crm/{self.connection}/hubspot", content=content, headers=headers)

    async def changed(self, *deals: str, **more: Any) -> None:
        """Tell that deals changed, and wait until they are read."""
        answer = await self.deliver(*(event(one, **more) for one in deals))
        assert answer.status_code == 200, answer.text
        await self.read()

    async def read(self) -> None:
        """Read everything that is due. The edge's own worker does not run beside it."""
        while await self.crm.worker.step(self.connection):
            pass

    async def told(self) -> list[Event]:
        """What the log was told."""
        return [fact.event for fact in await self.edge.facts()]

    async def unusable(self) -> list[tuple[str, list[str]]]:
        """What is listed, with the codes of its reasons."""
        found = (await self.ask("GET", "/unusable")).json()
        return [(one["subject"], [reason["code"] for reason in one["reasons"]]) for one in found["unusable"]]

    async def waiting(self) -> dict[str, Any]:
        """What waits."""
        found: dict[str, Any] = (await self.ask("GET", "/unusable")).json()["waiting"]
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server() -> AsyncIterator[FakeHubSpot]:
    """One server for the tests of a module; each gets it empty."""
    async with hubspot() as fake:
        yield fake


@pytest_asyncio.fixture(loop_scope="session")
async def fake(server: FakeHubSpot) -> FakeHubSpot:
    empty = FakeHubSpot(server.url)
    for name in ("objects", "associations", "merged", "failures", "asked"):
        setattr(server, name, getattr(empty, name))
    return server


@pytest_asyncio.fixture(loop_scope="session")
async def settings(settings: Settings, server: FakeHubSpot) -> Settings:
    return settings.model_copy(update={"hubspot_url": server.url, "credential_cache_seconds": 0.0})


@pytest_asyncio.fixture(loop_scope="session")
async def place(edge: Edge, fake: FakeHubSpot) -> Place:
    """A connection that is ready. The edge's own worker is ended: a test says when something is read."""
    for task in asyncio.all_tasks():
        if task.get_name() == "crm-worker":
            task.cancel()
    admin = await edge.key()
    made = await edge.client.post("/v1/crm-connections", json={"name": "HubSpot"}, headers=admin)
    found = Place(edge, fake, made.json()["connection"], admin)
    answers = [
        await found.ask("PUT", "/settings", SETTINGS),
        await found.ask("PUT", "/secrets", {"client_secret": CLIENT_SECRET, "access_token": TOKEN}),
    ]
    assert [one.status_code for one in answers] == [200, 200], [one.text for one in answers]
    return found
