"""No broker at all: at the start, in the middle of the work, and at the end (G1, G2)."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import httpx
import pytest

from dealreg.runtime.components import runtime
from dealreg.runtime.in_process import Stack, stack
from shared.errors import Unavailable
from tests.broker.cluster.conftest import REQUEST_TIMEOUT_MS, Brokers
from tests.crash.place import url_of
from tests.crash.work import TIMEOUT_SECONDS, VENDOR, Sender, answering, claim, founded, holds
from tests.e2e.command import dealreg
from tests.until import until

pytestmark = pytest.mark.timeout(300)
CLAIMS = 20
START_SECONDS = 3 * REQUEST_TIMEOUT_MS / 1_000
UP_SECONDS = 90.0
END_SECONDS = 30.0
"""Requests under way 5 s, intake 5 s, the log's group commits, producer and readers 5 s each, the database 5 s."""
_PENDING = "SELECT count(*) FROM registration.idempotency WHERE vendor = $1 AND status = 'pending'"


async def test_what_starts_without_brokers_says_so_and_comes_up_with_them_and_ends_without_them(
    brokers: Brokers, database: str, tmp_path: Path
) -> None:
    settings = brokers.settings(database, tmp_path)
    async with stack(settings) as running:
        sender = Sender(await founded(running))
    await brokers.kill_all()
    try:
        with pytest.raises(Unavailable, match="Kafka did not answer"):
            async with asyncio.timeout(START_SECONDS), runtime(settings, "run"):
                pass
        async with dealreg(tmp_path, "run", **brokers.variables(settings)) as command:

            async def said() -> bool:
                return "Kafka did not answer" in command.said()

            await until(said, UP_SECONDS)
            assert await url_of(command) is None
            await brokers.start_all()
            url = await until(lambda: url_of(command), UP_SECONDS)
            assert url is not None
            await sender.send(url, range(CLAIMS))
            assert sender.accepted.keys() == set(range(CLAIMS))
            await brokers.kill_all()
            loop = asyncio.get_running_loop()
            sending = asyncio.create_task(sender.send(url, range(CLAIMS, 2 * CLAIMS)))
            began = loop.time()
            await command.end(signal.SIGTERM)
            print(f"ended {loop.time() - began:.1f} s after it was told, without a broker")
            assert loop.time() - began < END_SECONDS
            assert "child killed" not in command.said()
            await sending
            assert sender.accepted.keys() == set(range(CLAIMS))
    finally:
        await brokers.start_all()
    async with stack(settings) as running:
        # Whatever became of the last ones: they are sent again under their keys.
        await _everything_sent(running, sender, 2 * CLAIMS)
        await holds(running, sender)


async def test_without_brokers_the_edge_says_when_to_come_again_and_everything_drains_once_they_are_back(
    brokers: Brokers, database: str, tmp_path: Path
) -> None:
    settings = brokers.settings(database, tmp_path)
    async with stack(settings) as running:
        sender = Sender(await founded(running))
        await sender.send(running.base_url, range(CLAIMS))
        await running.drained()
        await until(lambda: _pending(running, 0))
        await brokers.kill_all()
        try:
            answers = await _answers(running, sender.key, range(CLAIMS, 2 * CLAIMS))
            assert {answer.status_code for answer in answers} == {503}
            assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
            assert await _pending(running, CLAIMS)
            ready = await running.client.get("/readyz")
            assert (ready.status_code, ready.json()["missing"]) == (503, ["log"])
            # What was read before is read on.
            page = await running.client.get("/v1/pipeline", headers={"Authorization": f"Bearer {sender.key}"})
            assert page.status_code == 200
        finally:
            await brokers.start_all()
        await _everything_sent(running, sender, 2 * CLAIMS)
        entries = await holds(running, sender)
        assert [entry.event.type for entry in entries].count("registration.submitted") == 2 * CLAIMS
        await until(lambda: _pending(running, 0))


async def _answers(running: Stack, key: str, numbers: range) -> list[httpx.Response]:
    async with httpx.AsyncClient(base_url=running.base_url, timeout=TIMEOUT_SECONDS) as client:
        headers = [{"Authorization": f"Bearer {key}", "Idempotency-Key": f"claim-{number}"} for number in numbers]
        posts = zip(headers, numbers, strict=True)
        return await asyncio.gather(
            *(client.post("/v1/registrations", json=claim(number), headers=one) for one, number in posts)
        )


async def _pending(running: Stack, count: int) -> bool:
    return bool(await running.pool.fetchval(_PENDING, VENDOR) == count)


async def _everything_sent(running: Stack, sender: Sender, count: int) -> None:
    async def accepted() -> bool:
        if not await answering(running.base_url):
            return False
        await sender.send(running.base_url, range(count))
        return len(sender.accepted) == count

    await until(accepted, UP_SECONDS)
