"""An append whose answer was lost is ambiguous, and appending it again is right either way.

Here PostgreSQL; Kafka's side is in tests/broker, behind a broker of its own.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
import pytest_asyncio

from shared.database import open_pool
from shared.errors import Ambiguous, Unavailable
from shared.log import EventLog, open_log
from shared.log.port import partition_of
from shared.log.postgres import encoded
from shared.settings import Settings
from tests.contract.records import WAIT_MS, all_of, names, read_exactly, record
from tests.proxy import Proxy
from tests.until import until

ACME = partition_of("acme", 3)
PROMPTLY_SECONDS = 60.0
"""For a slow machine; nobody would answer in any time."""


@dataclass(frozen=True)
class Remote:
    """A log whose database is on the other side of a network, and the database seen from its own side."""

    log: EventLog
    proxy: Proxy
    database: asyncpg.Pool


@pytest_asyncio.fixture(loop_scope="session")
async def remote(database: str, log_settings: Settings) -> AsyncIterator[Remote]:
    async with Proxy(lambda: connect(database)) as proxy:
        through = through_proxy(database, proxy.port)
        async with (
            await open_pool(database, log_settings) as near,
            await open_pool(through, log_settings, min_size=0) as far,
        ):
            log = open_log(log_settings, database_pool=far)
            await log.start()
            yield Remote(log, proxy, near)
            proxy.refusing = proxy.losing_replies = False
            await log.stop()


async def connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """To the server that a URL names, by socket file or by address."""
    parts = urlsplit(url)
    folder = parse_qs(parts.query).get("host")
    if folder:
        return await asyncio.open_unix_connection(os.path.join(folder[0], ".s.PGSQL.5432"))
    return await asyncio.open_connection(parts.hostname or "127.0.0.1", parts.port or 5432)


def through_proxy(url: str, port: int) -> str:
    parts = urlsplit(url)
    account = parts.netloc.rpartition("@")[0]
    return f"postgresql://{account}@127.0.0.1:{port}{parts.path}?sslmode=disable"


async def blocked_append(remote: Remote, name: str) -> tuple[asyncio.Task[None], asyncpg.Connection, int]:
    """An append held up inside the server, the connection that holds it up, and its backend's number."""
    holder = await remote.database.acquire()
    await holder.execute("BEGIN")
    await holder.fetch("SELECT 1 FROM log.head WHERE topic = 'facts' AND partition = $1 FOR UPDATE", ACME)
    appending = asyncio.create_task(remote.log.append("facts", [record(name)]))
    pid = await until(
        lambda: remote.database.fetchval(
            "SELECT pid FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))", holder.get_server_pid()
        )
    )
    return appending, holder, pid


async def test_a_commit_whose_answer_was_lost_is_ambiguous_and_there(remote: Remote) -> None:
    await remote.log.append("facts", [record("first")])
    remote.proxy.losing_replies = True
    with pytest.raises(Ambiguous):
        await remote.log.append("facts", [record("f0"), record("f1")])
    remote.proxy.losing_replies = False
    await remote.log.append("facts", [record("f0"), record("f1")])
    assert names(await all_of(remote.log, "facts", "acme")) == ["first", "f0", "f1", "f0", "f1"]


async def test_a_backend_that_was_terminated_is_ambiguous_and_wrote_nothing(remote: Remote) -> None:
    appending, holder, pid = await blocked_append(remote, "f0")
    assert await remote.database.fetchval("SELECT pg_terminate_backend($1)", pid)
    with pytest.raises(Ambiguous):
        await appending
    await holder.execute("ROLLBACK")
    await remote.database.release(holder)
    assert sum(await remote.log.end_offsets("facts")) == 0
    await remote.log.append("facts", [record("f0")])
    assert names(await all_of(remote.log, "facts", "acme")) == ["f0"]


async def test_an_append_cut_off_while_it_runs_is_ambiguous_and_never_in_parts(remote: Remote) -> None:
    appending, holder, _ = await blocked_append(remote, "f0")
    waiting = [asyncio.create_task(remote.log.append("facts", [record(f"w{n}"), record(f"x{n}")])) for n in range(3)]
    await asyncio.sleep(0)
    remote.proxy.cut()
    with pytest.raises(Ambiguous):
        await appending
    await holder.execute("ROLLBACK")
    await remote.database.release(holder)
    # Whoever stood behind it in the queue is not harmed: their transaction came on a new connection.
    await asyncio.gather(*waiting)
    stored = [name for name in names(await all_of(remote.log, "facts", "acme")) if name != "f0"]
    assert stored == ["w0", "x0", "w1", "x1", "w2", "x2"]


async def test_everybody_of_a_lost_group_hears_it(remote: Remote) -> None:
    await remote.log.append("facts", [record("first")])
    remote.proxy.losing_replies = True
    outcomes = await asyncio.gather(
        *(remote.log.append("facts", [record(f"f{n}")]) for n in range(20)), return_exceptions=True
    )
    assert {type(outcome) for outcome in outcomes} <= {Ambiguous, Unavailable}
    assert Ambiguous in {type(outcome) for outcome in outcomes}


