"""A sandbox through its surfaces: created by the command, test keys, a clock that is moved, and nothing live of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from dealreg.runtime.in_process import Stack
from shared.values import parse_instant
from tests.e2e.channel import Channel
from tests.e2e.command import dealreg, servers
from tests.e2e.console.person import Person

DAYS = timedelta(days=1)


async def command(stack: Stack, folder: Path, *arguments: str) -> tuple[int, str]:
    """The exit code of the command, and what it said."""
    assert stack.settings.database_url is not None
    variables = servers(stack.settings.database_url.get_secret_value())
    async with dealreg(folder, *arguments, **variables) as running:
        code = await asyncio.wait_for(running.process.wait(), 120)
        return code, running.said()


async def new_sandbox(stack: Stack, folder: Path) -> Channel:
    vendor = f"sandbox-{uuid4().hex[:12]}"
    code, said = await command(stack, folder, "vendor", "create", vendor, "--sandbox")
    assert (code, said.split(";")[0]) == (0, f"vendor {vendor} created")
    channel = await Channel.open(stack, vendor, day=None)
    return await channel.house("a", "b")


@pytest.fixture
async def sandbox(running: Stack, tmp_path: Path) -> Channel:
    return await new_sandbox(running, tmp_path)


async def clock(channel: Channel) -> datetime:
    return parse_instant((await channel.read("/v1/sandbox/clock?wait=5"))["clock"])


async def moved(channel: Channel, to: datetime) -> Any:
    return await channel.send("POST", "/v1/sandbox/clock", {"to": to.isoformat()})


async def test_keys_and_connections_say_that_they_are_for_trying(sandbox: Channel, live: Channel) -> None:
    assert sandbox.key.startswith("dr_test_")
    assert not live.key.startswith("dr_test_")
    made = (await sandbox.send("POST", "/v1/credentials", {"label": "x", "scopes": ["pipeline:read"]})).json()
    assert made["credential"].startswith("test_")
    assert made["key"].startswith(f"dr_{made['credential']}_")
    rotated = (await sandbox.send("POST", f"/v1/credentials/{made['credential']}/rotation", {})).json()
    assert rotated["key"].startswith("dr_test_")
    connection = (await sandbox.send("POST", "/v1/crm-connections", {"name": "x"})).json()["connection"]
    assert connection.startswith("test_crm_")


async def test_its_clock_stands_and_moving_it_lets_deadlines_fire(sandbox: Channel) -> None:
    began = await clock(sandbox)
    assert abs(began - datetime.now(UTC)) < DAYS
    claim = await sandbox.claim("a")
    assert claim["state"] == "protected"
    assert await clock(sandbox) == began
    answer = await moved(sandbox, began + 120 * DAYS)
    assert answer.status_code == 200, answer.text
    types = [one["type"] for one in answer.json()["entries"]]
    assert types == ["protection.expired", "clock.moved"]
    assert await clock(sandbox) == began + 120 * DAYS
    found = await sandbox.read(f"/v1/registrations/{claim['registration']}")
    assert found["state"] == "expired"
    [act] = (await sandbox.read("/v1/audit?type=clock.moved"))["items"]
    assert act["type"] == "clock.moved"


async def test_it_goes_back_nowhere_and_never_live(sandbox: Channel) -> None:
    began = await clock(sandbox)
    answer = await moved(sandbox, began - DAYS)
    told = answer.json()
    assert (answer.status_code, told["code"], told["errors"][0]["field"]) == (409, "clock.behind", "to")
    answer = await moved(sandbox, began + 4_000 * DAYS)
    assert (answer.status_code, answer.json()["code"]) == (409, "clock.too_far")
    answer = await sandbox.send("POST", "/v1/vendor/go-live", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "vendor.sandbox")
    for body, field, code in (
        ({}, "to", "field.missing"),
        ({"to": "tomorrow"}, "to", "time.impossible"),
        ({"to": "2030-01-01T00:00:00"}, "to", "time.impossible"),
        ({"to": "2030-01-01T00:00:00Z", "by": 1}, "by", "field.unknown"),
    ):
        answer = await sandbox.send("POST", "/v1/sandbox/clock", body)
        assert (answer.status_code, [(one["field"], one["code"]) for one in answer.json()["errors"]]) == (
            422, [(field, code)],
        )  # fmt: skip
    assert await clock(sandbox) == began


async def test_nobody_else_has_such_a_clock(live: Channel, importing: Channel) -> None:
    await live.house("a")
    for channel in (live, importing):
        answer = await channel.send("POST", "/v1/sandbox/clock", {"to": "2030-01-01T00:00:00Z"})
        assert (answer.status_code, answer.json()["code"]) == (409, "vendor.not_sandbox")
    answer = await live.get("/v1/sandbox/clock")
    assert (answer.status_code, answer.json()["code"]) == (409, "vendor.not_sandbox")


async def test_every_page_of_the_console_says_so(sandbox: Channel, live: Channel) -> None:
    await live.house("a")
    for channel, partner in ((sandbox, "a"), (sandbox, None), (live, "a")):
        async with Person.browser(channel, "en") as person:
            await person.sign_in(partner)
            page = await person.get("/console" if partner else "/console/desk")
        assert ("nothing here is real" in page.text) == (channel is sandbox)


async def test_the_command_reads_and_moves_it(running: Stack, sandbox: Channel, tmp_path: Path) -> None:
    began = await clock(sandbox)
    code, said = await command(running, tmp_path, "sandbox", "clock", sandbox.vendor, "--days", "30", "--json")
    assert code == 0, said
    assert parse_instant(orjson.loads(said.splitlines()[0])["clock"]) == began + 30 * DAYS
    await running.drained()
    assert await clock(sandbox) == began + 30 * DAYS
    code, said = await command(running, tmp_path, "sandbox", "clock", sandbox.vendor, "--to", "2020-01-01T00:00:00Z")
    assert (code, "only moves forward" in " ".join(said.split())) == (2, True)
