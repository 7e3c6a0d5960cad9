"""What strangers sent to the edge and what it answers: a refusal in its own words, and nothing left behind."""

from __future__ import annotations

import asyncio
import time

import orjson
import pytest

from tests.integration.registration.conftest import SUBMISSION, Edge
from tests.integration.registration.test_crm import BODY, connect, deliver, signed

PATCH = {"Content-Type": "application/merge-patch+json", "If-Match": '"1"'}
JSON = {"Content-Type": "application/json"}
NDJSON = {"Content-Type": "application/x-ndjson"}
NO_IDENTIFIERS = ("%00", "%20", "%ff", "a%00", "%0A", "a%0A", "%C2%B2", "%D9%A3", "%E2%80%AE", "%ED%A0%80", "a" * 81)
HALF = b'{"\\ud800":1,"\\ud800":2}'


@pytest.mark.parametrize(
    "timestamp",
    ["999999999999", "99999999999999999999", "253402300800", "-1", "²", "٣", "1767258000.5", "1e9", "", "0x10", " "],
)
@pytest.mark.parametrize("signature", ["v1,AAAA", "", "v1", "v1,ÿ", "\xff"])
async def test_a_webhook_of_an_impossible_time_is_a_wrong_signature(edge: Edge, timestamp: str, signature: str) -> None:
    connection, _ = await connect(edge)
    headers = {
        b"webhook-id": b"m",
        b"webhook-timestamp": timestamp.encode(),
        b"webhook-signature": signature.encode("latin-1"),
        b"content-type": b"application/json",
    }
    answer = await edge.client.post(f"/v1/crm/{connection}/opportunities", content=BODY, headers=list(headers.items()))
    assert (answer.status_code, answer.json()["code"]) == (401, "webhook.signature_invalid")


async def test_a_signed_webhook_far_off_is_outside_the_tolerance(edge: Edge) -> None:
    connection, secret = await connect(edge)
    for at in (0, 9_999_999_999, int(time.time()) + 86_400):
        answer = await deliver(edge, connection, signed(secret, BODY, at=at), BODY)
        assert (answer.status_code, answer.json()["code"]) == (401, "webhook.timestamp_outside_tolerance")


@pytest.mark.parametrize("name", NO_IDENTIFIERS)
async def test_what_is_no_identifier_names_no_connection_no_credential_and_nothing_of_the_directory(
    edge: Edge, name: str
) -> None:
    key = await edge.key()
    for method, path, code in (
        ("POST", f"/v1/crm/{name}/opportunities", "connection.unknown"),
        ("DELETE", f"/v1/crm-connections/{name}", "connection.unknown"),
        ("POST", f"/v1/crm-connections/{name}/rotation", "connection.unknown"),
        ("DELETE", f"/v1/credentials/{name}", "credential.not_found"),
        ("POST", f"/v1/credentials/{name}/rotation", "credential.not_found"),
        ("DELETE", f"/v1/webhooks/{name}", "endpoint.unknown"),
        ("PATCH", f"/v1/webhooks/{name}", "endpoint.unknown"),
        ("POST", f"/v1/webhooks/{name}/replay", "endpoint.unknown"),
        ("POST", f"/v1/webhooks/{name}/test", "endpoint.unknown"),
    ):
        body = b'{"after": 0}' if path.endswith("/replay") else b"{}"
        answer = await edge.client.request(method, path, content=body, headers={**key, **JSON})
        assert (answer.status_code, answer.json()["code"]) == (404, code), path
        assert answer.text.isprintable(), path
    for path in (f"/v1/partners/{name}", f"/v1/programs/{name}", f"/v1/partners?after={name}"):
        answer = await edge.client.get(path, headers=key)
        assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid"), path


@pytest.mark.parametrize("limit", ["²", "٣", "00000199999999", "1001", "0", "-1", "1_0", "%201", "1%0A", "", "1e2"])
async def test_a_page_has_a_size_in_plain_digits(edge: Edge, limit: str) -> None:
    answer = await edge.client.get(f"/v1/partners?limit={limit}", headers=await edge.key())
    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, ["limit"])


