"""Signed messages of a CRM: whose they are, that they are fresh, and that each counts once."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
import pytest
from standardwebhooks import Webhook

from shared.credentials import RateLimit
from shared.events.envelope import fact_id, opportunity_id
from shared.events.opportunity import OpportunityWon
from shared.events.order import OrderCancelled, OrderRefunded
from tests.integration.registration.conftest import Edge

MESSAGE = {
    "event": "won",
    "external_id": "006-1",
    "source_time": "2025-11-20T16:05:00+01:00",
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
    assert fact.event.source_time == datetime(2025, 11, 20, 15, 5, tzinfo=UTC)
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
    assert await edge.facts() == []


def eur(amount: str, currency: str = "EUR") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def lines(*amounts: dict[str, str]) -> list[dict[str, Any]]:
    return [{"product": f"product {number}", "amount": amount} for number, amount in enumerate(amounts)]


WON = {"event": "won", "external_id": "006-1"}
REFUNDED = {"event": "refunded", "external_id": "006-1", "refund": "r-1", "amount": eur("40.00")}
CANCELLED = {"event": "cancelled", "external_id": "006-1", "refund": "c-1"}


async def test_items_say_how_the_amount_divides(edge: Edge) -> None:
    connection, secret = await connect(edge)
    body = orjson.dumps({**WON, "amount": eur("60"), "items": lines(eur("40"), eur("20.00"))})
    assert (await deliver(edge, connection, signed(secret, body), body)).status_code == 202
    [fact] = await edge.facts()
    assert isinstance(fact.event, OpportunityWon)
    assert fact.event.items is not None
    assert [(one.product, one.amount.amount) for one in fact.event.items] == [
        ("product 0", "40.00"),
        ("product 1", "20.00"),
    ]


async def test_refunds_and_cancellations_are_facts_of_the_order(edge: Edge) -> None:
    connection, secret = await connect(edge)
    for number, message in enumerate(
        ({**REFUNDED, "source_time": "2025-11-20T16:05:00+01:00"}, {**REFUNDED, "amount": eur("0.01")}, CANCELLED)
    ):
        body = orjson.dumps(message)
        assert (await deliver(edge, connection, signed(secret, body, f"m{number}"), body)).status_code == 202
    first, second, third = [fact.event for fact in await edge.facts()]
    assert isinstance(first, OrderRefunded)
    assert (first.opportunity, first.refund) == (opportunity_id("acme", connection, "006-1"), "r-1")
    assert (first.amount.minor, first.source_time) == (4000, datetime(2025, 11, 20, 15, 5, tzinfo=UTC))
    assert isinstance(second, OrderRefunded)
    assert isinstance(third, OrderCancelled)
    assert (third.opportunity, third.refund, third.source_time) == (first.opportunity, "c-1", None)


MONEY = [
    ("zero is an amount", {**WON, "amount": eur("0.00")}, []),
    ("negative", {**WON, "amount": eur("-5.00")}, [("amount", "money.negative")]),
    ("minus zero", {**WON, "amount": eur("-0")}, [("amount", "money.negative")]),
    ("decimals of yen", {**WON, "amount": eur("100.50", "JPY")}, [("amount", "money.decimals")]),
    ("yen in whole", {**WON, "amount": eur("100", "JPY")}, []),
    ("three decimals of dinars", {**WON, "amount": eur("100.505", "BHD")}, []),
    ("four decimals of dinars", {**WON, "amount": eur("100.5050", "BHD")}, [("amount", "money.decimals")]),
    ("the largest", {**WON, "amount": eur("999999999999999.999", "BHD")}, []),
    ("one digit more", {**WON, "amount": eur("1000000000000000")}, [("amount", "money.too_large")]),
    ("beyond 64 bits of yen", {**WON, "amount": eur(str(2**63), "JPY")}, [("amount", "money.too_large")]),
    ("the largest version", {**WON, "source_version": 2**63 - 1}, []),
    ("a version beyond", {**WON, "source_version": 2**63}, [("source_version", "number.out_of_range")]),
    ("a reason to win", {**WON, "reason": "price"}, [("reason", "field.not_applicable")]),
    ("a refund of nothing", {**REFUNDED, "amount": eur("0.00")}, [("amount", "refund.nothing")]),
    ("a negative refund", {**REFUNDED, "amount": eur("-1.00")}, [("amount", "money.negative")]),
    (
        "a refund without id and amount",
        {"event": "refunded", "external_id": "006-1"},
        [("amount", "field.missing"), ("refund", "field.missing")],
    ),
    ("a cancellation without id", {**CANCELLED, "refund": None}, [("refund", "field.missing")]),
    ("a cancellation of a part", {**CANCELLED, "amount": eur("1.00")}, [("amount", "field.not_applicable")]),
    ("a win with a refund", {**WON, "refund": "r-1"}, [("refund", "field.not_applicable")]),
    (
        "an order that names a deal",
        {**REFUNDED, "partner": "p", "products": ["X"], "items": lines(eur("40.00")), "source_version": 3},
        [(name, "field.not_applicable") for name in ("source_version", "partner", "products", "items")],
    ),
    ("no items", {**WON, "amount": eur("1.00"), "items": []}, [("items", "list.too_short")]),
    ("items alone", {**WON, "items": lines(eur("1.00"))}, [("items", "items.currency")]),
    (
        "items in two currencies",
        {**WON, "amount": eur("2.00"), "items": lines(eur("1.00"), eur("1.00", "USD"))},
        [("items", "items.currency")],
    ),
    ("items for less", {**WON, "amount": eur("3.00"), "items": lines(eur("1.00"))}, [("items", "items.sum")]),
    (
        "items beyond 64 bits",
        {**WON, "amount": eur("1.000", "BHD"), "items": lines(*[eur("999999999999999.999", "BHD")] * 10)},
        [("items", "items.sum")],
    ),
    (
        "everything at once",
        {
            **WON, "amount": eur("1.5", "JPY"), "refund": "r", "reason": "x",
            "items": [{"product": "", "amount": eur("-1")}, {"price": "1"}],
        },
        [
            ("amount", "money.decimals"), ("items.0.product", "text.too_short"), ("items.0.amount", "money.negative"),
            ("items.1.product", "field.missing"), ("items.1.amount", "field.missing"),
            ("items.1.price", "field.unknown"), ("reason", "field.not_applicable"), ("refund", "field.not_applicable"),
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("message", "errors"), [case[1:] for case in MONEY], ids=[case[0] for case in MONEY])
async def test_wrong_money_is_named_all_at_once(
    edge: Edge, message: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    connection, secret = await connect(edge)
    body = orjson.dumps(message)
    answer = await deliver(edge, connection, signed(secret, body), body)
    assert answer.status_code == (422 if errors else 202), answer.text
    assert [(one["field"], one["code"]) for one in answer.json().get("errors", [])] == errors
    assert len(await edge.facts()) == (0 if errors else 1)


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
    assert (await edge.client.get("/v1/crm-connections", headers=admin)).json() == {"connections": [], "next": None}


async def test_secrets_rest_encrypted_and_are_listed_nowhere(edge: Edge) -> None:
    connection, secret = await connect(edge)
    listed: Any = await edge.client.get("/v1/crm-connections", headers=await edge.key())
    assert [one["connection"] for one in listed.json()["connections"]] == [connection]
    assert secret not in listed.text
    raw = Webhook(secret)._whsecret
    stored = await edge.pool.fetchval("SELECT sealed_secret FROM registration.crm_signing")
    assert raw not in stored


@pytest.mark.parametrize("wrong", ["45500\n", " 45500", "４５５００", "4_5500", "45500.0\x00", "+45500"])
@pytest.mark.parametrize("event", ["won", "refunded"])
async def test_an_amount_that_only_looks_like_one_is_refused_by_name(edge: Edge, event: str, wrong: str) -> None:
    connection, secret = await connect(edge)
    message: dict[str, Any] = {"event": event, "external_id": "006-1", "amount": {"amount": wrong, "currency": "EUR"}}
    body = orjson.dumps(message if event == "won" else {**message, "refund": "CN-1"})
    answer = await deliver(edge, connection, signed(secret, body), body)
    assert code(answer) == (422, "request.invalid")
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("amount", "money.not_decimal")]
    assert await edge.facts() == []


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_a_source_time_at_the_edge_of_time_is_refused(edge: Edge, moment: str) -> None:
    connection, secret = await connect(edge)
    body = orjson.dumps({**MESSAGE, "source_time": moment})
    answer = await deliver(edge, connection, signed(secret, body), body)
    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("source_time", "time.out_of_range")]


async def test_wrong_signatures_are_limited_by_their_address_together_with_wrong_keys(edge: Edge) -> None:
    connection, secret = await connect(edge)
    later, unused = await connect(edge)
    admin = await edge.key()
    assert (await edge.client.get("/v1/programs", headers=admin)).status_code == 200
    edge.app.state.credentials.failures = RateLimit(20, 60, "failures")
    assert (await deliver(edge, connection, signed(secret, BODY), BODY)).status_code == 202
    forged = {**signed(secret, BODY), "webhook-signature": "v1,AAAA"}
    answers = [await deliver(edge, connection, forged, BODY) for _ in range(10)]
    answers += [await deliver(edge, f"crm_{number:016x}", forged, BODY) for number in range(10)]
    assert [one.status_code for one in answers] == [401] * 10 + [404] * 10
    # over the limit nobody's message is told to wait, and no connection is looked up that was not met
    for name in (connection, later, "crm_0000000000000000"):
        refused = await deliver(edge, name, forged, BODY)
        assert code(refused) == (429, "rate.exceeded")
        assert 1 <= int(refused.headers["retry-after"]) <= 3
        assert refused.headers["ratelimit-policy"] == '"failures";q=20;w=60'
    assert code(await deliver(edge, later, signed(unused, BODY), BODY)) == (429, "rate.exceeded")
    unseen = {"Authorization": f"Bearer dr_{'0' * 16}_{'A' * 43}"}
    assert code(await edge.client.get("/v1/programs", headers=unseen)) == (429, "rate.exceeded")
    # while a CRM and a key that were met before go on from the same address, and everybody from another one
    assert (await deliver(edge, connection, signed(secret, BODY, "msg_2"), BODY)).status_code == 202
    assert (await edge.client.get("/v1/programs", headers=admin)).status_code == 200
    other = httpx.ASGITransport(edge.app, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=other, base_url="http://edge") as client:
        path, headers = f"/v1/crm/{later}/opportunities", {"Content-Type": "application/json", **forged}
        assert code(await client.post(path, content=BODY, headers=headers)) == (401, "webhook.signature_invalid")


async def test_a_late_message_that_is_signed_counts_as_no_failure(edge: Edge) -> None:
    connection, secret = await connect(edge)
    edge.app.state.credentials.failures = RateLimit(2, 60, "failures")
    late = signed(secret, BODY, at=int(time.time()) - 86_400)
    answers = [await deliver(edge, connection, late, BODY) for _ in range(5)]
    assert {code(one) for one in answers} == {(401, "webhook.timestamp_outside_tolerance")}
