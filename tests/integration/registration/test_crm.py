"""Signed messages of a CRM: whose they are, that they are fresh, and that each counts once."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
import pytest
from standardwebhooks import Webhook

from shared.events.envelope import fact_id, opportunity_id
from shared.events.opportunity import OpportunityWon
from tests.integration.registration.conftest import Edge

MESSAGE = {
    "event": "won",
    "external_id": "006-1",
    "source_time": "2026-11-20T16:05:00+01:00",
    "products": ["GTX Pro"],
    "amount": {"amount": "45500", "currency": "EUR"},
}


async def connect(edge: Edge, vendor: str = "acme") -> tuple[str, str]:
    answer = await edge.client.post("/v1/crm-connections", json={"name": "CRM"}, headers=await edge.key(vendor=vendor))
    assert answer.status_code == 201, answer.text
    return answer.json()["connection"], answer.json()["secret"]


def signed(secret: str, body: bytes, message: str = "msg_1", at: int | None = None) -> dict[str, str]:
    at = int(time.time()) if at is None else at
    signature = Webhook(secret).sign(message, datetime.fromtimestamp(at, UTC), body.decode())
    return {"webhook-id": message, "webhook-timestamp": str(at), "webhook-signature": signature}


async def deliver(edge: Edge, connection: str, headers: dict[str, str], body: bytes) -> httpx.Response:
    return await edge.client.post(
        f"/v1/crm/{connection}/opportunities",
        content=body,
        headers={"Content-Type": "application/json", **headers},
    )


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


BODY = orjson.dumps(MESSAGE)


async def test_a_signed_message_is_a_fact(edge: Edge) -> None:
    connection, secret = await connect(edge)
    answer = await deliver(edge, connection, signed(secret, BODY), BODY)
    assert answer.status_code == 202, answer.text
    [fact] = await edge.facts()
    assert fact.id == fact_id("acme", f"crm:{connection}", "msg_1") == answer.json()["fact"]
    assert isinstance(fact.event, OpportunityWon)
    assert fact.event.opportunity == opportunity_id("acme", connection, "006-1")
    assert fact.event.source_time == datetime(2026, 11, 20, 15, 5, tzinfo=UTC)
    assert fact.event.amount is not None
    assert fact.event.amount.amount == "45500.00"


async def test_another_secret_body_or_message_id_does_not_verify(edge: Edge) -> None:
    connection, secret = await connect(edge)
    _, other = await connect(edge)
    good = signed(secret, BODY)
    forged = [
        signed(other, BODY),
        {**good, "webhook-id": "msg_2"},
        {**good, "webhook-timestamp": str(int(good["webhook-timestamp"]) + 1)},
        {**good, "webhook-signature": ""},
        {**good, "webhook-signature": "v1"},
        {**good, "webhook-signature": "v1,not/base64!"},
        {**good, "webhook-signature": good["webhook-signature"].replace("v1,", "v1a,")},
        {name: text for name, text in good.items() if name != "webhook-signature"},
        {name: text for name, text in good.items() if name != "webhook-id"},
        {},
    ]
    for headers in forged:
        assert code(await deliver(edge, connection, headers, BODY)) == (401, "webhook.signature_invalid"), headers
    changed = orjson.dumps({**MESSAGE, "external_id": "006-2"})
    assert code(await deliver(edge, connection, good, changed)) == (401, "webhook.signature_invalid")
    assert await edge.facts() == []


@pytest.mark.parametrize("seconds", [-301, 302, -86_400])
async def test_an_old_or_early_timestamp_is_refused_although_it_is_signed(edge: Edge, seconds: int) -> None:
    connection, secret = await connect(edge)
    headers = signed(secret, BODY, at=int(time.time()) + seconds)
    answer = await deliver(edge, connection, headers, BODY)
    assert code(answer) == (401, "webhook.timestamp_outside_tolerance")
    assert await edge.facts() == []


async def test_a_fraction_of_a_second_makes_no_new_delivery(edge: Edge) -> None:
    connection, secret = await connect(edge)
    headers = signed(secret, BODY)
    await deliver(edge, connection, headers, BODY)
    later = {**headers, "webhook-timestamp": headers["webhook-timestamp"] + ".9"}
    assert code(await deliver(edge, connection, later, BODY)) == (401, "webhook.signature_invalid")


async def test_a_replay_is_refused_and_a_retry_answered_as_before(edge: Edge) -> None:
    connection, secret = await connect(edge)
    now = int(time.time())
    first = await deliver(edge, connection, signed(secret, BODY, at=now - 10), BODY)
    assert first.status_code == 202
    replayed = await deliver(edge, connection, signed(secret, BODY, at=now - 10), BODY)
    assert code(replayed) == (409, "webhook.replayed")
    retried = await deliver(edge, connection, signed(secret, BODY, at=now), BODY)
    assert (retried.status_code, retried.content) == (202, first.content)
    # The retry can be replayed no more than the first delivery.
    for at in (now, now - 10):
        assert code(await deliver(edge, connection, signed(secret, BODY, at=at), BODY)) == (409, "webhook.replayed")
    await edge.app.state.edge.intake._marking.flush()
    assert code(await deliver(edge, connection, signed(secret, BODY, at=now), BODY)) == (409, "webhook.replayed")
    assert len(await edge.facts()) == 1


async def test_the_same_id_with_another_body_is_refused(edge: Edge) -> None:
    connection, secret = await connect(edge)
    await deliver(edge, connection, signed(secret, BODY), BODY)
    other = orjson.dumps({**MESSAGE, "event": "lost"})
    answer = await deliver(edge, connection, signed(secret, other), other)
    assert code(answer) == (422, "webhook.id_reused")
    assert len(await edge.facts()) == 1


async def test_a_message_that_is_wrong_inside_is_refused_whole(edge: Edge) -> None:
    connection, secret = await connect(edge)
    body = orjson.dumps({**MESSAGE, "event": "sold", "amount": {"amount": 1, "currency": "EUR"}, "reason": 7})
    answer = await deliver(edge, connection, signed(secret, body), body)
    assert code(answer) == (422, "request.invalid")
    told = [(one["field"], one["code"]) for one in answer.json()["errors"]]
    assert told == [("event", "field.choice"), ("amount", "money.not_decimal"), ("reason", "field.type")]
    body = orjson.dumps({**MESSAGE, "reason": "price"})
    answer = await deliver(edge, connection, signed(secret, body), body)
    assert [one["code"] for one in answer.json()["errors"]] == ["field.not_applicable"]


async def test_an_unknown_or_deleted_connection_is_not_there(edge: Edge) -> None:
    connection, secret = await connect(edge)
    unknown = await deliver(edge, "crm_none", signed(secret, BODY), BODY)
    assert code(unknown) == (404, "connection.unknown")
    gone = await edge.client.delete(f"/v1/crm-connections/{connection}", headers=await edge.key())
    assert gone.status_code == 204
    assert code(await deliver(edge, connection, signed(secret, BODY), BODY)) == (404, "connection.unknown")


async def test_during_a_rotation_both_secrets_verify_and_after_it_the_new_one_alone(edge: Edge) -> None:
    connection, old = await connect(edge)
    path = f"/v1/crm-connections/{connection}/rotation"
    answer = await edge.client.post(path, json={"grace_seconds": 60}, headers=await edge.key())
    new = answer.json()["secret"]
    for number, secret in enumerate((old, new)):
        assert (await deliver(edge, connection, signed(secret, BODY, f"m{number}"), BODY)).status_code == 202
    both = signed(old, BODY, "m3")
    both["webhook-signature"] = f"v1,AAAA {both['webhook-signature']}"
    assert (await deliver(edge, connection, both, BODY)).status_code == 202
    latest = (await edge.client.post(path, json={}, headers=await edge.key())).json()["secret"]
    for secret in (old, new):
        refused = await deliver(edge, connection, signed(secret, BODY, "m4"), BODY)
        assert code(refused) == (401, "webhook.signature_invalid")
    assert (await deliver(edge, connection, signed(latest, BODY, "m5"), BODY)).status_code == 202


async def test_connections_of_another_vendor_are_not_there(edge: Edge) -> None:
    connection, _ = await connect(edge, vendor="other")
    admin = await edge.key()
    gone = await edge.client.delete(f"/v1/crm-connections/{connection}", headers=admin)
    turned = await edge.client.post(f"/v1/crm-connections/{connection}/rotation", json={}, headers=admin)
    assert [code(gone), code(turned)] == [(404, "connection.unknown")] * 2
    assert (await edge.client.get("/v1/crm-connections", headers=admin)).json() == {"connections": []}


async def test_secrets_rest_encrypted_and_are_listed_nowhere(edge: Edge) -> None:
    connection, secret = await connect(edge)
    listed: Any = await edge.client.get("/v1/crm-connections", headers=await edge.key())
    assert [one["connection"] for one in listed.json()["connections"]] == [connection]
    assert secret not in listed.text
    raw = Webhook(secret)._whsecret
    stored = await edge.pool.fetchval("SELECT sealed_secret FROM registration.crm_signing")
    assert raw not in stored
