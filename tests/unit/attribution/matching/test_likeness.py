"""When one word stands for another."""

from __future__ import annotations

import pytest

from services.attribution.domain.matching.likeness import across, alike


@pytest.mark.parametrize(
    "one, other, how, degree",
    [
        ("edison", "edison", "equal", 1.0),
        ("vehicle", "fahrzeug", "", 0.0),
        ("energia", "energy", "translation", 0.92),
        ("alfuttaim", "futtaim", "article", 0.95),
        ("car", "cars", "plural", 0.95),
        ("egypt", "egyptian", "translation", 0.7),
        ("conso", "consolidated", "abbreviation", 0.9),
        ("consol", "consolidated", "translation", 0.92),
        ("genrl", "generation", "", 0.0),
        ("cntrl", "control", "abbreviation", 0.8),
        ("neo", "neogenomics", "spelling", 0.6),
        ("mueller", "muller", "spelling", 0.9),
        ("theraputics", "therapeutics", "spelling", 0.9),
        ("calico", "calicolabs", "compound", 0.8),
        ("siemens", "siemensag", "compound", 0.8),
        ("livraria", "bookshop", "translation", 0.92),
        ("norfolk", "surrey", "", 0.0),
        ("qontixan", "quantixan", "spelling", 0.85),
        ("kinden", "finden", "spelling", 0.6),
        ("armenia", "america", "spelling", 0.0),
        ("power", "tower", "", 0.0),
        ("abc", "abd", "", 0.0),
        ("12", "13", "", 0.0),
    ],
)
def test_words_of_one_script(one: str, other: str, how: str, degree: float) -> None:
    likeness = alike(one, other)
    assert likeness == alike(other, one)
    assert (likeness.degree, likeness.how) == (degree, how if degree else ""), likeness


@pytest.mark.parametrize(
    "one, other, how, degree",
    [
        ("nahdi", "nahdi", "equal", 1.0),
        ("nhdy", "nahdi", "sound", 0.9),
        ("dby", "dobai", "sound", 0.9),
        ("alm", "elm", "sound", 0.75),
        ("lrajhy", "rajhi", "sound", 0.9),
        ("mdghlf", "medgulf", "sound", 0.9),
        ("kharafy", "kharfi", "sound", 0.9),
        ("mwtsanyl", "motsanel", "sound", 0.9),
        ("bnktsr", "bnktst", "sound", 0.75),
        ("gulf", "khaleej", "sound", 0.9),
        ("khaleej", "gulf", "", 0.0),
        ("nkhbh", "elite", "translation", 0.92),
        ("weaver", "weavers", "plural", 0.95),
        ("shipping", "marine", "translation", 0.85),
        ("mladh", "malath", "sound", 0.9),
        ("qsyby", "algosaibi", "sound", 0.9),
        ("mdynh", "madinet", "sound", 0.9),
        ("swydy", "saudi", "sound", 0.75),
        ("bank", "hospital", "", 0.0),
        ("oil", "petroleum", "translation", 0.85),
        ("energia", "energy", "translation", 0.92),
        ("egypten", "egypt", "translation", 0.92),
        ("aeiou", "nahdi", "", 0.0),
        ("zamil", "rajhi", "", 0.0),
    ],
)
def test_words_of_two_scripts(one: str, other: str, how: str, degree: float) -> None:
    likeness = across(one, other)
    assert (likeness.degree, likeness.how) == (degree, how), likeness
