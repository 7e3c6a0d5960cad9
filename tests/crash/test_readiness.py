"""`/readyz` of one port tells of a worker that keeps ending, and of one that is silent, by name."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from shared.crash_points import CRASH_AT
from tests.crash.place import url_of, variables
from tests.e2e.command import Command, dealreg, servers
from tests.until import until

pytestmark = pytest.mark.crash
FROZEN_SECONDS = 300.0


@asynccontextmanager
async def running(
    folder: Path, database: str, *mode: str, **more: str
) -> AsyncIterator[tuple[Command, httpx.AsyncClient]]:
    async with dealreg(folder, "run", "--port", "0", *mode, **variables(), **servers(database), **more) as command:
        url = await until(lambda: url_of(command))
        assert url is not None
        async with httpx.AsyncClient(base_url=url, timeout=FROZEN_SECONDS) as client:
            await until(lambda: _said(client, 200, ""))
            yield command, client


async def test_a_decider_that_keeps_dying_is_named_with_how_it_ended(database: str, tmp_path: Path) -> None:
    # Whatever it is told, it dies before it has decided it: as an input would that no one has thought of.
    async with running(tmp_path, database, **{CRASH_AT: "decider.before_commit"}) as (_, client):
        own = tmp_path / "vendor"
        own.mkdir()
        async with dealreg(own, "vendor", "create", "acme", "--live", **servers(database)) as made:
            assert await made.process.wait() == 0, made.said()
        said = await until(lambda: _said(client, 503, "times in succession"))
        [phrase] = [one for one in said["missing"] if "times in succession" in one]
        assert phrase.startswith("attribution: ended ")
        assert "signal SIGKILL" in phrase
        # what is left of dealreg answers: questions, and writes that are decided later
        assert (await client.get("/v1/pipeline")).status_code == 401
        assert (await client.get("/livez")).status_code == 200


@pytest.mark.parametrize("worker", ["attribution", "projections"])
async def test_a_frozen_worker_is_named_until_it_goes_on(database: str, tmp_path: Path, worker: str) -> None:
    async with running(tmp_path, database) as (command, client):
        process = command.children()[worker]
        process.send_signal(signal.SIGSTOP)
        try:
            said = await until(lambda: _said(client, 503, f"{worker}: no answer"))
            assert all(phrase.startswith(worker) for phrase in said["missing"]), said
            # its partitions have no owner once the lease is over, which every service tells by itself
            what = "worker attribution" if worker == "attribution" else "view pipeline"
            await until(lambda: _named(client, f"{what}: partitions 0, 1, 2, 3, 4, 5, 6, 7 without"))
        finally:
            process.send_signal(signal.SIGCONT)
        await until(lambda: _said(client, 200, ""))


async def _said(client: httpx.AsyncClient, status: int, phrase: str) -> dict[str, list[str]]:
    """What it says, where that has the status and the phrase."""
    answer = await client.get("/readyz")
    fits = answer.status_code == status and phrase in answer.text
    return dict(answer.json()) if fits else {}


async def _named(client: httpx.AsyncClient, phrase: str) -> bool:
    answers = await asyncio.gather(*(client.get("/readyz") for _ in range(2)))
    return any(one.startswith(phrase) for answer in answers for one in answer.json()["degraded"])
