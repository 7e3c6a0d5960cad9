"""The demo killed where it hurts, or on the other log: nothing is twice, nothing is missing, the book is the same."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import psutil
import pytest
import pytest_asyncio

from tests.e2e.command import Command, dealreg, demo, excerpt, servers
from tests.unit.demo.naive_reading import read
from tests.until import until

LINES = 800
SECONDS = 300.0
SERVICES = ("serve", "attribution", "projections", "webhooks")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return excerpt(tmp_path_factory.mktemp("export") / "data", LINES)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def undisturbed(export: Path, module_database: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the export comes to when nothing happens, agreeing with the naive reading."""
    folder = tmp_path_factory.mktemp("undisturbed")
    printed = await demo(folder, "--data", str(export), **servers(module_database))
    del printed["seconds"]
    assert {name: printed[name] for name in read(export).numbers()} == read(export).numbers()
    return printed


async def test_the_book_is_the_same_on_kafka(
    export: Path, undisturbed: dict[str, Any], database: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    prefix = f"demo-{uuid4().hex[:8]}."
    on_kafka = await demo(tmp_path, "--data", str(export), **servers(database, kafka_bootstrap, prefix))
    assert {**on_kafka, "seconds": None} == {**undisturbed, "seconds": None}


async def test_killed_in_the_middle_of_its_import_it_goes_on(
    export: Path, undisturbed: dict[str, Any], database: str, tmp_path: Path
) -> None:
    arguments = ("--keep", "--data", str(export))
    async with dealreg(tmp_path, "demo", *arguments, **servers(database)) as command:
        await _rows_accepted(database, LINES // 2)
        services = list(command.children().values())
        assert len(services) == len(SERVICES)
        await command.end(signal.SIGKILL)
        # its services end by themselves when nobody supervises them any more
        await until(lambda: _gone(services), SECONDS)
    again = await demo(tmp_path, *arguments, **servers(database))
    assert {**again, "seconds": None} == {**undisturbed, "seconds": None}
    # a completed import is recognised, and prints the same
    repeated = await demo(tmp_path, *arguments, **servers(database))
    assert {**repeated, "seconds": None} == {**undisturbed, "seconds": None}


async def test_each_service_is_killed_and_started_again_and_the_book_is_the_same(
    export: Path, undisturbed: dict[str, Any], database: str, tmp_path: Path
) -> None:
    async with dealreg(tmp_path, "demo", "--json", "--data", str(export), **servers(database)) as command:
        for number, service in enumerate(SERVICES, start=1):
            await _rows_accepted(database, number * LINES // (len(SERVICES) + 1))
            await until(lambda service=service: _supervised(command, service), SECONDS)
            command.children()[service].kill()
        assert await asyncio.wait_for(command.process.wait(), SECONDS) == 0, command.said()
        printed = json.loads(command.output.read_bytes())
    assert {**printed, "seconds": None} == {**undisturbed, "seconds": None}


async def test_a_book_that_is_not_what_the_file_says_ends_in_one_line_and_not_well(
    export: Path, database: str, tmp_path: Path
) -> None:
    shorter = excerpt(tmp_path / "export", LINES // 2)
    await demo(tmp_path, "--keep", "--data", str(shorter), **servers(database))
    async with dealreg(tmp_path, "demo", "--keep", "--data", str(export), **servers(database)) as command:
        assert await asyncio.wait_for(command.process.wait(), SECONDS) != 0
        told = [line for line in command.said().splitlines() if "does not reconcile" in line]
    assert len(told) == 1
    assert "won value: " in told[0]


async def _rows_accepted(database: str, rows: int) -> None:
    connection = await asyncpg.connect(database)
    try:

        async def enough() -> bool:
            return bool(await connection.fetchval("SELECT count(*) >= $1 FROM registration.idempotency", rows))

        await until(enough, SECONDS)
    finally:
        await connection.close()


async def _supervised(command: Command, service: str) -> bool:
    return service in command.children()


async def _gone(services: Iterable[psutil.Process]) -> bool:
    return not any(_alive(one) for one in services)


def _alive(service: psutil.Process) -> bool:
    try:
        return service.is_running() and service.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
