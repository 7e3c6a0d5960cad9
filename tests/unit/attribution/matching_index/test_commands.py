"""`dealreg match find` and `bench`: who else is called nearly so, and how fast that is told."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dealreg.cli import application
from dealreg.tools import matching_index
from dealreg.tools.matching_index_names import Written, as_many, names_in, sample, variants
from shared.errors import Invalid

CSV = """id,name,country
a,Nile Trading Co.,EG
b,Schlumberger Oilfield Services,US
c,شركة النيل للتجارة,EG
d,Nile Trading Holding,EG
"""


@pytest.fixture
def names(tmp_path: Path) -> Path:
    file = tmp_path / "names.csv"
    file.write_text(CSV)
    return file


def run(*arguments: str) -> str:
    answer = CliRunner().invoke(application(["match"]), ["match", *arguments])
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_names_found_are_told_by_band_with_the_reason(names: Path) -> None:
    told = json.loads(run("find", "--names", str(names), "--query", "NILE TRADING", "--country", "eg", "--json"))
    (answer,) = told
    assert (answer["query"], answer["candidates"], answer["crowded"]) == ("NILE TRADING", 3, False)
    first = answer["found"][0]
    assert (first["id"], first["text"], first["country"], first["band"]) == ("a", "Nile Trading Co.", "EG", "same")
    assert first["sentence"]
    bands = [one["band"] for one in answer["found"]]
    assert bands == sorted(bands, key=("same", "look", "clear").index)


def test_several_names_are_asked_for_at_once_and_shown_to_people(names: Path) -> None:
    shown = run("find", "--names", str(names), "--query", "Schlumberger", "--query", "النيل للتجارة", "--limit", "1")
    assert "Schlumberger Oilfield" in shown
    assert "النيل" in shown


def test_names_are_read_from_plain_and_packed_files_with_or_without_ids(tmp_path: Path) -> None:
    packed = tmp_path / "names.csv.gz"
    packed.write_bytes(gzip.compress(b"legal_name,country\nNile,EG\nDelta,\n"))
    assert names_in(packed) == [Written("1", "Nile", "EG"), Written("2", "Delta", None)]
    other = tmp_path / "other.csv"
    other.write_text("title\nNile\n")
    with pytest.raises(Invalid, match="no column legal_name or name"):
        names_in(other)


def test_more_names_are_made_of_real_ones_the_same_every_time() -> None:
    real = sample()[:500]
    made = as_many(real, 1_500)
    assert made == as_many(real, 1_500)
    assert made[:500] == real
    assert len({one.id for one in made}) == 1_500
    assert len({one.text for one in made}) > 1_400
    assert as_many(real, 100) == real[::5]


def test_a_name_is_written_in_ways_that_differ_from_it() -> None:
    kinds = dict(variants("Nile Schlumberger Trading", random.Random(1)))
    assert kinds["case"] == "nILE sCHLUMBERGER tRADING"
    assert kinds["abbreviated"] == "Nile Schl Trading"
    assert kinds["words joined"] == "NileSchlumberger Trading"
    assert kinds["words turned"] == "Schlumberger Nile Trading"
    assert len(kinds["word left out"].split()) == 2
    assert set(dict(variants("Nile", random.Random(1)))) == {"case", "typo", "two typos", "word added", "abbreviated"}
    assert not dict(variants(" ", random.Random(1)))


def test_a_measurement_tells_every_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching_index, "TIMED_LOOKUPS", 100)
    monkeypatch.setattr(matching_index, "VARIED_NAMES", 50)
    told = json.loads(run("bench", "--rows", "1000", "--json"))
    assert told["names"] == {"all": 1000, "real": 1000}
    assert set(told) >= {"start_up", "memory_mb", "add_ms", "lookup_ms", "lookups_per_s", "candidates", "recall"}
    assert told["recall"]["case"]["all"] == 1.0
    assert told["recall"]["typo"]["all"] > 0.8
    assert told["lookup_ms"]["p95"] >= told["lookup_ms"]["p50"] > 0
    assert "lookups_per_s" in run("bench", "--rows", "1000")
