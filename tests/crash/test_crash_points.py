"""Each named crash point: the process dies there of SIGKILL, another takes over, and nothing is lost or doubled."""

from __future__ import annotations

import ast
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import pytest_asyncio

from dealreg.runtime.in_process import Stack, stack
from services.projections.verify import view_digests
from services.projections.views import PIPELINE
from shared import crash_points
from shared.crash_points import CRASH_AT, crash_point, dying_at
from shared.events.access import CredentialCreated
from shared.projection.replay import replay
from shared.projection.runner import Runner
from shared.settings import Settings
from tests.broken import broken
from tests.conftest import database_like
from tests.crash.place import quick, url_of
from tests.crash.place import variables as quick_variables
from tests.crash.work import VENDOR, Sender, founded, holds
from tests.e2e.command import dealreg, servers
from tests.until import until

ROOT = Path(__file__).parents[2]
CLAIMS = 16
"""New ones for each process, beside all that was sent before: the same keys, the same answers."""
KILLED = -signal.SIGKILL

SERVING = {
    "intake": ("intake.before_commit", "intake.after_commit"),
    "decider": (
        "decider.before_commit",
        "decider.after_commit",
        "decider.after_publish",
        "decider.before_mark",
        "decider.after_mark",
    ),
    "projections": ("joint.before_commit", "joint.after_commit"),
}
"""Passed by a process that serves and works."""
OUTBOX = ("decider.after_commit", "decider.after_publish", "decider.before_mark")
"""Where the outbox of a log that cannot join the transaction matters."""
IN_STEPS = ("intake.after_key", "intake.after_append")
"""Where keys and facts are stored one after the other, since no transaction has both."""
REPLAYING = ("replay.before_commit", "replay.after_commit")
ERASING = ("erasure.after_key",)
ADMINISTERING = ("administration.after_row", "administration.after_append")


def test_every_crash_point_of_the_source_is_died_at() -> None:
    named = {name for folder in ("dealreg", "services", "shared") for name in _named_in(ROOT / folder)}
    here = {text.partition(":")[0] for file in (ROOT / "tests" / "crash").glob("*.py") for text in _texts(file)}
    assert {"intake.after_key", "decider.before_commit"} <= named
    assert named - here == set()


def test_a_crash_point_is_nothing_where_nobody_asked() -> None:
    assert crash_points.listener is None
    crash_point("intake.after_key")
    dying_at("intake.after_key:2")("intake.after_key")
    dying_at("intake.after_key")("intake.after_append")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def founded_vendor(module_database: str, server_folder: Path) -> tuple[str, str]:
    """A database in which a vendor is ready to work, to be copied, and its key."""
    async with stack(quick(module_database, server_folder)) as running:
        key = await founded(running)
    return module_database, key


@pytest_asyncio.fixture(loop_scope="session")
async def place(founded_vendor: tuple[str, str], postgres_url: str) -> AsyncIterator[tuple[str, Sender]]:
    """A copy of it for one death."""
    template, key = founded_vendor
    async with database_like(postgres_url, urlsplit(template).path[1:]) as copy:
        yield copy, Sender(key)


@pytest.mark.parametrize("part", SERVING)
async def test_processes_killed_at_each_point_lose_and_double_nothing(
    place: tuple[str, Sender], tmp_path: Path, part: str
) -> None:
    database, sender = place
    await _killed_at_each(SERVING[part], tmp_path, sender, servers(database))
    async with stack(quick(database, tmp_path)) as running:
        await _goes_on(running, sender, SERVING[part])


@pytest.mark.parametrize("points", [OUTBOX, IN_STEPS], ids=["decider", "intake"])
async def test_processes_killed_before_and_after_they_wrote_to_kafka(
    database: str, kafka_bootstrap: str, tmp_path: Path, points: Sequence[str]
) -> None:
    prefix = f"test-{uuid4().hex[:12]}-"
    settings = quick(database, tmp_path).model_copy(update=_on_kafka(kafka_bootstrap, prefix))
    async with stack(settings) as running:
        sender = Sender(await founded(running))
    await _killed_at_each(points, tmp_path, sender, servers(database, kafka_bootstrap, prefix))
    async with stack(settings) as running:
        await _goes_on(running, sender, points)


