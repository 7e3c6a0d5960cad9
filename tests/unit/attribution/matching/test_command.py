"""`dealreg match`: one pair explained, a file of pairs scored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dealreg.cli import application
from dealreg.commands.matching import read_pairs
from dealreg.tools.matching_figures import Pair, figures, measured
from shared.errors import Invalid

ROWS = """name_a,name_b,label,kind,country_a,country_b,domain_a,domain_b
Siemens AG,Siemens Aktiengesellschaft,1,alias,DE,FR,siemens.com,siemens.com
Siemens AG,Almarai Company,0,near1,DE,SA,,
شركة المراعي,Almarai Company,1,cross_script,SA,SA,,
日立,ООО Ромашка,0,near2,JP,RU,,
Siemens AG,Siemens Energy,,related,DE,DE,,
Acmeon,Novaris,1,alias,DE,DE,acmeon.com,acmeon.com
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(application(["match"]), ["match", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_pair_is_explained() -> None:
    answer = json.loads(run("score", "--a", "Siemens AG", "--b", "Siemens Egypt", "--country-a", "de", "--json"))
    assert (answer["band"], answer["rule"]) == ("look", "group")
    assert {"field": "left.other", "value": "egypt"} in answer["evidence"]
    assert answer["names"][0]["key"] == "siemens"
    said = run("score", "--a", "Nova", "--b", "Acme", "--tax-id-a", "DE136695976", "--tax-id-b", "DE136695976")
    assert said.startswith("same  1.00  The same tax id.")
    assert "tax_id: equal" in said


@pytest.mark.parametrize(
    "field, one, other, band",
    [
        ("tax-id", "DE136695976", "136 695 976", "same"),
        ("tax-id", "DE136695976", "123475223", "clear"),
        ("tax-id", "unknown", "unknown", "clear"),
        ("company-id", "HRB 86891", "hrb86891", "same"),
        ("duns", "15-048-3782", "150483782", "same"),
        ("lei", "5493001KJTIIGC8Y1R12", "5493 001k jtii gc8y 1r12", "same"),
        ("domain", "https://www.acme.de/x", "shop.acme.de", "same"),
        ("domain", "t-online.de", "t-online.de", "clear"),
    ],
)
def test_every_kind_of_identifier_is_read_as_the_decider_reads_it(field: str, one: str, other: str, band: str) -> None:
    names = ("--a", "Nova", "--b", "Acme", "--country-a", "de", "--country-b", "DE")
    answer = json.loads(run("score", *names, f"--{field}-a", one, f"--{field}-b", other, "--json"))
    assert answer["band"] == band


def test_a_file_is_scored_without_what_it_does_not_say_to_use(file: Path) -> None:
    found = json.loads(run("pairs", "--file", str(file), "--json"))
    assert set(found) == {"total", "by_kind", "by_script"}
    assert set(found["by_script"]) == {"latin", "cross", "other"}
    assert found["total"]["same"] == {"precision": 1.0, "recall": 2 / 3, "f1": 0.8, "n": 5}
    assert found["by_kind"]["cross_script"]["same"]["recall"] == 1.0
    assert "related" not in found["by_kind"]
    assert found["by_script"]["other"]["same"]["n"] == 0
    domains = json.loads(run("pairs", "--file", str(file), "--with-domains", "--json"))
    assert domains["total"]["same_or_look"]["recall"] == 1.0
    countries = json.loads(run("pairs", "--file", str(file), "--with-country", "--json"))
    assert countries["total"]["same"]["recall"] == 1 / 3
    assert "cross_script" in run("pairs", "--file", str(file))


def test_columns_of_places_may_be_missing_and_those_of_names_may_not(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("name_a,name_b,label,kind\nAcme,ACME,1,alias\n", encoding="utf-8")
    assert len(read_pairs(path, with_domains=True, with_country=True)) == 1
    path.write_text("name_a,name_b,label\nAcme,ACME,1\n", encoding="utf-8")
    with pytest.raises(Invalid, match="no column kind"):
        read_pairs(path, with_domains=False, with_country=False)


def test_figures_of_nothing_are_null() -> None:
    assert measured([], []) == {"precision": None, "recall": None, "f1": None, "n": 0}
    only = figures([Pair(same=False, band="clear", kind="near1", script="latin")])
    assert only["total"]["same"] == {"precision": None, "recall": None, "f1": None, "n": 1}
