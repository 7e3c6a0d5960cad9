"""Who may make, rotate and revoke which credentials: every pair of scopes, and the last administrator."""

from __future__ import annotations

import asyncio

import pytest

from shared.credentials import SCOPES, Credentials, operator
from tests.integration.registration.conftest import Edge

ADMIN = "credentials:admin"


@pytest.mark.parametrize("own", SCOPES)
async def test_no_scope_of_another_kind_is_given_rotated_or_revoked(edge: Edge, own: str) -> None:
    admin, store = await edge.key(ADMIN, own), Credentials(edge.pool, 0)
    for other in SCOPES:
        made, _ = await store.create("acme", [other])
        answers = [
            await edge.client.post("/v1/credentials", json={"scopes": [other]}, headers=admin),
            await edge.client.post(f"/v1/credentials/{made.credential}/rotation", json={}, headers=admin),
            await edge.client.delete(f"/v1/credentials/{made.credential}", headers=admin),
        ]
        if other in (own, ADMIN):
            assert [one.status_code for one in answers] == [201, 201, 204], (own, other)
            continue
        assert [(one.status_code, one.json()["code"]) for one in answers] == [(403, "scope.missing")] * 3, (own, other)
        assert all(other in one.json()["detail"] for one in answers)
        left = await store.get("acme", made.credential)
        assert (left.status, left.revoked_at, left.expires_at) == ("active", None, None)


async def test_nobody_takes_the_name_of_a_principal_that_has_more(edge: Edge) -> None:
    await Credentials(edge.pool, 0).create("acme", ["vendor:admin", "pipeline:read"], principal="sap")
    body = {"scopes": ["pipeline:read"], "principal": "sap"}
    weak = await edge.key(ADMIN, "pipeline:read")
    refused = await edge.client.post("/v1/credentials", json=body, headers=weak)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope.missing")
    assert "vendor:admin" in refused.json()["detail"]
    strong = await edge.key(ADMIN, "pipeline:read", "vendor:admin")
    assert (await edge.client.post("/v1/credentials", json=body, headers=strong)).status_code == 201
    free = {**body, "principal": "own-desk"}
    assert (await edge.client.post("/v1/credentials", json=free, headers=weak)).status_code == 201


async def test_a_connection_is_made_rotated_and_ended_by_who_may_tell_of_opportunities(edge: Edge) -> None:
    weak, strong = await edge.key(ADMIN), await edge.key(ADMIN, "opportunities:write")
    made = (await edge.client.post("/v1/crm-connections", json={"name": "CRM"}, headers=strong)).json()["connection"]
    for method, path in (
        ("POST", "/v1/crm-connections"),
        ("POST", f"/v1/crm-connections/{made}/rotation"),
        ("DELETE", f"/v1/crm-connections/{made}"),
    ):
        body = {"name": "CRM"} if path.endswith("connections") else {}
        refused = await edge.client.request(method, path, json=body, headers=weak)
        assert (refused.status_code, refused.json()["code"]) == (403, "scope.missing"), path
        assert (await edge.client.request(method, path, json=body, headers=strong)).status_code < 300, path


async def test_a_credential_of_a_partner_administers_nothing_whatever_its_scopes(edge: Edge) -> None:
    bound = await edge.key(*SCOPES, partner="nordlicht")
    made, _ = await Credentials(edge.pool, 0).create("acme", ["pipeline:read"], partner="nordlicht")
    for method, path in (
        ("GET", "/v1/credentials"),
        ("GET", f"/v1/credentials/{made.credential}"),
        ("POST", "/v1/credentials"),
        ("POST", f"/v1/credentials/{made.credential}/rotation"),
        ("DELETE", f"/v1/credentials/{made.credential}"),
        ("GET", "/v1/crm-connections"),
        ("POST", "/v1/crm-connections"),
    ):
        answer = await edge.client.request(method, path, json={}, headers=bound)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope.missing"), path


async def test_the_last_administrator_stays_and_the_operator_may_end_it(edge: Edge) -> None:
    store = Credentials(edge.pool, 0)
    last, token = await store.create("lonely", SCOPES)
    headers = {"Authorization": f"Bearer {token}"}
    await store.create("lonely", ["pipeline:read"])
    path = f"/v1/credentials/{last.credential}"
    refused = await edge.client.delete(path, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "credential.last_administrator")
    other = (await edge.client.post("/v1/credentials", json={"scopes": [ADMIN]}, headers=headers)).json()
    assert (await edge.client.delete(path, headers=headers)).status_code == 204
    assert (await store.revoke("lonely", other["credential"], by=operator("lonely"))).status == "revoked"


async def test_of_administrators_that_end_themselves_at_once_one_stays(edge: Edge) -> None:
    store = Credentials(edge.pool, 0)
    made = [await store.create("leaving", [ADMIN]) for _ in range(4)]
    answers = await asyncio.gather(
        *(
            edge.client.delete(f"/v1/credentials/{one.credential}", headers={"Authorization": f"Bearer {token}"})
            for one, token in made
        )
    )
    assert sorted(answer.status_code for answer in answers) == [204, 204, 204, 409]
    assert [one.status for one in await store.of("leaving")].count("active") == 1
