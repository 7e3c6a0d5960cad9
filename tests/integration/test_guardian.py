"""The guardian restarts what ended, says once why it cannot, and puts no empty server in the place of lost data."""

from __future__ import annotations

import os
import signal

import asyncpg
import pytest
import structlog

from dealreg.embedded import EmbeddedPostgres
from dealreg.embedded.guardian import Guardian
from shared.errors import Corrupt, Unavailable
from tests.until import until


class Failing:
    """A server that cannot be started the first times."""

    name = "server"

    def __init__(self, failures: int) -> None:
        self.alive = False
        self.attempts = 0
        self._failures = failures

    async def revive(self) -> None:
        self.attempts += 1
        if self.attempts <= self._failures:
            raise Unavailable("no space left on the device\nand more lines")
        self.alive = True


async def test_it_tries_until_the_server_is_back_and_says_a_reason_once(capsys: pytest.CaptureFixture[str]) -> None:
    server = Failing(failures=3)
    guardian = Guardian([server])

    async def cannot() -> bool:
        return "no space left" in guardian.away.get("server", "")

    async def back() -> bool:
        return guardian.revived == {"server": 1} and not guardian.away

    with structlog.testing.capture_logs() as logged:
        async with guardian.guarding():
            await until(cannot)
            assert guardian.away["server"] == "it ended and cannot be started: no space left on the device"
            await until(back)
    assert server.attempts == 4
    events = [one["event"] for one in logged]
    assert events == ["server ended", "server cannot be started", "server started again"]


async def test_two_guardians_of_one_folder_start_one_server(own_server: EmbeddedPostgres) -> None:
    url = await own_server.start()
    other = EmbeddedPostgres(own_server.folder)
    await other.start()
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    await connection.close()
    async with Guardian([own_server]).guarding() as one, Guardian([other]).guarding() as two:
        os.kill(own_server.pids[0], signal.SIGKILL)

        async def both() -> bool:
            return bool(one.revived and two.revived)

        await until(both)
        assert own_server.pids == other.pids
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT one FROM kept") == 1
    await connection.close()
    await other.stop()


async def test_a_server_whose_data_are_gone_is_not_replaced_by_an_empty_one(own_server: EmbeddedPostgres) -> None:
    await own_server.start()
    os.kill(own_server.pids[0], signal.SIGKILL)
    pgdata = own_server.folder / "postgres"
    pgdata.rename(pgdata.with_name("aside"))
    with pytest.raises(Corrupt, match="restore them"):
        await own_server.revive()
    assert not pgdata.exists()
