"""The index of names: whoever shares a key is found, most alike first, whatever the order they came in."""

from __future__ import annotations

import pytest

from services.attribution.domain.matching import index as index_module
from services.attribution.domain.matching.index import Candidates, Found, NameIndex
from services.attribution.domain.matching.name import read_name

NILE = ("Nile Schlumberger Trading", "Schlumberger Nile", "Schlumberger Oilfield Services", "Delta Foods")


def index_of(*texts: str) -> NameIndex:
    index = NameIndex()
    for number, text in enumerate(texts, start=1):
        index.add(f"n{number}", read_name(text))
    return index


def ids(found: Candidates) -> list[str]:
    return [one.id for one in found.found]


def test_names_that_share_a_key_are_found_most_alike_first() -> None:
    found = index_of(*NILE).find(read_name("Schlumberger Nile Company"))
    assert ids(found) == ["n2", "n1", "n3"]
    assert found.found[0] == Found("n2", 100, found.found[0].shared)
    assert (found.total, found.crowded) == (3, False)


def test_a_limit_cuts_the_list_and_not_the_count() -> None:
    found = index_of(*NILE).find(read_name("Schlumberger Nile"), limit=1)
    assert (ids(found), found.total) == (["n2"], 3)


def test_equally_alike_names_come_by_their_id() -> None:
    index = NameIndex()
    for id_ in ("c", "a", "b"):
        index.add(id_, read_name("Schlumberger Nile"))
    assert ids(index.find(read_name("Schlumberger Nile"))) == ["a", "b", "c"]


def test_an_id_with_several_names_is_found_once_by_the_most_alike() -> None:
    index = NameIndex()
    index.add("one", read_name("Schlumberger Oilfield Services"))
    index.add("one", read_name("Schlumberger Nile"))
    found = index.find(read_name("Schlumberger Nile"))
    assert [(one.id, one.alike) for one in found.found] == [("one", 100)]


def test_a_removed_name_is_found_no_more() -> None:
    index = index_of(*NILE)
    index.remove("n2", read_name("Schlumberger Nile"))
    index.remove("n2", read_name("Schlumberger Nile"))
    index.remove("n1", read_name("Another name"))
    assert ids(index.find(read_name("Schlumberger Nile"))) == ["n1", "n3"]
    assert len(index) == 3


def test_a_key_that_too_many_names_have_finds_nobody_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "MOST_UNDER_KEY", 2)
    index = index_of("Schlumberger", "Schlumberger", "Schlumberger", "Delta Foods")
    found = index.find(read_name("Schlumberger"))
    assert (ids(found), found.crowded) == ([], True)
    assert not index.find(read_name("Delta Foods")).crowded


def test_of_too_many_candidates_those_that_share_most_keys_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "MOST_FOUND", 1)
    found = index_of("Schlumberger Oilfield", "Schlumberger Nile").find(read_name("Schlumberger Nile"))
    assert (ids(found), found.total) == (["n2"], 2)


def test_an_index_is_full_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "MOST_NAMES", 1)
    index = index_of("Delta Foods")
    with pytest.raises(ValueError, match="holds 1 names"):
        index.add("n2", read_name("Nile"))


def test_a_name_without_words_finds_nobody() -> None:
    assert index_of("", *NILE).find(read_name("")) == Candidates((), 0, crowded=False)