@pytest.mark.parametrize("point", REPLAYING)
async def test_a_replay_killed_at_a_point_applies_each_entry_once(
    place: tuple[str, Sender], tmp_path: Path, point: str
) -> None:
    database, sender = place
    async with stack(quick(database, tmp_path)) as running:
        await sender.send(running.base_url, range(CLAIMS))
        entries = await holds(running, sender)
    # What comes after a claim was submitted is set aside with it.
    submitted = [entry.seq for entry in entries if entry.event.type == "registration.submitted"]
    bugs = set(submitted[:2])
    async with stack(quick(database, tmp_path), work=False) as running:
        expected = await view_digests(running.pool, [PIPELINE])
        tables = ", ".join(PIPELINE.tables)
        await running.pool.execute(f"TRUNCATE {tables}, projections.head, projections.parked, log.ownership")
        buggy = Runner(broken(PIPELINE, bugs), running.pool, running.log, running.settings)
        while await buggy.step():
            pass
        await buggy.close()
        assert await running.pool.fetchval("SELECT count(*) FROM projections.parked") > len(bugs)
        arguments = ("projections", "replay-parked", "pipeline")
        async with dealreg(tmp_path, *arguments, **servers(database), **{CRASH_AT: point}) as command:
            assert await command.process.wait() == KILLED, command.said()
        assert (await replay(running.pool, PIPELINE)).left == 0
        assert await view_digests(running.pool, [PIPELINE]) == expected


@pytest.mark.parametrize("point", ERASING)
async def test_an_erasure_killed_between_key_and_journal_is_told_by_the_next_edge(
    place: tuple[str, Sender], tmp_path: Path, point: str
) -> None:
    database, sender = place
    async with stack(quick(database, tmp_path)) as running:
        await sender.send(running.base_url, range(CLAIMS))
    erase = ("persons", "erase", VENDOR, "--email", "person-1@customer.example")
    async with dealreg(tmp_path, *erase, **servers(database), **{CRASH_AT: point}) as command:
        assert await command.process.wait() == KILLED, command.said()
    async with stack(quick(database, tmp_path)) as running:

        async def told() -> bool:
            return [entry.event.type for entry in await holds(running, sender)].count("person.erased") == 1

        await until(told)


@pytest.mark.parametrize("point", ADMINISTERING)
async def test_a_key_whose_making_was_killed_is_in_the_audit_trail_once(
    place: tuple[str, Sender], tmp_path: Path, point: str
) -> None:
    database, sender = place
    await _made_and_told(quick(database, tmp_path), sender, point, servers(database))


async def test_a_key_whose_making_was_killed_after_it_was_told_to_kafka_is_in_the_trail_once(
    database: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    prefix = f"test-{uuid4().hex[:12]}-"
    settings = quick(database, tmp_path).model_copy(update=_on_kafka(kafka_bootstrap, prefix))
    async with stack(settings) as running:
        sender = Sender(await founded(running))
    variables = servers(database, kafka_bootstrap, prefix)
    await _made_and_told(settings, sender, "administration.after_append", variables)


async def _made_and_told(settings: Settings, sender: Sender, point: str, variables: dict[str, str]) -> None:
    """A key is made by a process that dies at the point; the next edge tells it, once."""
    make = ("credential", "create", VENDOR, "--all-scopes", "--label", "killed")
    async with dealreg(settings.data_dir, *make, **variables, **{CRASH_AT: point}) as command:
        assert await command.process.wait() == KILLED, command.said()
    async with stack(settings) as running:
        made = await running.pool.fetchval("SELECT credential_id FROM registration.credential WHERE label = 'killed'")

        async def told() -> list[str]:
            events = [entry.event for entry in await holds(running, sender)]
            return [event.credential for event in events if isinstance(event, CredentialCreated)]

        await until(told)
        assert await told() == [made]
        assert await running.pool.fetchval("SELECT count(*) FROM registration.administration") == 0


def _on_kafka(bootstrap: str, prefix: str) -> dict[str, object]:
    return {"log": "kafka", "kafka_bootstrap": bootstrap, "kafka_topic_prefix": prefix, "allow_single_node": True}


async def _killed_at_each(points: Sequence[str], folder: Path, sender: Sender, variables: dict[str, str]) -> None:
    """One process after the other went on where the last one died, took more claims, and died at its point."""
    arguments = ("run", "--port", "0", "--in-process")
    for number, point in enumerate(points, start=1):
        async with dealreg(folder, *arguments, **variables, **quick_variables(), **{CRASH_AT: point}) as command:
            url = await until(lambda: url_of(command))
            await sender.send(url, range(number * CLAIMS))
            assert await command.process.wait() == KILLED, f"{point}: {command.said()}"


async def _goes_on(running: Stack, sender: Sender, points: Sequence[str]) -> None:
    """What was not answered is sent again, what was answered too, and more comes; then everything holds."""
    before, numbers = dict(sender.accepted), range((len(points) + 1) * CLAIMS)
    await sender.send(running.base_url, numbers)
    assert sender.accepted.keys() == set(numbers)
    assert before.items() <= sender.accepted.items()
    entries = await holds(running, sender)
    assert [entry.event.type for entry in entries].count("registration.submitted") == len(numbers)


def _named_in(folder: Path) -> set[str]:
    found = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "crash_point":
                (name,) = node.args
                assert isinstance(name, ast.Constant), f"{file}: a crash point is named by a literal"
                found.add(str(name.value))
    return found


def _texts(file: Path) -> set[str]:
    return {
        node.value
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
