"""The columns of a CSV file through the API, before it is read; and taking only the rows that a check finds usable."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from services.registration.files.fields import FIELDS
from tests.integration.registration.conftest import Edge
from tests.integration.registration.test_directory import EVENTS, entries, fold
from tests.integration.registration.test_files import send

TEXT = "program;Firma;Summe;;amount;Ort\nhunting;Müller;1;x;2,5;Köln\nhunting;Müller;2;;3,5\nhunting;Adler;3;;;Bonn\n"


async def columns(edge: Edge, text: str | bytes, kind: str = "registrations", **asked: Any) -> httpx.Response:
    return await send(edge, await edge.key(), text, f"{kind}/columns", **asked)


async def test_columns_say_which_field_each_is_and_what_they_hold(edge: Edge) -> None:
    answer = await columns(edge, TEXT, column=["Firma=customer.legal_name", "ORT=", "Elsewhere=notes"])
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["encoding"], found["separator"]) == ("utf-8", "semicolon")
    assert found["columns"] == [
        {"column": "program", "field": "program", "known": True, "samples": ["hunting"]},
        {"column": "Firma", "field": "customer.legal_name", "known": True, "samples": ["Müller", "Adler"]},
        {"column": "Summe", "field": None, "known": False, "samples": ["1", "2", "3"]},
        {"column": "", "field": None, "known": True, "samples": ["x"]},
        {"column": "amount", "field": "amount", "known": True, "samples": ["2,5", "3,5"]},
        {"column": "Ort", "field": None, "known": True, "samples": ["Köln", "Bonn"]},
    ]
    assert found["fields"] == list(FIELDS["registrations"])
    other = (await columns(edge, "event,order_number\nwon,1\n", "opportunities")).json()
    assert [one["field"] for one in other["columns"]] == ["event", "order_number"]
    assert other["fields"] == list(FIELDS["opportunities"])
    assert await edge.facts() == []


@pytest.mark.parametrize(
    "text, asked, codes",
    [
        ("Firma;Ort\nAdler;Bonn\n", {}, []),
        ("Firma;Ort,Land\nAdler;Bonn,DE\n", {}, [("separator", "file.separator")]),
        ("Firma\nAdler\n", {}, [("separator", "file.separator")]),
        ("Firma\nAdler\n", {"separator": "comma"}, []),
        ("\n\n", {"separator": "comma"}, [("file", "file.row")]),
        ('program;"Fir\n', {}, [("file", "file.row")]),
        ("Müller".encode("cp1252"), {}, [("encoding", "file.encoding")]),
        ("program\nx\n", {"column": "Firma"}, [("column", "file.column")]),
        ("program\nx\n", {"check": "true"}, [("check", "field.unknown")]),
    ],
)
async def test_a_file_that_cannot_be_split_is_refused(
    edge: Edge, text: str | bytes, asked: dict[str, str], codes: list[tuple[str, str]]
) -> None:
    answer = await columns(edge, text, **asked)
    assert answer.status_code == (422 if codes else 200), answer.text
    assert [(one["field"], one["code"]) for one in answer.json().get("errors", [])] == codes


async def test_samples_are_cut_and_few(edge: Edge) -> None:
    rows = "".join(f"{'x' * 500}{number}\n" for number in range(9))
    [found] = (await columns(edge, "program\n" + rows)).json()["columns"]
    assert found["samples"] == ["x" * 40]


async def test_columns_of_one_name_are_left_out_together(edge: Edge) -> None:
    text = "program,partner,customer.legal_name,products,Info,info\nhunting,partner-7,Adler,GTX Pro,a,b\n"
    twice = await send(edge, await edge.key(), text, column="Info=notes")
    assert [one["code"] for one in twice.json()["errors"]] == ["file.column"]
    assert (await send(edge, await edge.key(), text, column="Info=")).json()["taken"] == 1


async def test_only_usable_rows_are_taken_where_that_is_asked(edge: Edge) -> None:
    await fold(edge.pool, entries(EVENTS))
    head = "program,partner,customer.legal_name,products\n"
    text = head + "hunting,nord,Adler,GTX Pro\nhunting,nord,Nil,GTX Prx\nnowhere,nord,Delta,GTX Pro\n"
    report = (await send(edge, await edge.key(), text, only_usable="true")).json()
    assert (report["rows"], report["usable"], report["taken"]) == (3, 1, 1)
    assert [(one["line"], one["column"], one["code"]) for one in report["unusable"]] == [
        (3, "products", "product.unknown"), (4, "program", "program.unknown"),
    ]  # fmt: skip
    assert [one["status"] for one in report["items"]] == [202, 422, 422]
    assert len(await edge.facts()) == 1
    # otherwise they are taken, and refused once they are decided
    assert (await send(edge, await edge.key(), text)).json()["taken"] == 3
