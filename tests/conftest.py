"""The servers tests run on: from the environment, else from Docker, else embedded; one of each a session."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack, asynccontextmanager
from functools import cache, partial
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import hypothesis
import psutil
import pytest
import pytest_asyncio
import structlog
from httpx._transports import default as transports
from pydantic import SecretStr

from dealreg.embedded import EmbeddedPostgres
from dealreg.embedded.kafka import EmbeddedKafka
from shared.database import migrate
from shared.errors import DealregError
from shared.settings import Settings, variable
from tests.containers import KAFKA_IMAGE, POSTGRES_IMAGE, docker_answers, kafka_container, postgres_container

LEVELS = (
    "unit",
    "property",
    "contract",
    "integration",
    "crash",
    "simulation",
    "broker",
    "e2e",
    "fuzz",
    "upgrade",
    "bench",
)
LONG_FIRST = ("upgrade", "soak", "fuzz", "e2e", "crash", "broker")
"""A file of these takes up to a minute: begun last, it would run alone while the other processors rest."""
LONGEST = "test_faults.py"
"""Of the units and of end to end: a file is one process's work, and hundreds of histories take minutes."""
TEMPLATE = "dealreg_template"
MEMORY = Path("/dev/shm")
MEMORY_BYTES = 3 * 1024**3
"""Three times what a session's servers were seen to write there, beside which they need memory to run in."""
TEST_KEY = SecretStr("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE")
"""32 bytes that seal nothing but what tests make up."""

# What the library draws of an exception by itself, each frame's values in boxes, took a second of processor each time.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

# Every client reads whom the system trusts, which took 40 ms each time; none of the tests' needs another answer.
transports.create_ssl_context = cache(transports.create_ssl_context)

# No law depends on how fast the machine is that checks it.
hypothesis.settings.register_profile("dealreg", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("dealreg")

MakeDatabase = Callable[[], Awaitable[str]]
FreshDatabase = Callable[[], AbstractAsyncContextManager[str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with the level of its folder, so `-m "not broker"` works; several workers begin with long ones."""
    for item in items:
        if (level := _level(item)) in LEVELS:
            item.add_marker(getattr(pytest.mark, level))
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if item.path.name == LONGEST:
        return -1
    level = _level(item)
    return LONG_FIRST.index(level) if level in LONG_FIRST else len(LONG_FIRST)


def _level(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).parts[0]


def pytest_collection_finish() -> None:
    """Keep the modules and the thousands of collected tests out of every later garbage collection.

    Nothing of them is freed before the end; looking through them took a tenth of the processor's time.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _settings_of_nobody() -> None:
    """A developer's own DEALREG_… variables reach no test and no process a test starts."""
    for name in Settings.model_fields:
        os.environ.pop(variable(name), None)
    # A closed port of this machine: no test asks a CRM outside, nor does a process that it starts.
    os.environ[variable("hubspot_url")] = "http://127.0.0.1:9"


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """Where embedded servers of this session keep their files; short, for the sake of socket paths.

    In memory where there is room: a database made from a template is 300 files, .02 s there and .1 s on a
    virtual disk. No test cuts the power, and nothing else tells the two apart.
    """
    base = MEMORY if MEMORY.is_dir() and _room(MEMORY) > MEMORY_BYTES else None
    with tempfile.TemporaryDirectory(prefix="dealreg-", dir=base, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_url(server_folder: Path) -> AsyncIterator[str]:
    """A PostgreSQL whose role may create databases; fsync is on, as in production."""
    if named := os.environ.get("DEALREG_TEST_DATABASE_URL"):
        yield named
        return
    with ExitStack() as containers:
        if docker_answers(POSTGRES_IMAGE):
            yield containers.enter_context(postgres_container())
            return
    server = EmbeddedPostgres(server_folder)
    try:
        url = await server.start()
    except (DealregError, OSError) as error:
        missing("PostgreSQL", error)
    try:
        yield url
    finally:
        await server.stop()


@pytest.fixture
def place_of_a_server(server_folder: Path) -> Iterator[Path]:
    """An empty folder for a server of this test's own, beside those of the session.

    Not pytest's folder: another session closes that one's parent to the server's account.
    """
    with tempfile.TemporaryDirectory(prefix="own-", dir=server_folder, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest_asyncio.fixture(loop_scope="session")
async def own_server(place_of_a_server: Path) -> AsyncIterator[EmbeddedPostgres]:
    """One to stop, kill or start again, not started yet."""
    server = EmbeddedPostgres(place_of_a_server)
    yield server
    await server.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kafka_bootstrap(server_folder: Path) -> AsyncIterator[str]:
    """A Kafka of at least one node that creates no topic by itself; started when first asked for."""
    if named := os.environ.get("DEALREG_TEST_KAFKA_BOOTSTRAP"):
        yield named
        return
    with ExitStack() as containers:
        if docker_answers(KAFKA_IMAGE):
            yield containers.enter_context(kafka_container())
            return
    server = EmbeddedKafka(server_folder)
    try:
        bootstrap = await server.start()
    except (DealregError, OSError) as error:
        missing("Kafka", error)
    try:
        yield bootstrap
    finally:
        await server.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def fresh_database(postgres_url: str) -> FreshDatabase:
    """Enter what it answers for a migrated database of one's own, which is gone with its content at the exit."""
    await execute(postgres_url, f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)", f"CREATE DATABASE {TEMPLATE}")
    await migrate(database_named(postgres_url, TEMPLATE))
    return partial(database_like, postgres_url, TEMPLATE)


@pytest_asyncio.fixture(loop_scope="session")
async def database(fresh_database: FreshDatabase) -> AsyncIterator[str]:
    """The URL of a migrated database that this test has to itself."""
    async with fresh_database() as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def module_database(fresh_database: FreshDatabase) -> AsyncIterator[str]:
    """The URL of a migrated database that the tests of one module share."""
    async with fresh_database() as url:
        yield url


@pytest_asyncio.fixture(loop_scope="session")
async def make_database(fresh_database: FreshDatabase) -> AsyncIterator[MakeDatabase]:
    """Call it for one more migrated database of this test's own."""
    async with AsyncExitStack() as made:
        yield lambda: made.enter_async_context(fresh_database())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Defaults, a folder of its own and a key; `settings.model_copy(update=…)` for the rest."""
    return Settings(data_dir=tmp_path, master_key=TEST_KEY, port=0)


def database_named(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@asynccontextmanager
async def database_like(server: str, template: str) -> AsyncIterator[str]:
    """A copy of a database to which nobody is connected, under a name of its own, for as long as it is used."""
    name = f"dealreg_{uuid4().hex[:16]}"
    # Files are copied: through the log each copy would be written twice and stay in it.
    await execute(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        yield database_named(server, name)
    finally:
        await execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def _room(memory: Path) -> int:
    """Bytes that files in memory may still take: their own limit counts nothing that programs use."""
    return min(shutil.disk_usage(memory).free, psutil.virtual_memory().available)


async def execute(url: str, *statements: str) -> None:
    """The statements have run, each on its own, as CREATE DATABASE needs."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def missing(server: str, error: Exception) -> NoReturn:
    """A laptop without the server skips its tests; where servers are required, that is a failure."""
    reason = f"{server} could not be started: {error}"
    if os.environ.get("DEALREG_REQUIRE_SERVERS"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
