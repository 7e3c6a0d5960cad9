"""Who may ask: keys of vendors and partners, scopes, rotation, revocation, rates."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.requests import Request

from shared.credentials import SCOPES, Credentials, RateLimit, operator
from shared.credentials.failures import address_of
from tests.integration.registration.conftest import SUBMISSION, Edge


async def post(edge: Edge, headers: dict[str, str], key: str = "k", **fields: Any) -> httpx.Response:
    body = {name: value for name, value in {**SUBMISSION, **fields}.items() if value is not ...}
    return await edge.client.post("/v1/registrations", json=body, headers={**headers, "Idempotency-Key": key})


async def test_without_a_credential_nothing_is_taken(edge: Edge) -> None:
    answer = await post(edge, {})
    assert (answer.status_code, answer.json()["code"]) == (401, "credential.missing")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert await edge.facts() == []


@pytest.mark.parametrize("token", ["x", "dr_0123456789abcdef_" + "A" * 43, "dr_"])
async def test_an_unknown_credential_is_refused(edge: Edge, token: str) -> None:
    answer = await post(edge, {"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "credential.unknown")


async def test_a_key_of_the_right_id_with_another_secret_is_unknown(edge: Edge) -> None:
    authorization = (await edge.key())["Authorization"]
    answer = await post(edge, {"Authorization": authorization[:-43] + "A" * 43})
    assert (answer.status_code, answer.json()["code"]) == (401, "credential.unknown")


async def test_wrong_keys_are_limited_by_their_address(edge: Edge) -> None:
    def guess() -> dict[str, str]:
        return {"Authorization": f"Bearer dr_{secrets.token_hex(8)}_{'A' * 43}"}

    credentials: Credentials = edge.app.state.credentials
    credentials.failures = RateLimit(20, 60, "failures")
    met, later = await edge.key(), await edge.key()
    assert (await post(edge, met)).status_code == 202
    answers = [await post(edge, guess()) for _ in range(100)]
    assert {one.status_code for one in answers[:20]} == {401}
    assert {(one.status_code, one.json()["code"]) for one in answers[21:]} == {(429, "rate.exceeded")}
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 3
    assert answers[-1].headers["ratelimit-policy"] == '"failures";q=20;w=60'
    # a key that worked goes on; one that was never seen waits with the guesses
    assert (await post(edge, met, "k2")).status_code == 202
    assert (await post(edge, later, "k3")).status_code == 429
    other = httpx.ASGITransport(edge.app, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=other, base_url="http://dealreg") as client:
        assert (await client.get("/v1/programs", headers=later)).status_code == 200


@pytest.mark.parametrize(
    "host, address",
    [("192.0.2.7", "192.0.2.7"), ("2001:db8::1", "2001:0db8:0000:0000"), ("2001:db8::ffff:1", "2001:0db8:0000:0000")],
)
def test_an_ipv6_customer_is_one_address(host: str, address: str) -> None:
    assert address_of(Request({"type": "http", "client": (host, 1)})) == address


async def test_an_expired_key_is_refused(edge: Edge) -> None:
    ended = datetime.now(UTC) - timedelta(seconds=1)
    _, token = await Credentials(edge.pool, 0).create("acme", SCOPES, expires_at=ended)
    answer = await post(edge, {"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "credential.expired")


async def test_the_secret_rests_as_a_hash_alone(edge: Edge) -> None:
    _, token = await Credentials(edge.pool, 0).create("acme", SCOPES)
    rows = await edge.pool.fetch("SELECT credential::text AS row FROM registration.credential")
    assert all(token.secret not in row["row"] for row in rows)


async def test_a_scope_that_is_missing_is_named(edge: Edge) -> None:
    answer = await post(edge, await edge.key("pipeline:read"))
    assert (answer.status_code, answer.json()["code"]) == (403, "scope.missing")
    assert "registrations:write" in answer.json()["detail"]
    assert await edge.facts() == []


async def test_a_key_made_over_the_api_works_until_it_is_revoked_there(edge: Edge) -> None:
    admin = await edge.key()
    made = await edge.client.post(
        "/v1/credentials", json={"scopes": ["registrations:write"], "label": "desk"}, headers=admin
    )
    assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
    key = {"Authorization": f"Bearer {made.json()['key']}"}
    assert (await post(edge, key)).status_code == 202
    gone = await edge.client.delete(f"/v1/credentials/{made.json()['credential']}", headers=admin)
    assert gone.status_code == 204
    answer = await post(edge, key, "k2")
    assert (answer.status_code, answer.json()["code"]) == (401, "credential.revoked")
    listed = (await edge.client.get("/v1/credentials", headers=admin)).json()["credentials"]
    [shown] = [one for one in listed if one["credential"] == made.json()["credential"]]
    assert shown["revoked_at"] is not None
    assert made.json()["key"] not in str(listed)


async def test_a_revocation_elsewhere_is_seen_within_the_cache_time(edge: Edge) -> None:
    made, token = await Credentials(edge.pool, 0).create("acme", SCOPES)
    here = Credentials(edge.pool, cache_seconds=0)
    await here.authenticate(str(token))
    await Credentials(edge.pool, 0).revoke("acme", made.credential, by=operator("acme"))
    answer = await post(edge, {"Authorization": f"Bearer {token}"})
    assert answer.json()["code"] == "credential.revoked"


async def test_rotation_with_grace_lets_both_keys_work_and_without_ends_the_old(edge: Edge) -> None:
    admin = await edge.key()
    made = (await edge.client.post("/v1/credentials", json={"scopes": ["registrations:write"]}, headers=admin)).json()
    path = f"/v1/credentials/{made['credential']}/rotation"
    successor = (await edge.client.post(path, json={"grace_seconds": 60}, headers=admin)).json()
    assert (successor["principal"], successor["replaces"]) == (made["principal"], made["credential"])
    for key in (made["key"], successor["key"]):
        assert (await post(edge, {"Authorization": f"Bearer {key}"})).status_code == 202
    newest = await edge.client.post(f"/v1/credentials/{successor['credential']}/rotation", json={}, headers=admin)
    answer = await post(edge, {"Authorization": f"Bearer {successor['key']}"})
    assert answer.json()["code"] == "credential.expired"
    assert (await post(edge, {"Authorization": f"Bearer {newest.json()['key']}"})).status_code == 202


@pytest.mark.parametrize("grace_seconds", [0, 60])
async def test_a_key_that_was_rotated_is_not_rotated_again(edge: Edge, grace_seconds: int) -> None:
    admin = await edge.key()
    made = (await edge.client.post("/v1/credentials", json={"scopes": ["pipeline:read"]}, headers=admin)).json()
    path = f"/v1/credentials/{made['credential']}/rotation"
    first = (await edge.client.post(path, json={"grace_seconds": grace_seconds}, headers=admin)).json()
    again = await edge.client.post(path, json={"grace_seconds": grace_seconds}, headers=admin)
    assert (again.status_code, again.json()["code"]) == (409, "credential.rotated")
    assert first["credential"] in again.json()["detail"]
    # also once the successor is gone: a key that ended comes back under no other name
    await edge.client.delete(f"/v1/credentials/{first['credential']}", headers=admin)
    assert (await edge.client.post(path, json={}, headers=admin)).status_code == 409


async def test_of_many_rotations_at_once_one_makes_a_successor(edge: Edge) -> None:
    admin = await edge.key()
    made = (await edge.client.post("/v1/credentials", json={"scopes": ["pipeline:read"]}, headers=admin)).json()
    path = f"/v1/credentials/{made['credential']}/rotation"
    answers = await asyncio.gather(*(edge.client.post(path, json={}, headers=admin) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    [successor] = [answer.json() for answer in answers if answer.status_code == 201]
    assert successor["expires_at"] is None


async def test_an_expired_key_has_no_successor_and_a_successor_ends_with_what_it_replaces(edge: Edge) -> None:
    admin, credentials = await edge.key(), Credentials(edge.pool, 0)
    over, _ = await credentials.create("acme", ["pipeline:read"], expires_at=datetime.now(UTC) - timedelta(seconds=1))
    refused = await edge.client.post(f"/v1/credentials/{over.credential}/rotation", json={}, headers=admin)
    assert (refused.status_code, refused.json()["code"]) == (409, "credential.ended")
    ends = datetime.now(UTC) + timedelta(days=1)
    ending, _ = await credentials.create("acme", ["pipeline:read"], expires_at=ends)
    answer = await edge.client.post(f"/v1/credentials/{ending.credential}/rotation", json={}, headers=admin)
    assert datetime.fromisoformat(answer.json()["expires_at"]) == ends


async def test_nobody_gives_what_it_lacks(edge: Edge) -> None:
    small = await edge.key("credentials:admin")
    answer = await edge.client.post("/v1/credentials", json={"scopes": ["vendor:admin"]}, headers=small)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope.missing")
    strong, _ = await Credentials(edge.pool, 0).create("acme", SCOPES)
    answer = await edge.client.post(f"/v1/credentials/{strong.credential}/rotation", json={}, headers=small)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope.missing")


async def test_credentials_of_another_vendor_are_not_there(edge: Edge) -> None:
    other, _ = await Credentials(edge.pool, 0).create("other", SCOPES)
    admin = await edge.key()
    gone = await edge.client.delete(f"/v1/credentials/{other.credential}", headers=admin)
    turned = await edge.client.post(f"/v1/credentials/{other.credential}/rotation", json={}, headers=admin)
    assert [(one.status_code, one.json()["code"]) for one in (gone, turned)] == [(404, "credential.not_found")] * 2
    listed = (await edge.client.get("/v1/credentials", headers=admin)).json()["credentials"]
    assert other.credential not in [one["credential"] for one in listed]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"scopes": []}, "scopes", "list.too_short"),
        ({"scopes": ["everything"]}, "scopes.0", "field.choice"),
        ({"scopes": ["pipeline:read"], "expires_at": "2020-01-01T00:00:00Z"}, "expires_at", "time.past"),
        ({"scopes": ["pipeline:read"], "principal": "dealreg:operator"}, "principal", "text.pattern"),
        ({"scopes": ["reviews:write"], "partner": "nordlicht"}, "", "scope.not_for_partners"),
    ],
)
async def test_a_wrong_credential_is_not_made(edge: Edge, body: dict[str, Any], field: str, code: str) -> None:
    answer = await edge.client.post("/v1/credentials", json=body, headers=await edge.key())
    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]


async def test_a_partners_key_speaks_for_that_partner_alone(edge: Edge) -> None:
    key = await edge.key("registrations:write", partner="nordlicht")
    assert (await post(edge, key, "own", partner=...)).status_code == 202
    assert (await post(edge, key, "named", partner="nordlicht")).status_code == 202
    answer = await post(edge, key, "rival", partner="suedlicht")
    assert (answer.status_code, answer.json()["code"]) == (403, "partner.not_yours")
    facts = await edge.facts()
    assert [(fact.event.partner, fact.partner) for fact in facts] == [("nordlicht", "nordlicht")] * 2  # type: ignore[attr-defined]


async def test_the_rate_is_told_and_kept(edge: Edge) -> None:
    key = await edge.key()
    edge.app.state.rate.__init__(3)
    answers = [await post(edge, key, str(number)) for number in range(5)]
    assert [answer.status_code for answer in answers[:3]] == [202, 202, 202]
    refused = answers[-1]
    assert (refused.status_code, refused.json()["code"], refused.headers["Retry-After"]) == (
        429,
        "rate.exceeded",
        "1",
    )
    assert answers[0].headers["RateLimit-Policy"] == '"credential";q=3;w=1'
    assert answers[0].headers["RateLimit"] == '"credential";r=2;t=1'
    assert refused.headers["RateLimit"] == '"credential";r=0;t=1'
    # Another caller has its own.
    assert (await post(edge, await edge.key(), "x")).status_code == 202