async def test_a_database_that_is_down_is_unavailable_and_comes_back(remote: Remote) -> None:
    remote.proxy.refusing = True
    remote.proxy.cut()
    with pytest.raises(Unavailable):
        await asyncio.wait_for(remote.log.append("facts", [record("f0")]), PROMPTLY_SECONDS)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(remote.log.end_offsets("facts"), PROMPTLY_SECONDS)
    remote.proxy.refusing = False
    await remote.log.append("facts", [record("f1")])
    assert "f1" in names(await all_of(remote.log, "facts", "acme"))


async def test_a_waiting_reader_hears_that_the_database_is_down_and_goes_on_when_it_is_back(remote: Remote) -> None:
    await remote.log.append("facts", [record("f0")])
    reader = await remote.log.reader("facts", ACME, 1, remembered="f0")
    remote.proxy.refusing = True
    remote.proxy.cut()

    async def heard() -> bool:
        try:
            await reader.fetch(10, wait_ms=50)
        except Unavailable:
            return True
        return False

    await until(heard)
    remote.proxy.refusing = False

    async def back() -> bool:
        return not await heard()

    await until(back)
    waiting = asyncio.create_task(reader.fetch(10, WAIT_MS))
    headers, value = encoded(record("f1"))
    await remote.database.execute("SELECT log.append_facts($1, $2, $3, $4)", [ACME], ["acme"], [headers], [value])
    assert names(await waiting) == ["f1"]


async def test_a_network_that_goes_silent_is_given_up_in_time(remote: Remote) -> None:
    await remote.log.append("facts", [record("f0")])
    reader = await remote.log.reader("facts", ACME, 1, remembered="f0")
    remote.proxy.silent = True
    with pytest.raises(Ambiguous):
        await asyncio.wait_for(remote.log.append("facts", [record("f1")]), PROMPTLY_SECONDS)
    remote.proxy.silent = False

    async def again() -> bool:
        try:
            await remote.log.append("facts", [record("f1")])
        except Unavailable:
            return False
        return True

    await until(again)
    assert names(await read_exactly(reader, 1)) == ["f1"]
    await reader.close()


async def test_a_reader_finds_what_no_notification_told(remote: Remote) -> None:
    reader = await remote.log.reader("facts", ACME, 0)
    waiting = asyncio.create_task(read_exactly(reader, 1))
    await remote.database.execute(
        'INSERT INTO log.facts (partition, "offset", key, headers, value) VALUES ($1, 0, $2, $3, $4)',
        ACME,
        "acme",
        *encoded(record("f0")),
    )
    await remote.database.execute("UPDATE log.head SET next_offset = 1 WHERE topic = 'facts' AND partition = $1", ACME)
    assert names(await waiting) == ["f0"]


async def test_what_a_transaction_appends_is_there_with_its_commit_and_not_before(remote: Remote) -> None:
    reader = await remote.log.reader("journal", ACME, 0)
    async with remote.database.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await remote.log.append_in(connection, "journal", [record("lost")])
        await transaction.rollback()
        transaction = connection.transaction()
        await transaction.start()
        await remote.log.append_in(connection, "journal", [record("j0"), record("j1")])
        assert await reader.fetch(10, wait_ms=50) == []
        await transaction.commit()
    stored = await read_exactly(reader, 2)
    assert [(found.offset, name) for found, name in zip(stored, names(stored), strict=True)] == [(0, "j0"), (1, "j1")]


async def test_a_transaction_appends_to_several_partitions_after_what_they_have(remote: Remote) -> None:
    vendors = ("acme", *(f"vendor-{number}" for number in range(5)))
    await remote.log.append("journal", [record("acme:0")])
    async with remote.database.acquire() as connection, connection.transaction():
        await remote.log.append_in(
            connection, "journal", [record(f"{vendor}:{n}", vendor) for n in (1, 2) for vendor in vendors]
        )
    await remote.log.append("journal", [record("acme:3")])
    for vendor in vendors:
        found = [one for one in await all_of(remote.log, "journal", vendor) if one.key == vendor]
        assert names(found) == [f"acme:{n}" for n in range(4)] if vendor == "acme" else [f"{vendor}:1", f"{vendor}:2"]
    for partition, end in enumerate(await remote.log.end_offsets("journal")):
        rows = await remote.database.fetch(
            'SELECT "offset" FROM log.journal WHERE partition = $1 ORDER BY 1', partition
        )
        assert [row["offset"] for row in rows] == list(range(end))
    within = "SELECT bool_and(appended_at BETWEEN now() - interval '1 hour' AND clock_timestamp()) FROM log.journal"
    assert await remote.database.fetchval(within)
