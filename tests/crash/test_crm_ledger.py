"""From HubSpot to the ledger: created, changed, won and refunded, with a worker that dies at each turn."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from dealreg.runtime.in_process import Stack, stack
from dealreg.runtime.views import VIEWS
from services.projections.verify import verify
from services.registration.crm.erasing import BodyErasure
from services.registration.crm.parts import build_crm
from services.registration.intake.entry import entry_into
from services.registration.intake.erasure import Erasures
from services.registration.intake.idempotency import Idempotency
from services.registration.intake.intake import Intake
from services.registration.intake.marking import Marking
from services.registration.intake.submission import Submissions
from shared.persons import MasterKey, Persons
from shared.saved_views import SavedViews
from tests.crash.crashing import Crashed, Fuse, passing_points
from tests.crash.place import quick
from tests.e2e.channel import Channel
from tests.e2e.till import AT_ONCE, balances
from tests.hubspot import CLIENT_SECRET, TOKEN, FakeHubSpot, batch, event, hubspot, signed
from tests.integration.crm.conftest import SETTINGS, TARGET


class At(Fuse):
    """Blows at one crash point."""

    def __init__(self, point: str) -> None:
        super().__init__()
        self._point = f"at {point}"

    def step(self, name: str) -> None:
        if name == self._point:
            self.blown = name
            raise Crashed(name)


async def step(running: Stack, connection: str, point: str | None) -> None:
    """A process reads what is due, and dies at the point."""
    master = MasterKey(running.settings.master_key_bytes())
    persons, submissions = Persons(running.pool, master), Submissions(master)
    entry = entry_into(running.log, running.pool, persons)
    intake = Intake(entry, running.log, running.settings, Marking(Idempotency(running.pool)))
    erasure = BodyErasure(running.pool, persons)
    erasures = Erasures(persons, erasure, SavedViews(running.pool, persons), intake, submissions)
    crm = build_crm(running.settings, running.pool, master, intake, submissions, erasure, erasures)
    await intake.start()
    try:
        if point is None:
            await crm.worker.step(connection)
            return
        with passing_points(At(point)), pytest.raises(Crashed):
            await crm.worker.step(connection)
        await running.pool.execute("UPDATE crm.task SET leased_until = clock_timestamp()")
    finally:
        await intake.stop()
        await crm.client.close()


async def connected(running: Stack, channel: Channel) -> str:
    made = (await channel.send("POST", "/v1/crm-connections", {"name": "HubSpot"})).json()
    connection = str(made["connection"])
    for path, content in (
        ("settings", SETTINGS),
        ("secrets", {"client_secret": CLIENT_SECRET, "access_token": TOKEN}),
    ):
        answer = await channel.send("PUT", f"/v1/crm/{connection}/{path}", content)
        assert answer.status_code == 200, answer.text
    return connection


async def test_a_deal_reaches_the_ledger_once_whatever_dies(database: str, tmp_path: Path) -> None:
    async with hubspot() as fake:
        settings = quick(database, tmp_path).model_copy(update={"hubspot_url": fake.url})
        async with stack(settings) as running:
            for task in asyncio.all_tasks():
                if task.get_name() == "crm-worker":
                    task.cancel()
            await running.vendor("acme")
            channel = await Channel.open(running, "acme", day=None)
            await channel.house("a", policy=AT_ONCE)
            claim = await channel.claim("a")
            await _told(running, channel, fake, str(claim["registration"]))
            await running.drained()
            found = (await channel.read("/v1/opportunities?external_id=7"))["items"]
            assert [one["registration"] for one in found] == [claim["registration"]]
            assert await balances(channel, "a") == {"payable": "60.00", "reversed": "40.00"}
            report = await verify(running.pool, running.log, VIEWS)
            assert report.holds, [str(one) for one in report.differences]


async def _told(running: Stack, channel: Channel, fake: FakeHubSpot, registration: str) -> None:
    """The deal is created, changed, won at 1,000.00, and 400.00 of it are refunded."""
    connection = await connected(running, channel)
    known: dict[str, Any] = {"partner": "a", "number": registration, "deal_currency_code": "USD"}
    turns: list[tuple[dict[str, Any], str]] = [
        ({**known, "dealstage": "talking", "amount": "900"}, "crm.after_claim"),
        ({"amount": "1000"}, "crm.after_record"),
        ({"dealstage": "closedwon"}, "crm.after_append"),
        ({"refund_id": "CN-1", "refunded": "400"}, "crm.after_append"),
    ]
    for properties, point in turns:
        fake.put("deals", "7", **properties)
        body = batch([event("7")])
        path = f"/v1/crm/{connection}/hubspot"
        answer = await running.client.post(path, content=body, headers=signed(TARGET, body))
        assert answer.status_code == 200, answer.text
        await step(running, connection, point)
        await step(running, connection, None)
