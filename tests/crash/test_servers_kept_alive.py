"""`dealreg run` keeps its servers: killed, they are back in seconds over the same data; meanwhile it answers 503."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import orjson
import psutil
import pytest
import pytest_asyncio

from dealreg.embedded.postgres import EmbeddedPostgres
from dealreg.embedded.processes import recall
from shared.database import migrate
from tests.crash.place import url_of, variables
from tests.e2e.channel import POLICY, PRODUCTS, claim_of
from tests.e2e.command import Command, dealreg, servers
from tests.until import PATIENT_SECONDS, until

pytestmark = pytest.mark.crash
KILLS = 2


@pytest.fixture
def data(place_of_a_server: Path) -> Path:
    """A data folder that nothing is in yet."""
    return place_of_a_server / "data"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def killed_server(server_folder: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A server that has our schema and is killed before each test: making one takes longer than the tests of it."""
    server = EmbeddedPostgres(server_folder / "killed")
    await migrate(await server.start())
    yield server
    await server.stop()


@asynccontextmanager
async def running(folder: Path, data: Path, *mode: str) -> AsyncIterator[tuple[Command, httpx.AsyncClient]]:
    told = {**variables(), "DEALREG_DATA_DIR": str(data)}
    async with dealreg(folder, "run", "--port", "0", *mode, **told) as command:
        url = await until(lambda: url_of(command))
        assert url is not None
        async with httpx.AsyncClient(base_url=url, timeout=PATIENT_SECONDS) as client:
            await until(lambda: _ready(client))
            yield command, client


@pytest.mark.parametrize("mode", [(), ("--in-process",)])
async def test_a_killed_database_is_back_with_all_it_acknowledged(
    data: Path, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    async with running(tmp_path, data, *mode) as (command, client):
        key = {"Authorization": f"Bearer {await _founded(tmp_path, data, client)}"}
        claims = [await _claimed(client, key, "before")]
        answers: Counter[int] = Counter()
        for kill in range(KILLS):
            before = _postmaster(data)
            os.kill(before, signal.SIGKILL)

            async def back(before: int = before, kill: int = kill) -> bool:
                headers = {**key, "Idempotency-Key": f"during-{kill}"}
                answer = await client.post("/v1/registrations", json=claim_of("a"), headers=headers)
                answers[answer.status_code] += 1
                if answer.status_code == 503:
                    assert int(answer.headers["Retry-After"]) > 0
                    assert answer.headers["content-type"] == "application/problem+json"
                alive = await client.get("/livez")
                assert alive.status_code == 200
                ready = await client.get("/readyz")
                if ready.status_code == 503:
                    assert ready.json()["missing"], ready.text
                    assert int(ready.headers["Retry-After"]) > 0
                return answer.status_code == 202 and ready.status_code == 200 and _postmaster(data) != before

            await until(back)
            claims.append(await _claimed(client, key, f"after-{kill}"))
        assert answers.keys() == {202, 503}, answers
        for claim in claims:
            assert (await client.get(claim, headers=key)).status_code == 200
        # once a loss, not four times a second, by each of the four processes, all of which listen
        assert command.said().count("log.listener_lost") <= KILLS * 4, command.said()
        assert command.said().count("server started again") == KILLS
        postmaster = psutil.Process(_postmaster(data))
        assert await command.end(signal.SIGTERM) == 0, command.said()
        assert not postmaster.is_running()


async def test_a_process_that_starts_while_the_database_is_away_answers_and_recovers_by_itself(
    data: Path, tmp_path: Path
) -> None:
    async with running(tmp_path, data) as (command, client):
        # The data are out of reach, as on a disk that went away: the server cannot be started again.
        aside = data / "aside"
        os.kill(_postmaster(data), signal.SIGKILL)
        (data / "postgres").rename(aside)
        services = command.children()
        for one in services.values():
            one.kill()

        async def replaced() -> bool:
            now = command.children()
            return now.keys() == services.keys() and all(now[one].pid != services[one].pid for one in services)

        await until(replaced)
        again = command.children()

        async def answers() -> bool:
            said = (await client.get("/readyz")).json()["missing"]
            return "database" in said

        await until(answers)
        assert (await client.get("/livez")).status_code == 200
        for method, path in (("POST", "/v1/registrations"), ("GET", "/v1/pipeline"), ("GET", "/openapi.json")):
            answer = await client.request(method, path)
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), path
            assert int(answer.headers["Retry-After"]) > 0
        aside.rename(data / "postgres")
        await until(lambda: _ready(client))
        # by themselves: nobody had to start them anew
        assert {name: one.pid for name, one in command.children().items()} == {
            name: one.pid for name, one in again.items()
        }
        assert "the data of the embedded PostgreSQL is missing" in command.said()


