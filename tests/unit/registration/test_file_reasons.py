"""Each reason why a file cannot be used is said in each language, and a file of few bytes shows how it comes about."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from services.registration.files import reasons
from services.registration.files.declared import Declared
from services.registration.files.reading import read_file
from services.registration.files.reasons import FileRefused, Unusable
from shared.messages import DEFAULT, language, languages
from tests.e2e.console.test_crawl import ISOLATED, LATIN, NAMES

FOLDER = Path(reasons.__file__).parent
REASON = re.compile(r"file\.[a-z_]+(\.[a-z_]+)?")
FILES: dict[str, tuple[bytes, dict[str, Any]]] = {
    "file.encoding.unknown": ("program\nMüller\n".encode("cp1252"), {}),
    "file.encoding.other": (b"program\n\x81\n", {"encoding": "windows-1252"}),
    "file.separator.no_field": (b"Firma\nAdler\n", {}),
    "file.separator.several": (b"program;x,partner\nh;x,p\n", {}),
    "file.too_long": (b"program\na\nb\nc\nd\n", {}),
    "file.row.no_header": (b"program\n", {"columns": ("program=",)}),
    "file.row.quotes": (b'program,notes\nh,"open\nh,x\n', {}),
    "file.row.long_cell": (b"program,notes\nh," + b"x" * 140_000 + b"\n", {}),
    "file.row.cells": (b"program,notes\nh\n", {}),
    "file.column.pair": (b"program\nh\n", {"columns": ("Firma",)}),
    "file.column.no_such_field": (b"program\nh\n", {"values": ("programme=h",)}),
    "file.column.no_field": (b"program,Firma\nh,Adler\n", {}),
    "file.column.twice": (b"program,program\nh,h\n", {}),
    "file.column.value_too": (b"program\nh\n", {"values": ("program=h",)}),
    "file.column.absent": (b"program\nh\n", {"columns": ("Ort=site",)}),
    "file.dates.unclear": (b"program,close_date\nh,03/04/2026\n", {}),
    "file.dates.mixed": (b"program,close_date\nh,25/04/2026\nh,04/25/2026\n", {}),
    "file.decimal.unclear": (b"program,amount\nh,1.234\n", {"separator": "comma"}),
    "file.decimal.mixed": (b"program;amount\nh;1.5\nh;1,5\n", {}),
    "file.value.date": (b"program,close_date\nh,soon\n", {"dates": "mdy"}),
    "file.value.no_day": (b"program,close_date\nh,31/04/2026\n", {"dates": "dmy"}),
    "file.value.number": (b"program,amount\nh,much\n", {"decimal": "comma"}),
    "file.value.integer": (b"program,units\nh,many\n", {}),
}
"""By reason: a file that has it, and what is declared of it."""


def raised() -> set[str]:
    """Every reason that the reader of files knows."""
    trees = [ast.parse(path.read_text()) for path in FOLDER.glob("*.py")]
    texts = (one.value for tree in trees for one in ast.walk(tree) if isinstance(one, ast.Constant))
    return {one for one in texts if isinstance(one, str) and REASON.fullmatch(one)}


def found(reason: str) -> list[Unusable]:
    body, declared = FILES[reason]
    try:
        table = read_file(body, "registrations", Declared(**declared), 3)
    except FileRefused as refused:
        return list(refused.reasons)
    return [one.reason for row in table.rows for one in row.problems]


def test_every_reason_has_a_file_that_shows_it() -> None:
    assert raised() == FILES.keys()


@pytest.mark.parametrize("reason", FILES)
def test_a_file_is_refused_for_its_reason_in_every_language(reason: str) -> None:
    [one] = [one for one in found(reason) if one.reason == reason]
    assert language().has(f"problem.{one.code}")
    told = {tag: one.said(said) for tag, said in languages().items()}
    assert len(set(told.values())) == len(languages())
    for tag, text in told.items():
        assert "{" not in text, "everything that the sentence names is given"
        assert "None" not in text
        rest = text
        while tag != DEFAULT and ISOLATED.search(rest):
            rest = ISOLATED.sub(" ", rest)
        assert tag == DEFAULT or set(LATIN.findall(rest)) <= NAMES, rest


def test_a_refusal_is_whole_in_the_language_that_is_asked_for() -> None:
    body, declared = FILES["file.column.absent"]
    with pytest.raises(FileRefused) as error:
        read_file(body, "registrations", Declared(**declared), 3)
    arabic = error.value.in_language(language("ar"))
    assert (arabic.code, arabic.status, arabic.language) == ("request.invalid", 422, "ar")
    assert [(one.field, one.code) for one in arabic.problems] == [("column", "file.column")]
    assert not LATIN.search(arabic.detail)
    assert error.value.in_language(language()).detail == error.value.detail
    assert error.value.language is None
