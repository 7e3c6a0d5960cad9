"""The export as it lies on disk: every line is registered or reported, none is dropped."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dealreg.demo.export import COLUMNS, DATA, read_export
from shared.errors import Invalid

GOOD = "1C1I7A6R,Moses Frase,GTX Plus Basic,Cancity,Won,2016-10-20,2017-03-01,1054"


def export_of(folder: Path, *lines: bytes) -> Path:
    """An export whose pipeline has these lines."""
    shutil.copytree(DATA, folder, dirs_exist_ok=True)
    header = ",".join(COLUMNS).encode()
    (folder / "sales_pipeline.csv").write_bytes(b"\r\n".join([header, *lines]) + b"\r\n")
    return folder


def test_every_line_of_the_committed_file_is_registered_or_reported() -> None:
    export = read_export()
    assert export.rows_read == 8800 == len(export.deals) + len(export.left)
    assert {left.code for left in export.left} == {"customer.missing", "engage_date.missing"}
    assert (len(export.partners), len(export.products), len(export.accounts)) == (35, 7, 85)


@pytest.mark.parametrize(
    "line, code",
    [
        ("A,Moses Frase,GTX Plus Basic,,Engaging,,,", "customer.missing"),
        ("A,Moses Frase,GTX Plus Basic,Cancity,Prospecting,,,", "engage_date.missing"),
        ("A,Moses Frase,GTX Plus Basic,Cancity,Won,2016-10-20", "row.short"),
        (f"{GOOD},more", "row.long"),
        ('A,"Moses Frase,GTX Plus Basic,Cancity,Won,2016-10-20,2017-03-01,1054', "row.quoting"),
        ("", "row.short"),
        (",Moses Frase,GTX Plus Basic,Cancity,Engaging,2016-10-20,,", "opportunity_id.missing"),
        ("A,Nobody,GTX Plus Basic,Cancity,Engaging,2016-10-20,,", "partner.unknown"),
        ("A,Moses Frase,GTX Plus,Cancity,Engaging,2016-10-20,,", "product.unknown"),
        ("A,Moses Frase,GTX Plus Basic,Nowhere,Engaging,2016-10-20,,", "customer.unknown"),
        ("A,Moses Frase,GTX Plus Basic,Cancity,Dreaming,2016-10-20,,", "stage.unknown"),
        ("A,Moses Frase,GTX Plus Basic,Cancity,Engaging,2016-02-30,,", "engage_date.invalid"),
        ("A,Moses Frase,GTX Plus Basic,Cancity,Won,2016-10-20,20 October,1", "close_date.invalid"),
        ("A,Moses Frase,GTX Plus Basic,Cancity,Won,2016-10-20,,1054", "close_date.missing"),
        ("A,Moses Frase,GTX Plus Basic,Cancity,Engaging,2016-10-20,2017-03-01,", "stage.contradicts_close_date"),
        ("A,Moses Frase,GTX Plus Basic,Cancity,Won,2016-10-20,2016-10-19,1054", "close_date.before_engage_date"),
        ("A,Moses Frase,GTX Plus Basic,Cancity,Won,2016-10-20,2017-03-01,", "close_value.invalid"),
        ("A,Moses Frase,GTX Plus Basic,Cancity,Won,2016-10-20,2017-03-01,-5", "close_value.invalid"),
        ("A,Moses Frase,GTX Plus Basic,Cancity,Won,2016-10-20,2017-03-01,NaN", "close_value.invalid"),
    ],
)
def test_a_line_that_cannot_be_registered_is_reported_with_its_reason(tmp_path: Path, line: str, code: str) -> None:
    export = read_export(export_of(tmp_path, line.encode(), GOOD.encode()))
    assert [(left.line, left.code) for left in export.left] == [(2, code)]
    assert [deal.number for deal in export.deals] == ["1C1I7A6R"]
    assert export.rows_read == 2


def test_a_badly_encoded_line_spoils_no_other(tmp_path: Path) -> None:
    broken = GOOD.replace("Cancity", "Canc\xedty").encode("latin-1")
    export = read_export(export_of(tmp_path, broken, GOOD.encode()))
    assert [(left.line, left.number, left.code) for left in export.left] == [(2, "1C1I7A6R", "row.encoding")]
    assert len(export.deals) == 1


def test_of_two_lines_with_one_id_the_first_counts(tmp_path: Path) -> None:
    second = GOOD.replace("Moses Frase", "Darcel Schlecht")
    export = read_export(export_of(tmp_path, GOOD.encode(), second.encode()))
    assert [deal.partner for deal in export.deals] == ["Moses Frase"]
    assert [(left.line, left.code) for left in export.left] == [(3, "row.duplicate")]


def test_other_columns_are_refused_as_a_whole(tmp_path: Path) -> None:
    export_of(tmp_path)
    (tmp_path / "sales_pipeline.csv").write_text("id,agent\n1,Moses Frase\n")
    with pytest.raises(Invalid) as refused:
        read_export(tmp_path)
    assert refused.value.code == "file.refused"
    assert "sales_pipeline.csv, line 1: has the columns id, agent" in refused.value.detail