async def test_who_asks_comes_before_what_is_asked(edge: Edge) -> None:
    for path in ("/v1/partners?limit=x", "/v1/partners/%00", "/v1/programs/%00", "/v1/program-templates/%00"):
        answer = await edge.client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "credential.missing")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (HALF, "json.duplicate_key"),
        (b'{"\\udfff":{"\\ud800":1,"\\ud800":2}}', "json.duplicate_key"),
        (b'{"\\ud800":1}', "json.malformed"),
        (b'{"site":"\\ud800"}', "json.malformed"),
        (b'{"\xed\xa0\x80":1}', "json.malformed"),
        (b'{"a\\u0000":1,"a\\u0000":2}', "json.duplicate_key"),
    ],
)
async def test_half_of_a_surrogate_pair_is_a_problem_at_every_door(edge: Edge, body: bytes, code: str) -> None:
    key = await edge.key()
    for method, path, more in (
        ("POST", "/v1/registrations", JSON),
        ("PATCH", "/v1/registrations/reg_1", PATCH),
        ("POST", "/v1/registrations/reg_1/review", JSON),
        ("POST", "/v1/credentials", JSON),
        ("POST", "/v1/crm-connections", JSON),
        ("POST", "/v1/webhooks", JSON),
        ("POST", "/v1/persons/erasure", JSON),
        ("PUT", "/v1/vendor/document", JSON),
    ):
        answer = await edge.client.request(method, path, content=body, headers={**key, "Idempotency-Key": "k", **more})
        assert (answer.status_code, answer.json()["code"]) == (400, code), path
        assert answer.headers["content-type"] == "application/problem+json"
    connection, secret = await connect(edge)
    if code != "json.malformed" or b"\xed" not in body:
        answer = await deliver(edge, connection, signed(secret, body), body)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not await edge.facts()


@pytest.mark.parametrize(
    "bad",
    [
        b'{"key":"\\ud800","kind":"registration.submit","body":{}}',
        b'{"key":"a","kind":"\\ud800","body":{}}',
        b'{"key":"a","kind":"registration.submit","body":{"\\ud800":1}}',
        b'{"key":"a","kind":"registration.submit","body":{"site":"\\udfff"}}',
        b'{"key":"a","\\ud800":1}',
        HALF,
        b'{"key":"\\u0000","kind":"registration.submit","body":{}}',
        b'{"key":"a","kind":"registration.submit","body":{},"recorded_at":"0001-01-01T00:00:00+14:00"}',
        b'{"key":"a","kind":"registration.submit","body":{},"recorded_at":1e999}',
        b'{"key":"a","kind":"registration.submit","body":{"amount":1e999}}',
        b'{"key":"' + b"k" * 60_000 + b'"}',
        b'{"key":1e999}',
        b"\xff\xfe",
        b'"\\ud800"',
    ],
)
async def test_a_bad_row_is_refused_alone_and_again(edge: Edge, bad: bytes) -> None:
    good = orjson.dumps({"key": "good", "kind": "registration.submit", "body": SUBMISSION})
    headers = {**await edge.key(), **NDJSON}
    for _ in range(2):
        answer = await edge.client.post("/v1/bulk", content=good + b"\n" + bad, headers=headers)
        assert answer.status_code == 200, answer.text
        first, second = [orjson.loads(line) for line in answer.content.splitlines()]
        assert (first["row"], first["status"]) == (1, 202)
        assert (second["row"], second["status"]) in ((2, 400), (2, 422), (2, 413))
        assert second["key"] is None or (second["key"].isprintable() and len(second["key"]) <= 201)
    assert len(await edge.facts()) == 1


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b'{"amount":1e999}', ["amount"]),
        (b'{"amount":-1e999}', ["amount"]),
        (b'{"amount":1E+400}', ["amount"]),
        (b'{"amount":' + b"9" * 400 + b".0}", ["amount"]),
        (b'{"amount":1e-999}', ["amount"]),
        (b'{"amount":{"amount":1e999,"currency":"EUR"}}', ["amount.amount"]),
        (b'{"products":["X",1e999],"close_date":1e999}', ["products.1", "close_date"]),
        (b'{"\\ud800":1e999}', ["\\ud800"]),
    ],
)
async def test_a_number_that_json_cannot_say_again_is_refused_by_name(
    edge: Edge, body: bytes, fields: list[str]
) -> None:
    headers = {**await edge.key(), "Idempotency-Key": "k", **PATCH}
    answer = await edge.client.patch("/v1/registrations/reg_1", content=body, headers=headers)
    assert answer.status_code == 422, answer.text
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [
        (field, "number.out_of_range") for field in fields
    ]
    assert not await edge.facts()


