"""An erased person cannot be read anywhere: log, tables, answers, exports, rebuilt views, log files (G9)."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

import asyncpg
import httpx
import orjson

from shared.database import open_pool
from shared.log import open_log
from shared.log.port import Topic
from shared.settings import Settings
from tests.e2e.channel import CUSTOMER, POLICY, PRODUCTS
from tests.e2e.command import Command, dealreg, servers
from tests.stored import both_forms
from tests.until import until

NAME, EMAIL, PHONE = "Quirina Zwiebelfisch", "quirina@zwiebelfisch.example", "+49 30 5550199"
NOTES, EVIDENCE, LATER = "collects porcelain owls", "showed it on her houseboat", "called while she was ice fishing"
REASON, REVIEW = "her board meets on the Zugspitze", "she sounded like a bassoon"
SAVED, SOUGHT = "deals of the tin soldiers", "Karawanken"
"""Name and search of a saved view."""
SECRETS = (NAME, EMAIL, PHONE, NOTES, EVIDENCE, LATER, REASON, REVIEW, SAVED, SOUGHT)
EXTENDABLE = {**POLICY, "protection": {"days": 90, "extension": {"max": 1, "days": 30, "decide": "5bd"}}}
SCHEMAS = ("log", "registration", "attribution", "projections")


@dataclass(slots=True)
class Place:
    """One running dealreg, its settings as another process needs them, and a vendor's client."""

    command: Command
    variables: dict[str, str]
    settings: Settings
    folder: Path
    client: httpx.AsyncClient
    principal: str
    paths: list[str]
    """Everything that can be asked about the deal."""

    async def answers(self) -> dict[str, str]:
        found = {}
        for path in self.paths:
            for accept in ("application/json", "text/csv"):
                answer = await self.client.get(path, headers={"Accept": accept})
                if answer.status_code in (404, 406):
                    continue
                assert answer.status_code == 200, (path, answer.text)
                found[f"{path} as {accept}"] = answer.text
        return found

    async def command_line(self, name: str, *arguments: str) -> str:
        folder = self.folder / name
        folder.mkdir()
        async with dealreg(folder, *arguments, **self.variables) as command:
            assert await command.process.wait() == 0, command.said()
            return command.said()


async def test_nothing_of_an_erased_person_can_be_read_anywhere(
    database: str, tmp_path: Path, settings: Settings
) -> None:
    await _told_and_erased(database, tmp_path, settings, servers(database))


async def test_nothing_of_an_erased_person_can_be_read_on_kafka(
    database: str, tmp_path: Path, settings: Settings, kafka_bootstrap: str
) -> None:
    prefix = f"test-{uuid4().hex[:12]}-"
    named = {
        "log": "kafka",
        "allow_single_node": True,
        "kafka_topic_prefix": prefix,
        "kafka_bootstrap": kafka_bootstrap,
    }
    on_kafka = settings.model_copy(update=named)
    await _told_and_erased(database, tmp_path, on_kafka, servers(database, kafka_bootstrap, prefix))


async def _told_and_erased(database: str, folder: Path, settings: Settings, variables: dict[str, str]) -> None:
    async with dealreg(folder, "run", "--port", "0", "--in-process", **variables) as command:
        url = await until(lambda: _url(command))
        async with _with_a_deal(command, variables, settings, folder, url) as place:
            await _erased_everywhere(place, database)


async def _erased_everywhere(place: Place, database: str) -> None:
    before = await place.answers()
    everything = "\n".join(before.values())
    assert [secret for secret in SECRETS if secret not in everything] == [], "the test looks in the wrong places"
    # when one request erases the contact, and the command line what was written about the deal without her address,
    # and what somebody saved who works there
    done = (await place.client.post("/v1/persons/erasure", json={"email": EMAIL.upper()})).json()
    assert done["erased"] is True
    registration = place.paths[0].rpartition("/")[2]
    await place.command_line("erase", "persons", "erase", "acme", "--registration", registration)
    await place.command_line("erase-principal", "persons", "erase", "acme", "--principal", place.principal)
    # again changes nothing, and finds nobody
    again = (await place.client.post("/v1/persons/erasure", json={"email": EMAIL})).json()
    assert again == {"person": None, "erased": False, "fact": None}
    by_id = (await place.client.post("/v1/persons/erasure", json={"person": done["person"]})).json()
    assert by_id == {**done, "erased": False}
    # then
    told = await until(lambda: _erasures(place))
    assert [done["person"] in str(one) for one in told].count(True) == 1
    assert not _readable(await place.answers())
    for view in ("pipeline", "feed"):
        await place.command_line(f"rebuild-{view}", "projections", "rebuild", view, "--json")
    after = await place.answers()
    assert after.keys() == before.keys()
    assert not _readable(after)
    told_of = await place.command_line("explain", "explain", registration, "--json")
    assert not _readable({"explain": told_of})
    assert not _readable(await _stored(database))
    assert not _readable(await _records(database, place.settings))
    files = {str(path): path.read_text() for path in place.folder.rglob("*") if path.is_file()}
    assert not _readable(files)


