"""A CSV file is read as it is declared or as it plainly is, and refused where it is neither."""

from __future__ import annotations

from typing import Any

import pytest

from services.registration.files.conventions import dates_of, day_of, decimals_of, number_of
from services.registration.files.declared import Declared, Table
from services.registration.files.fields import FIELDS, KINDS, NEVER, RECORDED_AT
from services.registration.files.reading import read_file
from services.registration.files.reasons import Unusable
from shared.errors import RequestInvalid

HEADER = "program,partner,customer.legal_name,products,amount,currency,close_date"


def read(text: str | bytes, kind: Any = "registrations", most: int = 100, **declared: Any) -> Table:
    body = text if isinstance(text, bytes) else text.encode()
    return read_file(body, kind, Declared(**declared), most)


def refused(text: str | bytes, **declared: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(RequestInvalid) as error:
        read(text, **declared)
    return [(one.field, one.code, one.message) for one in error.value.problems]


def told(convention_of: Any, texts: list[str]) -> str:
    """The convention of a column that begins on line 2, or why there is none."""
    try:
        return str(convention_of(list(enumerate(texts, 2))))
    except Unusable as one:
        return one.of("", column="c").said().removeprefix("column c, ")


def test_headers_are_our_fields_and_a_row_is_a_body() -> None:
    table = read(f"{HEADER},contact.email\nhunting,p7,Adler,GTX Pro; MG,1250.5,EUR,2026-03-31,a@b.example\n")
    assert (table.encoding, table.separator) == ("utf-8", "comma")
    [row] = table.rows
    assert (row.line, row.problems) == (2, [])
    assert row.body == {
        "program": "hunting", "partner": "p7", "customer": {"legal_name": "Adler"}, "products": ["GTX Pro", "MG"],
        "amount": {"amount": "1250.5", "currency": "EUR"}, "close_date": "2026-03-31",
        "contact": {"email": "a@b.example"},
    }  # fmt: skip


@pytest.mark.parametrize(
    "codec, declared, found",
    [
        ("utf-8", None, "utf-8"), ("utf-8-sig", None, "utf-8"), ("utf-16", None, "utf-16"),
        ("utf-16-le", None, "utf-16"), ("utf-16-be", None, "utf-16"), ("cp1252", "windows-1252", "windows-1252"),
    ],
)  # fmt: skip
def test_each_encoding_is_read(codec: str, declared: Any, found: str) -> None:
    table = read("program;customer.legal_name\nhunting;Müller\n".encode(codec), encoding=declared)
    assert (table.encoding, table.separator) == (found, "semicolon")
    assert table.rows[0].body["customer"] == {"legal_name": "Müller"}


def test_arabic_is_read_where_it_is_declared() -> None:
    table = read("program\tcustomer.legal_name\nh\tشركة\n".encode("cp1256"), encoding="windows-1256")
    assert (table.separator, table.rows[0].body["customer"]) == ("tab", {"legal_name": "شركة"})


def test_an_encoding_that_is_none_of_the_plain_ones_must_be_declared() -> None:
    assert refused("program\nhunting\nMüller\n".encode("cp1252")) == [(
        "encoding", "file.encoding",
        "line 3 is not UTF-8, and whether it is windows-1252 (Western) or windows-1256 (Arabic) cannot be told; "
        "declare the encoding, or save the file as UTF-8",
    )]  # fmt: skip
    [(_, code, message)] = refused(b"program\n\x81\n", encoding="windows-1252")
    assert (code, message.split(";")[0]) == ("file.encoding", "line 2 is not windows-1252")


def test_headers_that_are_no_field_are_mapped_left_out_or_refused() -> None:
    text = "Firma;Notiz;program\nAdler;x;hunting\n"
    table = read(text, columns=("Firma=customer.legal_name", "notiz="), values=("currency=EUR",))
    assert table.rows[0].body == {"customer": {"legal_name": "Adler"}, "program": "hunting"}
    assert [(one.header, one.field) for one in table.columns] == [
        ("Firma", "customer.legal_name"), ("Notiz", None), ("program", "program"),
    ]  # fmt: skip
    found = refused(text, columns=("Firma=customer.legal_name", "Ort=site"), values=("programme=x",))
    assert [(field, code, message.split(";")[0]) for field, code, message in found] == [
        ("value", "file.column", "programme is no field of registrations"),
        ("column", "file.column", "column Notiz is no field of registrations"),
        ("column", "file.column", "the file has no column ort"),
    ]
    [(_, _, message)] = refused("program,program\na,b\n")
    assert message == "program is given by column program and by column program; leave one out"
    assert [code for _, code, _ in refused("Firma\nAdler\n")] == ["file.separator"]
    assert [code for _, code, _ in refused(b"")] == ["file.separator"]


@pytest.mark.parametrize(
    "texts, found",
    [
        (["2026-04-03"], "iso"), (["03/04/2026", "25/04/2026"], "dmy"), (["03.04.2026", "04-25-2026"], "mdy"),
        (["04/04/2026"], "iso"), ([], "iso"),
        (["03/04/2026"], "line 2: 03/04/2026 is two dates, and no other line tells which; declare dmy or mdy"),
        (["25/04/2026", "04/25/2026"], "line 2 has 25/04/2026 and line 3 has 04/25/2026: write all in one order"),
    ],
)  # fmt: skip
def test_dates_are_never_guessed(texts: list[str], found: str) -> None:
    assert told(dates_of, texts) == found


@pytest.mark.parametrize(
    "texts, found",
    [
        (["1250"], "point"), (["1250.50"], "point"), (["1250,5"], "comma"), (["1.234,56"], "comma"),
        (["1,234.56"], "point"), (["1.234.567"], "comma"), (["1,234,567"], "point"), (["0.125"], "point"),
        (["1234.567"], "point"), (["1.234", "2,5"], "comma"), (["1 234,50"], "comma"), (["1'234.50"], "point"),
        (["1.234"], "line 2: 1.234 is two numbers, and no other line tells which; declare point or comma"),
        (["1.5", "1,5"], "line 2 has 1.5 and line 3 has 1,5: write all in one way"),
    ],
)  # fmt: skip
def test_decimals_are_never_guessed(texts: list[str], found: str) -> None:
    assert told(decimals_of, texts) == found


@pytest.mark.parametrize(
    "text, convention, found",
    [
        ("1.234,56", "comma", "1234.56"), ("1,234.56", "point", "1234.56"), ("1\u202f234,5", "comma", "1234.5"),
        ("12.34", "comma", None), ("1,23,456", "point", None), ("1e5", "point", None), ("", "point", None),
        ("12 EUR", "point", None), ("١٢٣", "point", None),
    ],
)  # fmt: skip
def test_numbers_become_plain_or_are_refused(text: str, convention: Any, found: str | None) -> None:
    if found is not None:
        assert number_of(text, convention) == found
        return
    with pytest.raises(Unusable, match=r"file\.value\.number"):
        number_of(text, convention)


@pytest.mark.parametrize("text, convention", [("2026-02-30", "iso"), ("03/04/26", "dmy"), ("31/04/2026", "dmy"),
                                              ("03/04/2026", "iso"), ("soon", "iso")])  # fmt: skip
def test_a_day_that_is_none_is_refused(text: str, convention: Any) -> None:
    with pytest.raises(Unusable, match=r"file\.value\.(date|no_day)"):
        day_of(text, convention)


def test_what_a_row_cannot_say_is_told_by_line_and_column() -> None:
    text = "program,units,amount,currency,close_date\nh,3,1.5,EUR,2026-01-31\n\nh,many,x,EUR,2026-02-30\nh,1\n"
    table = read(text)
    problems = [one for row in table.rows for one in row.problems]
    assert [(one.line, one.column, one.reason.code, one.reason.said()) for one in problems] == [
        (4, "units", "file.value", "'many' is not a whole number; correct it"),
        (4, "amount", "file.value", "'x' is not a number with a decimal point; correct it"),
        (4, "close_date", "file.value", "'2026-02-30' is a day that no calendar has; correct it"),
        (5, None, "file.row", "has 2 cells, the first line has 5; correct the row"),
    ]


def test_a_cell_of_several_lines_moves_the_lines_after_it() -> None:
    table = read('program,notes\nh,"two\nlines"\nh,x\n')
    assert [row.line for row in table.rows] == [2, 4]
    [(field, code, message)] = refused('program,notes\nh,"open\nh,x\n')
    assert (field, code) == ("file", "file.row")
    assert message.startswith("line 2: the quotes of a cell do not match")


def test_a_file_of_more_rows_than_may_be_is_refused() -> None:
    assert len(read("program\na\nb\n", most=2).rows) == 2
    with pytest.raises(RequestInvalid) as error:
        read("program\na\nb\nc\n", most=2)
    assert [(one.code, one.message) for one in error.value.problems] == [
        ("file.too_long", "has more than 2 rows; split it")
    ]


@pytest.mark.parametrize("kind", ["registrations", "opportunities"])
def test_every_field_of_the_message_can_be_a_column(kind: Any) -> None:
    columns = {name.partition(".")[0] for name in FIELDS[kind]} - {RECORDED_AT, "currency", "list_currency"}
    fields = {one.alias or name for name, one in KINDS[kind].body.model_fields.items()}
    assert columns == fields - NEVER
