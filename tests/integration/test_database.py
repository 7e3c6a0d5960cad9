"""The database layer on the real server: sessions, errors in our terms, migrations beside each other."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from shared.database import (
    Conflict,
    Contended,
    Refused,
    as_our_error,
    assert_durable,
    connections,
    database_errors,
    migrate,
    open_engine,
    open_pool,
)
from shared.database.migrate import alembic_config, newest_revision
from shared.errors import Ambiguous, Misconfigured, Unavailable
from shared.settings import Settings
from tests.conftest import database_named, execute


async def test_every_session_is_in_utc_and_gives_up_its_locks_before_the_lease(
    database: str, settings: Settings
) -> None:
    pool = await open_pool(database, settings, name="decider")
    row = await pool.fetchrow(
        "SELECT current_setting('timezone'), current_setting('application_name'),"
        " current_setting('idle_in_transaction_session_timeout')"
    )
    assert tuple(row) == ("UTC", "decider", "10s")
    await pool.close()


async def test_a_transaction_left_open_is_rolled_back_when_its_connection_returns(
    database: str, settings: Settings
) -> None:
    pool = await open_pool(database, settings, max_size=1)
    await pool.execute("CREATE TABLE t (n int)")
    connection = await pool.acquire()
    await connection.execute("BEGIN")
    await connection.execute("INSERT INTO t VALUES (1)")
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    await pool.release(connection)
    asyncio.get_running_loop().set_exception_handler(None)
    assert await pool.fetchval("SELECT count(*) FROM t") == 0
    await pool.close()


async def test_a_plan_made_for_an_empty_table_is_not_kept(
    database: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = await open_pool(database, settings, max_size=1)
    await pool.execute("CREATE TABLE t (a text, b text, PRIMARY KEY (a, b)) WITH (autovacuum_enabled = false)")
    await pool.execute("ANALYZE t")
    find = "SELECT b FROM t JOIN unnest($1::text[], $2::text[]) AS wanted (a, b) USING (a, b)"

    async def plan() -> str:
        for _ in range(6):  # then the server keeps one for any parameters
            await pool.fetch(find, ["a"], ["1"])
        name = await pool.fetchval("SELECT name FROM pg_prepared_statements WHERE statement = $1", find)
        return "\n".join(row[0] for row in await pool.fetch(f"EXPLAIN EXECUTE {name}('{{a}}', '{{1}}')"))

    by_key = "Index Cond: ((a = wanted.a) AND (b = wanted.b))"
    assert by_key not in await plan()
    await pool.execute("INSERT INTO t SELECT 'a', n::text FROM generate_series(1, 20000) AS n")
    assert by_key not in await plan()
    monkeypatch.setattr(connections, "PLANS_SECONDS", 0.0)
    assert by_key in await plan()
    await pool.close()


async def test_the_engine_speaks_to_the_same_database(database: str, settings: Settings) -> None:
    engine = open_engine(database, settings, name="queries")
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT current_setting('application_name')"))).scalar() == "queries"
        # each statement is by itself, with a clock of its own
        assert len({(await connection.execute(text("SELECT now()"))).scalar() for _ in range(2)}) == 2
        with pytest.raises(Refused, match="UndefinedTable"), database_errors():
            await connection.execute(text("SELECT * FROM nowhere"))
    await engine.dispose()


async def test_a_second_row_of_one_key_is_a_conflict_that_names_its_constraint(
    database: str, settings: Settings
) -> None:
    pool = await open_pool(database, settings)
    await pool.execute("CREATE TABLE t (n int CONSTRAINT once PRIMARY KEY)")
    await pool.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(Conflict) as caught, database_errors():
        await pool.execute("INSERT INTO t VALUES (1)")
    assert caught.value.constraint == "once"
    await pool.close()


async def test_a_value_of_the_wrong_type_is_refused_without_being_quoted(database: str, settings: Settings) -> None:
    pool = await open_pool(database, settings)
    with pytest.raises(Refused) as caught, database_errors():
        await pool.execute("SELECT 'ada@example.com'::int")
    assert "ada" not in caught.value.detail
    await pool.close()


async def test_a_lock_not_granted_is_contention_and_nothing_was_done(database: str, settings: Settings) -> None:
    pool = await open_pool(database, settings)
    await pool.execute("CREATE TABLE t AS SELECT 1 AS n")
    async with pool.acquire() as holder, holder.transaction():
        await holder.execute("SELECT n FROM t FOR UPDATE")
        with pytest.raises(Contended), database_errors():
            await pool.execute("SELECT n FROM t FOR UPDATE NOWAIT")
    await pool.close()


async def test_a_session_ended_by_the_server_leaves_the_outcome_ambiguous(database: str, settings: Settings) -> None:
    pool = await open_pool(database, settings)
    with pytest.raises(Ambiguous), database_errors():
        await pool.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    await pool.close()


@pytest.mark.parametrize("url", ["postgresql://me@127.0.0.1:1/db", "postgresql://me@/db?host=/nowhere"])
async def test_a_server_that_is_not_there_is_unavailable(url: str, settings: Settings) -> None:
    with pytest.raises(Unavailable) as caught:
        await open_pool(url, settings)
    assert not isinstance(caught.value, Ambiguous)
    with pytest.raises(Unavailable):
        await migrate(url)


async def test_a_server_that_forgets_is_found_out(database: str) -> None:
    connection = await asyncpg.connect(database)
    await assert_durable(connection)
    await connection.execute("SET synchronous_commit = off")
    with pytest.raises(Misconfigured, match="synchronous_commit is off"):
        await assert_durable(connection)
    await connection.close()


async def test_processes_that_start_together_migrate_one_after_the_other(postgres_url: str) -> None:
    name = f"dealreg_{uuid4().hex[:16]}"
    await execute(postgres_url, f"CREATE DATABASE {name}")
    environment = {**os.environ, "DEALREG_DATABASE_URL": database_named(postgres_url, name)}
    asked = [sys.executable, "-m", "dealreg.cli", "migrate", "--json"]
    together = [await asyncio.create_subprocess_exec(*asked, env=environment, stdout=subprocess.PIPE) for _ in range(3)]
    answers = [json.loads((await process.communicate())[0]) for process in together]
    assert len({answer["revision"] for answer in answers}) == 1
    await execute(postgres_url, f"DROP DATABASE {name}")


def test_the_newest_revision_is_the_one_at_which_alembic_ends() -> None:
    scripts = ScriptDirectory.from_config(alembic_config("postgresql://nowhere/none"))
    assert newest_revision() == scripts.get_current_head()


async def test_a_schema_that_is_there_is_seen_without_alembic(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[object] = []
    monkeypatch.setattr(command, "upgrade", lambda *given: ran.append(given))
    assert await migrate(database) == newest_revision()
    assert ran == []
    await execute(database, "UPDATE alembic_version SET version_num = '0201'")
    await migrate(database)
    assert len(ran) == 1


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InternalClientError("unexpected message"),
        asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
    ],
)
def test_a_driver_that_lost_its_place_leaves_the_outcome_open(error: Exception) -> None:
    assert isinstance(as_our_error(error), Ambiguous)