async def test_a_number_within_range_is_read_whatever_its_form(edge: Edge) -> None:
    headers = {**await edge.key(), "Idempotency-Key": "k", **PATCH}
    answer = await edge.client.patch(
        "/v1/registrations/reg_1", content=b'{"site":1e300,"project":0e999}', headers=headers
    )
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [
        ("site", "field.type"),
        ("project", "field.type"),
    ]


@pytest.mark.parametrize("length", [b"\xb2", "٣".encode(), b"-1", b"1e9", b"0x10"])
async def test_an_announced_length_that_is_no_number_announces_nothing(edge: Edge, length: bytes) -> None:
    headers = [*(await edge.key()).items(), ("Idempotency-Key", "k"), *JSON.items()]
    told = [*((name.encode(), value.encode()) for name, value in headers), (b"Content-Length", length)]
    answer = await edge.client.post("/v1/registrations", content=orjson.dumps(SUBMISSION), headers=told)
    assert answer.status_code == 202, answer.text


async def test_a_key_that_ends_beyond_the_calendar_is_refused(edge: Edge) -> None:
    for at in ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"):
        body = {"scopes": ["import"], "expires_at": at}
        answer = await edge.client.post(
            "/v1/credentials", json=body, headers={**await edge.key("credentials:admin", "import"), **JSON}
        )
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "time.out_of_range"), at


async def test_a_path_is_repeated_as_a_uri_writes_it(edge: Edge) -> None:
    answer = await edge.client.get("/v1/%00%E2%80%AE/" + "x" * 5_000)
    assert (answer.status_code, answer.json()["code"]) == (404, "path.unknown")
    assert answer.json()["instance"].startswith("/v1/%00%E2%80%AE/xxx")
    assert len(answer.content) < 3_000


async def test_many_at_once_do_not_mix(edge: Edge) -> None:
    """A refused request leaves those beside it alone."""
    key = await edge.key()

    async def send(number: int) -> int:
        body = HALF if number % 2 else orjson.dumps(SUBMISSION)
        headers = {**key, **JSON, "Idempotency-Key": f"k{number}"}
        return (await edge.client.post("/v1/registrations", content=body, headers=headers)).status_code

    assert await asyncio.gather(*(send(number) for number in range(20))) == [202, 400] * 10


@pytest.mark.parametrize("named", [1, True, None, {"a": "b"}, [1], [None], [{"a": 1}], [["site"]], 1.5])
async def test_a_policy_that_requires_what_is_no_field_is_refused_with_its_place(edge: Edge, named: object) -> None:
    policy = {"program": "p", "version": 1, "protection": {"days": 90}, "required_fields": ["site", named]}
    headers = {**await edge.key(), "Idempotency-Key": "k", **JSON}
    answer = await edge.client.post("/v1/programs", content=orjson.dumps(policy), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "policy.invalid")
    assert answer.json()["errors"][0]["field"].startswith("required_fields.1")
    assert not await edge.facts()
