"""What a vendor's administrators read of the credentials and CRM connections that they made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from shared.credentials import Credentials
from tests.integration.registration.conftest import Edge

NOUNS = [("/v1/credentials", "credential", {"scopes": ["pipeline:read"]}),
         ("/v1/crm-connections", "connection", {"name": "CRM"})]  # fmt: skip


async def made(edge: Edge, path: str, body: dict[str, Any], admin: dict[str, str]) -> httpx.Response:
    answer = await edge.client.post(path, json=body, headers=admin)
    assert answer.status_code == 201, answer.text
    return answer


@pytest.mark.parametrize(("path", "noun", "body"), NOUNS)
async def test_the_location_of_what_was_made_answers_it_without_its_secret(
    edge: Edge, path: str, noun: str, body: dict[str, Any]
) -> None:
    admin = await edge.key()
    answer = await made(edge, path, body, admin)
    read = await edge.client.get(answer.headers["Location"], headers=admin)
    assert read.status_code == 200, read.text
    told = answer.json()
    assert read.json() == {name: value for name, value in told.items() if name not in ("key", "secret")}
    stranger = await edge.client.get(answer.headers["Location"], headers=await edge.key(vendor="other"))
    assert stranger.status_code == 404
    weak = await edge.client.get(answer.headers["Location"], headers=await edge.key("pipeline:read"))
    assert (weak.status_code, weak.json()["code"]) == (403, "scope.missing")


@pytest.mark.parametrize(("path", "noun", "body"), NOUNS)
async def test_lists_are_read_page_by_page_oldest_first(edge: Edge, path: str, noun: str, body: dict[str, Any]) -> None:
    admin = await edge.key(vendor="pages")
    before = [one[noun] for one in (await edge.client.get(path, headers=admin)).json()[f"{noun}s"]]
    ids = before + [(await made(edge, path, body, admin)).json()[noun] for _ in range(5)]
    seen, at = [], f"{path}?limit=2"
    while at is not None:
        page = (await edge.client.get(at, headers=admin)).json()
        assert 1 <= len(page[f"{noun}s"]) <= 2
        seen += [one[noun] for one in page[f"{noun}s"]]
        at = page["next"]
    assert seen == ids
    assert len((await edge.client.get(path, headers=admin)).json()[f"{noun}s"]) == len(ids)


@pytest.mark.parametrize(("path", "noun", "body"), NOUNS)
async def test_a_page_goes_on_from_nothing_of_another_vendor(
    edge: Edge, path: str, noun: str, body: dict[str, Any]
) -> None:
    theirs = (await made(edge, path, body, await edge.key(vendor="other"))).json()[noun]
    for after, status in ((theirs, 404), ("nobody", 404), ("%00", 422)):
        answer = await edge.client.get(f"{path}?after={after}", headers=await edge.key())
        assert answer.status_code == status, answer.text


async def test_a_list_of_connections_goes_on_from_one_that_was_deleted_meanwhile(edge: Edge) -> None:
    admin = await edge.key(vendor="deleting")
    ids = [(await made(edge, "/v1/crm-connections", {"name": "CRM"}, admin)).json()["connection"] for _ in range(3)]
    page = (await edge.client.get("/v1/crm-connections?limit=2", headers=admin)).json()
    assert (await edge.client.delete(f"/v1/crm-connections/{ids[1]}", headers=admin)).status_code == 204
    following = (await edge.client.get(page["next"], headers=admin)).json()
    assert [one["connection"] for one in following["connections"]] == ids[2:]
    gone = await edge.client.get(f"/v1/crm-connections/{ids[1]}", headers=admin)
    assert (gone.status_code, gone.json()["code"]) == (404, "connection.unknown")


async def test_the_status_of_a_credential_tells_what_became_of_it(edge: Edge) -> None:
    admin, store = await edge.key(), Credentials(edge.pool, 0)
    over, _ = await store.create("acme", ["pipeline:read"], expires_at=datetime.now(UTC) - timedelta(seconds=1))
    old = (await made(edge, "/v1/credentials", {"scopes": ["pipeline:read"]}, admin)).json()["credential"]
    rotation = {"grace_seconds": 60}
    new = (await made(edge, f"/v1/credentials/{old}/rotation", rotation, admin)).json()["credential"]
    gone = (await made(edge, "/v1/credentials", {"scopes": ["pipeline:read"]}, admin)).json()["credential"]
    await edge.client.delete(f"/v1/credentials/{gone}", headers=admin)

    async def told(credential: str) -> tuple[Any, ...]:
        read = (await edge.client.get(f"/v1/credentials/{credential}", headers=admin)).json()
        return read["status"], read["replaces"], read["replaced_by"]

    assert await told(over.credential) == ("expired", None, None)
    assert await told(old) == ("replaced", None, new)
    assert await told(new) == ("active", old, None)
    assert await told(gone) == ("revoked", None, None)


@pytest.mark.parametrize("grace_seconds", [0, 60, 604_800])
async def test_a_rotation_answers_the_new_key_and_the_end_of_the_old_one(edge: Edge, grace_seconds: int) -> None:
    admin = await edge.key()
    old = (await made(edge, "/v1/credentials", {"scopes": ["pipeline:read"]}, admin)).json()["credential"]
    before = datetime.now(UTC)
    answer = await made(edge, f"/v1/credentials/{old}/rotation", {"grace_seconds": grace_seconds}, admin)
    told = answer.json()
    assert (told["replaces"], told["replaced"]["credential"], told["expires_at"]) == (old, old, None)
    assert told["replaced"]["grace_seconds"] == grace_seconds
    ends = datetime.fromisoformat(told["replaced"]["expires_at"])
    assert before <= ends - timedelta(seconds=grace_seconds) <= datetime.now(UTC)
    assert datetime.fromisoformat((await read(edge, old, admin))["expires_at"]) == ends
    assert answer.headers["Location"] == f"/v1/credentials/{told['credential']}"


async def test_a_rotation_gives_no_grace_beyond_the_end_that_was_due(edge: Edge) -> None:
    due = datetime.now(UTC) + timedelta(seconds=100)
    old, _ = await Credentials(edge.pool, 0).create("acme", ["pipeline:read"], expires_at=due)
    path = f"/v1/credentials/{old.credential}/rotation"
    told = (await made(edge, path, {"grace_seconds": 3600}, await edge.key())).json()["replaced"]
    assert datetime.fromisoformat(told["expires_at"]) == due
    assert 0 < told["grace_seconds"] <= 100


async def test_a_rotation_of_a_connection_answers_the_end_of_its_old_secrets(edge: Edge) -> None:
    admin = await edge.key()
    connection = (await made(edge, "/v1/crm-connections", {"name": "CRM"}, admin)).json()["connection"]
    before = datetime.now(UTC)
    for grace_seconds in (3600, 60, 0):
        path, body = f"/v1/crm-connections/{connection}/rotation", {"grace_seconds": grace_seconds}
        told = (await edge.client.post(path, json=body, headers=admin)).json()
        assert told["secret"].startswith("whsec_")
        assert told["replaced"]["grace_seconds"] == grace_seconds
        ends = datetime.fromisoformat(told["replaced"]["expires_at"])
        assert before <= ends - timedelta(seconds=grace_seconds) <= datetime.now(UTC)


async def read(edge: Edge, credential: str, admin: dict[str, str]) -> dict[str, Any]:
    return dict((await edge.client.get(f"/v1/credentials/{credential}", headers=admin)).json())
