"""Embedded servers: durable, shared by processes, found again after a kill, and never mixed up."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import psutil
import pytest
import pytest_asyncio

from dealreg.embedded import EmbeddedPostgres, servers
from dealreg.embedded.processes import OURSELVES, ServerProcess, recall, spawn
from shared.database import assert_durable
from shared.errors import Misconfigured
from shared.settings import Settings
from tests.until import until

HOLD = """
import asyncio, sys
from pathlib import Path
from dealreg.embedded import EmbeddedPostgres

async def main():
    await EmbeddedPostgres(Path(sys.argv[1])).start()
    print("ready", flush=True)
    sys.stdin.readline()

asyncio.run(main())
"""
"""A process that uses the server of a folder and never says goodbye."""

LINGERING = """
import ctypes, pathlib, sys, threading, time

def linger():
    while not pathlib.Path(sys.argv[1]).exists():
        time.sleep(0.01)

threading.Thread(target=linger).start()
ctypes.CDLL(None).pthread_exit(0)
"""
"""A process whose first thread has ended while another goes on, as a killed Java does for a while."""


@pytest_asyncio.fixture
async def folder() -> AsyncIterator[Path]:
    """A data folder whose server, if a test leaves one, is stopped."""
    # Not pytest's folder: another session closes that one's parent to the server's account.
    with tempfile.TemporaryDirectory(prefix="dealreg-", ignore_cleanup_errors=True) as made:
        place = Path(made)
        yield place
        if recall(place / "postgres.pid"):
            left = EmbeddedPostgres(place)
            await left.start()
            await left.stop()


async def answer(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_the_embedded_server_is_durable_and_sorts_alike_everywhere(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    connection = await asyncpg.connect(await server.start())
    await assert_durable(connection)
    assert await connection.fetchval("SELECT current_setting('server_version_num')::int / 10000") == 18
    assert await connection.fetchval("SELECT datlocprovider FROM pg_database WHERE datname = 'dealreg'") == b"b"
    await connection.execute("CREATE EXTENSION pg_trgm")
    await connection.execute("CREATE EXTENSION unaccent")
    await connection.close()
    await server.stop()
    assert recall(folder / "postgres.pid") is None


async def test_a_second_user_adopts_the_server_and_the_last_to_leave_stops_it(folder: Path) -> None:
    first, second = EmbeddedPostgres(folder), EmbeddedPostgres(folder)
    url = await first.start()
    assert await second.start() == url
    await first.stop()
    assert await answer(url, "SELECT 1") == 1
    await second.stop()
    assert recall(folder / "postgres.pid") is None


async def test_a_user_killed_with_sigkill_leaves_a_server_that_the_next_one_adopts_and_stops(folder: Path) -> None:
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLD, str(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"ready\n"
    left = recall(folder / "postgres.pid")
    assert left is not None
    holder.send_signal(signal.SIGKILL)
    await holder.communicate()

    server = EmbeddedPostgres(folder)
    url = await server.start()
    assert await answer(url, "SELECT 1") == 1
    assert psutil.pid_exists(left.pid)
    await server.stop()
    assert not left.alive


async def test_what_was_committed_is_there_after_the_server_was_killed(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    url = await server.start()
    await answer(url, "CREATE TABLE kept AS SELECT 42 AS n")
    await server.kill()
    assert recall(folder / "postgres.pid") is None
    assert await answer(await server.start(), "SELECT n FROM kept") == 42
    await server.stop()


async def test_a_pid_that_belongs_to_somebody_else_by_now_is_not_ours(folder: Path) -> None:
    (folder / "postgres.pid").write_text(f'{{"pid": {os.getpid()}, "born": 1.0}}')
    server = EmbeddedPostgres(folder)
    assert await answer(await server.start(), "SELECT 1") == 1
    await server.stop()


async def test_a_process_has_ended_when_its_last_thread_has(tmp_path: Path) -> None:
    leave = tmp_path / "leave"
    ours = spawn([sys.executable, "-c", LINGERING, leave], tmp_path / "log", account=OURSELVES, cwd=tmp_path)
    found = ServerProcess(ours.pid, ours.born)

    async def first_thread_ended() -> bool:
        return psutil.Process(ours.pid).status() == psutil.STATUS_ZOMBIE

    async def ended() -> bool:
        return not ours.alive

    await until(first_thread_ended)
    assert ours.alive
    assert found.alive
    leave.touch()
    await until(ended)
    assert not found.alive


async def test_a_killed_process_is_waited_for_before_it_counts_as_ended(tmp_path: Path) -> None:
    process = spawn(["sleep", "60"], tmp_path / "log", account=OURSELVES, cwd=tmp_path)
    os.kill(process.pid, signal.SIGKILL)

    async def ended() -> bool:
        return not process.alive

    await until(ended)
    assert process.child is not None
    assert process.child.returncode == -signal.SIGKILL


async def test_a_long_folder_gets_a_short_socket(folder: Path) -> None:
    deep = folder / ("a-folder-with-a-long-name" * 4)
    server = EmbeddedPostgres(deep)
    assert await answer(await server.start(), "SELECT 1") == 1
    await server.stop()


async def test_a_data_folder_belongs_to_one_log(folder: Path) -> None:
    async with servers(Settings(data_dir=folder)):
        pass
    with pytest.raises(Misconfigured, match="DEALREG_LOG=postgres"):
        async with servers(Settings(data_dir=folder, log="kafka")):
            pass


async def test_the_key_of_a_folder_is_made_once_and_readable_by_its_owner_alone(folder: Path) -> None:
    settings = Settings(data_dir=folder)
    async with servers(settings) as addresses:
        first = addresses.applied_to(settings)
    async with servers(settings) as addresses:
        second = addresses.applied_to(settings)
    assert first.master_key_bytes() == second.master_key_bytes()
    assert (folder / "master.key").stat().st_mode & 0o777 == 0o600


async def test_named_servers_are_used_and_the_folder_stays_untouched(postgres_url: str, folder: Path) -> None:
    settings = Settings.model_validate(
        {"data_dir": folder / "unused", "database_url": postgres_url, "log": "kafka", "kafka_bootstrap": "h:1"}
    )
    async with servers(settings) as addresses:
        assert (addresses.database_url, addresses.kafka_bootstrap) == (postgres_url, "h:1")
        assert not addresses.single_node
        with pytest.raises(Misconfigured, match="DEALREG_MASTER_KEY"):
            addresses.applied_to(settings).master_key_bytes()
    assert not (folder / "unused").exists()
