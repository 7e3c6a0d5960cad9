"""Bad input gets one clear problem document with every error in it, and leaves nothing behind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.registration.conftest import SUBMISSION, Edge

Found = list[tuple[str, str]]


def told(problem: dict[str, Any]) -> Found:
    return [(one["field"], one["code"]) for one in problem["errors"]]


def changed(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in {**SUBMISSION, **fields}.items() if value is not ...}


CUSTOMER = SUBMISSION["customer"]
EUR = "EUR"

CASES: list[tuple[str, dict[str, Any], Found]] = [
    ("unknown field", changed(discount="10"), [("discount", "field.unknown")]),
    ("unknown inner field", changed(customer={**CUSTOMER, "vat": "1"}), [("customer.vat", "field.unknown")]),
    ("wrong type", changed(products="GTX Pro"), [("products", "field.type")]),
    ("wrong inner type", changed(products=[7]), [("products.0", "field.type")]),
    ("number for text", changed(site=7), [("site", "field.type")]),
    (
        "several missing at once",
        changed(program=..., customer=..., products=...),
        [("program", "field.missing"), ("customer", "field.missing"), ("products", "field.missing")],
    ),
    ("partner missing", changed(partner=...), [("partner", "field.missing")]),
    ("no products", changed(products=[]), [("products", "list.too_short")]),
    ("too many products", changed(products=["x"] * 101), [("products", "list.too_long")]),
    ("amount a float", changed(amount={"amount": 48000.5, "currency": EUR}), [("amount", "money.not_decimal")]),
    ("amount an integer", changed(amount={"amount": 48000, "currency": EUR}), [("amount", "money.not_decimal")]),
    ("amount in words", changed(amount={"amount": "much", "currency": EUR}), [("amount", "money.not_decimal")]),
    ("amount with exponent", changed(amount={"amount": "1e5", "currency": EUR}), [("amount", "money.not_decimal")]),
    *[
        (f"amount {wrong!a}", changed(amount={"amount": wrong, "currency": EUR}), [("amount", "money.not_decimal")])
        for wrong in (
            "1250.5\n",
            "\n1250.5",
            " 1250.5",
            "1250.5\x00",
            "1_250",
            "１２５０",
            "١٢٥٠",
            "＋1",
            "+1",
            "007",
            ".5",
        )
    ],
    ("currency with a newline", changed(amount={"amount": "1", "currency": "EUR\n"}), [("amount", "money.currency")]),
    ("day with a newline", changed(close_date="2027-03-31\n"), [("close_date", "date.impossible")]),
    ("day in full-width digits", changed(close_date="２０２７-03-31"), [("close_date", "date.impossible")]),
    ("day at the end of time", changed(close_date="9999-12-31"), [("close_date", "date.out_of_range")]),
    ("program with a newline", changed(program="hunting\n"), [("program", "text.pattern")]),
    ("space around", changed(site=" Kiel"), [("site", "text.outer_space")]),
    ("a newline after", changed(site="Kiel\n"), [("site", "text.control_character")]),
    ("amount negative", changed(amount={"amount": "-1.00", "currency": EUR}), [("amount", "money.negative")]),
    ("amount of 30 digits", changed(amount={"amount": "9" * 30, "currency": EUR}), [("amount", "money.too_large")]),
    ("unknown currency", changed(amount={"amount": "1.00", "currency": "EURO"}), [("amount", "money.currency")]),
    ("too many decimals", changed(amount={"amount": "1.005", "currency": EUR}), [("amount", "money.decimals")]),
    ("decimals of yen", changed(amount={"amount": "1.5", "currency": "JPY"}), [("amount", "money.decimals")]),
    ("no currency", changed(amount={"amount": "1.00"}), [("amount.currency", "field.missing")]),
    ("impossible date", changed(close_date="2027-02-30"), [("close_date", "date.impossible")]),
    ("date as a number", changed(close_date=1_700_006_400), [("close_date", "field.type")]),
    ("date as a number in quotes", changed(close_date="1700006400"), [("close_date", "date.impossible")]),
    ("date with a time", changed(close_date="2027-03-31T00:00:00Z"), [("close_date", "date.impossible")]),
    (
        "name of 10,000 characters",
        changed(customer={**CUSTOMER, "legal_name": "x" * 10_000}),
        [("customer.legal_name", "text.too_long")],
    ),
    ("notes of 10,000 characters", changed(notes="x" * 10_000), [("notes", "text.too_long")]),
    ("empty name", changed(customer={**CUSTOMER, "legal_name": "  "}), [("customer.legal_name", "text.too_short")]),
    (
        "control character",
        changed(customer={**CUSTOMER, "legal_name": "Adler\x07"}),
        [("customer.legal_name", "text.control_character")],
    ),
    (
        "right-to-left override",
        changed(customer={**CUSTOMER, "legal_name": "Adler\u202eHbmG"}),
        [("customer.legal_name", "text.control_character")],
    ),
    ("NUL in notes", changed(notes="a\x00b"), [("notes", "text.control_character")]),
    ("country in words", changed(customer={**CUSTOMER, "country": "Germany"}), [("customer.country", "text.pattern")]),
    ("program with a space", changed(program="my program"), [("program", "text.pattern")]),
    ("no address", changed(contact={"email": "jana"}), [("contact.email", "text.pattern")]),
    (
        "unknown kind of evidence",
        changed(evidence=[{"kind": "rumour", "on": "2026-01-01"}]),
        [("evidence.0.kind", "field.choice")],
    ),
    (
        "everything at once",
        changed(program=..., amount={"amount": 1, "currency": EUR}, close_date="soon", site=""),
        [
            ("program", "field.missing"),
            ("amount", "money.not_decimal"),
            ("close_date", "date.impossible"),
            ("site", "text.too_short"),
        ],
    ),
]


@pytest.mark.parametrize(("body", "errors"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
async def test_wrong_fields_are_named_all_at_once(edge: Edge, body: dict[str, Any], errors: Found) -> None:
    answer = await edge.client.post(
        "/v1/registrations", json=body, headers={**await edge.key(), "Idempotency-Key": "k"}
    )
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert (problem["code"], problem["type"]) == ("request.invalid", "/problems/request.invalid")
    assert problem["instance"] == "/v1/registrations"
    assert told(problem) == errors
    await assert_nothing_left(edge)


TEXTS: list[tuple[str, bytes, str]] = [
    ("cut short", b'{"program": "hunting"', "json.malformed"),
    ("no JSON", b"program=hunting", "json.malformed"),
    ("two values", b"{} {}", "json.malformed"),
    ("NaN", b'{"amount": NaN}', "json.malformed"),
    ("Infinity", b'{"amount": -Infinity}', "json.malformed"),
    ("not UTF-8", b'{"program": "\xff"}', "json.malformed"),
    ("half a surrogate pair", b'{"program": "\\ud800"}', "json.malformed"),
    ("a key twice", b'{"program": "a", "program": "b"}', "json.duplicate_key"),
    ("an inner key twice", b'{"customer": {"city": "a", "city": "b"}}', "json.duplicate_key"),
    ("a well without bottom", b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "json.too_deep"),
    ("brackets without bottom", b"[" * 60_000, "json.too_deep"),
]


@pytest.mark.parametrize(("text", "code"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS])
async def test_what_is_not_json_is_said_to_be_so(edge: Edge, text: bytes, code: str) -> None:
    answer = await edge.client.post(
        "/v1/registrations",
        content=text,
        headers={**await edge.key(), "Idempotency-Key": "k", "Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    await assert_nothing_left(edge)


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"null"])
async def test_a_body_that_is_no_object_is_refused(edge: Edge, body: bytes) -> None:
    answer = await edge.client.post(
        "/v1/registrations",
        content=body,
        headers={**await edge.key(), "Idempotency-Key": "k", "Content-Type": "application/json"},
    )
    assert (answer.status_code, told(answer.json())) == (422, [("", "field.type")])


async def test_a_number_of_thirty_digits_fails_its_field_alone(edge: Edge) -> None:
    text = b'{"amount": {"amount": ' + b"9" * 30 + b', "currency": "EUR"}, "site": 5}'
    answer = await edge.client.post(
        "/v1/registrations",
        content=text,
        headers={**await edge.key(), "Idempotency-Key": "k", "Content-Type": "application/json"},
    )
    assert ("amount", "money.not_decimal") in told(answer.json())
    assert ("site", "field.type") in told(answer.json())


async def test_header_and_body_errors_come_together(edge: Edge) -> None:
    answer = await edge.client.post("/v1/registrations", json=changed(site=""), headers=await edge.key())
    assert told(answer.json()) == [
        ("header.Idempotency-Key", "idempotency.key_missing"),
        ("site", "text.too_short"),
    ]


@pytest.mark.parametrize(
    ("path", "body", "errors"),
    [
        ("review", {"verdict": "perhaps"}, [("verdict", "field.choice")]),
        ("review", {"verdict": "reject"}, [("", "review.code_missing")]),
        ("review", {"verdict": "action_required", "fields": ["price"]}, [("fields.0", "field.choice")]),
        ("match", {"other": "reg_b", "same": "yes"}, [("same", "field.type")]),
        ("evidence", {"kind": "demo", "on": "2026-13-01"}, [("on", "date.impossible")]),
        ("extension", {"why": "x"}, [("why", "field.unknown")]),
        ("verification", {}, [("evidence", "field.missing"), ("verdict", "field.missing")]),
        (
            "verification",
            {"evidence": "the first", "verdict": "true", "note": "x"},
            [("evidence", "text.pattern"), ("verdict", "field.choice"), ("note", "field.unknown")],
        ),
    ],
)
async def test_other_requests_are_checked_alike(edge: Edge, path: str, body: dict[str, Any], errors: Found) -> None:
    answer = await edge.client.post(
        f"/v1/registrations/reg_a/{path}", json=body, headers={**await edge.key(), "Idempotency-Key": "k"}
    )
    assert (answer.status_code, told(answer.json())) == (422, errors)
    await assert_nothing_left(edge)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("verdict", "field.missing"), ("reason", "field.missing")]),
        ({"verdict": "release"}, [("reason", "field.missing")]),
        ({"verdict": "release", "reason": "  "}, [("reason", "text.too_short")]),
        ({"verdict": "pay", "reason": "x" * 201}, [("verdict", "field.choice"), ("reason", "text.too_long")]),
    ],
)
async def test_a_case_is_decided_with_a_verdict_and_a_reason(edge: Edge, body: dict[str, Any], errors: Found) -> None:
    answer = await edge.client.post(
        "/v1/cases/case_a/resolution", json=body, headers={**await edge.key(), "Idempotency-Key": "k"}
    )
    assert (answer.status_code, told(answer.json())) == (422, errors)
    await assert_nothing_left(edge)


async def test_an_impossible_id_in_the_path_is_refused(edge: Edge) -> None:
    answer = await edge.client.post(
        "/v1/registrations/%20no/withdrawal", json={}, headers={**await edge.key(), "Idempotency-Key": "k"}
    )
    assert told(answer.json()) == [("path.registration", "text.pattern")]


async def test_unknown_paths_and_methods_are_problems_too(edge: Edge) -> None:
    lost = await edge.client.get("/v1/nothing")
    wrong = await edge.client.put("/v1/registrations")
    assert (lost.status_code, lost.json()["code"]) == (404, "path.unknown")
    assert (wrong.status_code, wrong.json()["code"], wrong.headers["allow"]) == (405, "method.not_allowed", "POST")


async def assert_nothing_left(edge: Edge) -> None:
    assert await edge.facts() == []
    assert await edge.pool.fetchval("SELECT count(*) FROM registration.idempotency") == 0
