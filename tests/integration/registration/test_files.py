"""A CSV file through the API: shown first, then taken row by row, and never twice."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from shared.events.opportunity import OpportunityWon
from shared.events.registration import RegistrationSubmitted
from tests.integration.registration.conftest import Edge

REGISTRATIONS = (
    "program;partner;Firma;products;amount;close_date\r\n"
    "hunting;partner-7;Müller GmbH;GTX Pro;1.250,50;31.03.2026\r\n"
    "hunting;partner-7;;GTX Pro;20;31.03.2026\r\n"
    "hunting;partner-7;Adler GmbH;GTX Pro;soon;30.02.2026\r\n"
    "hunting;partner-7;Nil GmbH;GTX Pro;3,14159;03.04.2026\r\n"
)
HOW = {"column": "Firma=customer.legal_name", "value": "currency=EUR"}


async def send(
    edge: Edge, headers: dict[str, str], text: str | bytes, kind: str = "registrations", **asked: Any
) -> httpx.Response:
    body = text if isinstance(text, bytes) else text.encode()
    return await edge.client.post(
        f"/v1/files/{kind}", params=asked, content=body, headers={**headers, "Content-Type": "text/csv"}
    )


async def test_a_check_shows_how_the_file_is_read_and_takes_nothing(edge: Edge) -> None:
    answer = await send(edge, await edge.key(), REGISTRATIONS, check="true", **HOW)
    assert answer.status_code == 200, answer.text
    report = answer.json()
    assert report["read_as"] == {
        "encoding": "utf-8",
        "separator": "semicolon",
        "columns": [
            {"column": "program", "field": "program", "decimal": None, "dates": None},
            {"column": "partner", "field": "partner", "decimal": None, "dates": None},
            {"column": "Firma", "field": "customer.legal_name", "decimal": None, "dates": None},
            {"column": "products", "field": "products", "decimal": None, "dates": None},
            {"column": "amount", "field": "amount", "decimal": "comma", "dates": None},
            {"column": "close_date", "field": "close_date", "decimal": None, "dates": "dmy"},
        ],
    }
    assert (report["rows"], report["usable"], report["taken"]) == (4, 1, 0)
    assert [(one["line"], one["column"], one["code"], one["message"]) for one in report["unusable"]] == [
        (3, "customer", "field.missing", "is required"),
        (4, "amount", "file.value", "'soon' is not a number with a decimal comma; correct it"),
        (4, "close_date", "file.value",
         "'30.02.2026' is a day that no calendar has, nor as day, month, year; correct it"),
        (5, "amount", "money.decimals", "EUR has 2 decimals; the amount has 5"),
    ]  # fmt: skip
    assert report["items"][0]["body"] == {
        "program": "hunting", "partner": "partner-7", "customer": {"legal_name": "Müller GmbH"},
        "products": ["GTX Pro"], "amount": {"amount": "1250.50", "currency": "EUR"}, "close_date": "2026-03-31",
    }  # fmt: skip
    assert await edge.facts() == []


async def test_rows_that_can_be_used_are_taken_and_the_same_file_takes_nothing_twice(edge: Edge) -> None:
    headers = await edge.key()
    first, again = [(await send(edge, headers, REGISTRATIONS, **HOW)).json() for _ in range(2)]
    assert (first["rows"], first["usable"], first["taken"]) == (4, 1, 1)
    assert [(one["line"], one["status"]) for one in first["items"]] == [(2, 202), (3, 422), (5, 422)]
    assert again == first
    # In another encoding, order and spelling of its columns, a row is still the same.
    other = "currency,close_date,amount,products,customer.legal_name,partner,program\n"
    other += "EUR,2026-03-31,1250.50,GTX Pro,Müller GmbH,partner-7,hunting\n"
    third = await send(edge, headers, other.encode("utf-16"))
    assert [one["fact"] for one in third.json()["items"]] == [first["items"][0]["fact"]]
    [fact] = await edge.facts()
    assert isinstance(fact.event, RegistrationSubmitted)
    assert fact.event.customer.legal_name == "Müller GmbH"


async def test_opportunities_bring_their_order_number(edge: Edge) -> None:
    text = "event,external_id,partner,amount,currency,order_number\nwon,006A,partner-7,100.00,EUR,SO-1\n"
    answer = await send(edge, await edge.key(), text, "opportunities", connection="sales")
    assert answer.json()["taken"] == 1, answer.text
    [fact] = await edge.facts()
    assert isinstance(fact.event, OpportunityWon)
    assert (fact.event.connection, fact.event.external_id, fact.event.order_number) == ("sales", "006A", "SO-1")


@pytest.mark.parametrize(
    "text, asked, errors",
    [
        ("program,close_date\nhunting,03/04/2026\n", {},
         [("dates", "file.dates", "column close_date, line 2: 03/04/2026 is two dates, and no other line tells which; "
           "declare dmy or mdy")]),
        ("program,amount\nhunting,1.234\n", {},
         [("decimal", "file.decimal", "column amount, line 2: 1.234 is two numbers, and no other line tells which; "
           "declare point or comma")]),
        ("program\nhunting\n", {"encoding": "latin1"}, [("encoding", "field.choice", None)]),
        ("program\nhunting\n", {"color": "red"}, [("color", "field.unknown", None)]),
        ("program\nhunting\n", {"value": "currency"}, [("value", "file.column", "must be field=value, each name once; "
                                                          "not currency")]),
    ],
)  # fmt: skip
async def test_what_is_unclear_is_refused_whole_with_what_to_declare(
    edge: Edge, text: str, asked: dict[str, str], errors: list[tuple[str, str, str | None]]
) -> None:
    answer = await send(edge, await edge.key(), text, **asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")
    found = [(one["field"], one["code"], one["message"]) for one in answer.json()["errors"]]
    assert [(field, code) for field, code, _ in found] == [(field, code) for field, code, _ in errors]
    assert all(said is None or said == message for (_, _, said), (_, _, message) in zip(errors, found, strict=True))
    assert await edge.facts() == []


async def test_the_door_asks_for_scope_type_and_connection(edge: Edge) -> None:
    reader = await edge.key("pipeline:read")
    assert (await send(edge, reader, "program\nh\n")).json()["code"] == "scope.missing"
    key = await edge.key()
    other = await edge.client.post("/v1/files/registrations", json={}, headers=key)
    assert (other.status_code, other.json()["code"]) == (415, "body.media_type")
    nameless = await send(edge, key, "event\nwon\n", "opportunities")
    assert [(one["field"], one["code"]) for one in nameless.json()["errors"]] == [("connection", "field.missing")]
    assert (await send(edge, key, "program\n" + "h\n" * 1_001)).json()["errors"][0]["code"] == "file.too_long"


async def test_a_partner_names_no_other_partner(edge: Edge) -> None:
    key = await edge.key("registrations:write", partner="partner-7")
    text = "program,partner,customer.legal_name,products\nhunting,partner-8,Adler,GTX Pro\nhunting,,Nil,GTX Pro\n"
    report = (await send(edge, key, text)).json()
    assert [(one["line"], one["column"], one["code"]) for one in report["unusable"]] == [(2, None, "partner.not_yours")]
    assert report["taken"] == 1