COMMANDS = [
    ("serve",),
    ("serve", "query"),
    ("serve", "registration"),
    ("serve", "attribution"),
    ("work", "attribution"),
    ("work", "projections"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
async def test_each_service_starts_without_its_database_and_says_so(
    killed_server: EmbeddedPostgres, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    await killed_server.kill()
    told = {**variables(), **servers(killed_server.url()), "DEALREG_PORT": "0"}
    async with dealreg(tmp_path, *arguments, **told) as command:
        address = await until(lambda: _listening(command))
        async with httpx.AsyncClient(base_url=address, timeout=PATIENT_SECONDS) as client:
            assert (await client.get("/livez")).status_code == 200
            ready = await client.get("/readyz")
            assert (ready.status_code, ready.json()["missing"]) == (503, ["database"])
            asked = await client.get("/v1/pipeline")
            assert (asked.status_code, asked.json()["code"]) == (503, "unavailable")
            await killed_server.start()
            await until(lambda: _ready(client))
        assert command.said().count("waiting for a server") == 1
        assert await command.end(signal.SIGTERM) == 0, command.said()


async def test_a_process_that_waits_for_its_database_ends_when_told(
    own_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    async with dealreg(tmp_path, "work", "attribution", **servers(own_server.url()), DEALREG_PORT="0") as command:
        await until(lambda: _listening(command))
        assert await command.end(signal.SIGTERM) == 0, command.said()


def _postmaster(data: Path) -> int:
    """Its pid, as dealreg remembers it; 0 while it does not run."""
    found = recall(data / "postgres.pid")
    return found.pid if found else 0


async def _ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).status_code == 200
    except httpx.TransportError:
        return False


async def _founded(folder: Path, data: Path, client: httpx.AsyncClient) -> str:
    """A vendor that works in that folder, and its key."""
    place = {"DEALREG_DATA_DIR": str(data)}
    for arguments in (
        ("vendor", "create", "acme", "--live"), ("credential", "create", "acme", "--all-scopes", "--json"),
    ):  # fmt: skip
        own = folder / arguments[0]
        own.mkdir()
        async with dealreg(own, *arguments, **place) as command:
            assert await command.process.wait() == 0, command.said()
            said = command.output.read_text()
    key = str(orjson.loads(said)["key"])
    rows = [
        {"key": "1", "kind": "vendor.configure", "body": {"products": PRODUCTS}},
        {"key": "2", "kind": "partner.enroll", "body": {"partner": "a", "name": "A"}},
        {"key": "3", "kind": "program.publish", "body": {"policy": POLICY}},
    ]
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    answer = await client.post("/v1/bulk", content=b"\n".join(map(orjson.dumps, rows)), headers=headers)
    assert answer.status_code == 200, answer.text
    return key


async def _claimed(client: httpx.AsyncClient, key: dict[str, str], name: str) -> str:
    """Where an accepted claim is read."""
    headers = {**key, "Idempotency-Key": name, "Prefer": "wait=20"}
    answer = await client.post("/v1/registrations", json=claim_of("a"), headers=headers)
    assert answer.status_code == 200, answer.text
    return f"/v1/registrations/{answer.json()['registration']}"


async def _listening(command: Command) -> str:
    assert command.process.returncode is None, command.said()
    _, found, rest = command.errors.read_text().partition('"event":"listening"')
    return "http" + rest.partition('"http')[2].partition('"')[0] if found else ""