@asynccontextmanager
async def _with_a_deal(
    command: Command, variables: dict[str, str], settings: Settings, folder: Path, url: str
) -> AsyncIterator[Place]:
    """A registration with personal texts in each place that takes them."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        place = Place(command, variables, settings, folder, client, "", [])
        await place.command_line("vendor", "vendor", "create", "acme", "--live")
        made = orjson.loads(
            (await place.command_line("key", "credential", "create", "acme", "--all-scopes", "--json")).splitlines()[0]
        )
        client.headers["Authorization"] = f"Bearer {made['key']}"
        place.principal = f"key:{made['credential']}"
        rows = [
            {"key": "1", "kind": "vendor.configure", "body": {"products": PRODUCTS}},
            {"key": "2", "kind": "partner.enroll", "body": {"partner": "a", "name": "A"}},
            {"key": "3", "kind": "program.publish", "body": {"policy": EXTENDABLE}},
        ]
        body = b"\n".join(map(orjson.dumps, rows))
        answer = await client.post("/v1/bulk", content=body, headers={"Content-Type": "application/x-ndjson"})
        assert answer.status_code == 200, answer.text
        claim = {
            "program": "hunting",
            "partner": "a",
            "customer": CUSTOMER,
            "products": ["X"],
            "contact": {"name": NAME, "email": EMAIL, "phone": PHONE},
            "notes": NOTES,
            "evidence": [{"kind": "demo", "on": "2026-01-01", "note": EVIDENCE}],
        }
        registration = (await _post(client, "/v1/registrations", claim))["registration"]
        path = f"/v1/registrations/{registration}"
        facts = [
            await _post(client, f"{path}/evidence", {"kind": "poc", "on": "2026-01-02", "note": LATER}),
            await _post(client, f"{path}/extension", {"reason": REASON}),
            await _post(client, f"{path}/review", {"verdict": "revoke", "code": "pretended", "note": REVIEW}),
        ]
        assert all(facts)
        chosen = {"page": "registrations", "name": SAVED, "parameters": {"customer": SOUGHT}}
        assert (await client.post("/v1/saved-views", json=chosen)).status_code == 201
        place.paths = [
            path,
            f"{path}/history",
            f"{path}/explanation",
            "/v1/events?limit=200",
            "/v1/saved-views",
            *(f"/v1/{noun}" for noun in ("pipeline", "conflicts", "opportunities", "credits", "rewards", "cases")),
        ]
        yield place


async def _post(client: httpx.AsyncClient, path: str, body: Any) -> dict[str, Any]:
    headers = {"Idempotency-Key": path, "Prefer": "wait=20"}
    answer = await client.post(path, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    decided: dict[str, Any] = answer.json()
    return decided


async def _url(command: Command) -> str | None:
    assert command.process.returncode is None, command.said()
    said = command.output.read_text()
    return said.partition("answers at ")[2].split()[0] if "answers at " in said else None


async def _erasures(place: Place) -> list[Any]:
    """The journal's entries of all three erasures, once it has them."""
    items = (await place.client.get("/v1/events?limit=200")).json()["items"]
    found = [one for one in items if one["type"] == "person.erased"]
    assert len(found) <= 3
    return found if len(found) == 3 else []


async def _stored(database: str) -> dict[str, str]:
    """Every row of every table, as text and bytes."""
    connection = await asyncpg.connect(database)
    try:
        tables = await connection.fetch(
            "SELECT schemaname || '.' || quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = ANY ($1)",
            SCHEMAS,
        )
        assert len(tables) > 20
        found = {}
        for (name,) in tables:
            rows = await connection.fetch(f"SELECT * FROM {name}")
            found[name] = "\n".join(_text(value) for row in rows for value in row.values())
        return found
    finally:
        await connection.close()


async def _records(database: str, settings: Settings) -> dict[str, str]:
    """Every byte of both topics."""
    pool = await open_pool(database, settings)
    log = open_log(settings, database_pool=pool, kafka_bootstrap=settings.kafka_bootstrap)
    await log.start()
    found = {}
    try:
        for topic in get_args(Topic):
            for partition, end in enumerate(await log.end_offsets(topic)):
                reader, texts, read = await log.reader(topic, partition, 0), [], 0
                while read < end:
                    for record in await reader.fetch(1_000, 1_000):
                        read += 1
                        texts.append(f"{record.headers}{_text(record.value)}")
                await reader.close()
                found[f"{topic} {partition}"] = "\n".join(texts)
    finally:
        await log.stop()
        await pool.close()
    assert "registration.submitted" in "".join(found.values())
    return found


def _text(value: object) -> str:
    return both_forms(value).decode(errors="replace") if isinstance(value, bytes) else str(value)


def _readable(places: dict[str, str]) -> list[tuple[str, str]]:
    """Where which secret stands, in clear or in base64."""
    return [
        (place, secret)
        for place, text in places.items()
        for secret in SECRETS
        if any(form in text or form in text.casefold() for form in _forms(secret))
    ]


def _forms(secret: str) -> Iterable[str]:
    yield secret
    yield secret.casefold()
    for shift in range(3):
        # What every base64 of a text with it inside has in common: the characters that no neighbour touches.
        coded = base64.b64encode(b" " * shift + secret.encode()).decode()
        yield coded[4 if shift else 0 : len(coded) // 4 * 4 - 4]
