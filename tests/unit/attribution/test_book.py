"""The book: what one fact may read, and how its changes are seen."""

from __future__ import annotations

import pytest

from services.attribution.domain import book as module
from services.attribution.domain.book import Book, Missing
from services.attribution.domain.evolve import evolve
from services.attribution.domain.state import Key, Partner, Vendor
from shared.errors import Corrupt
from shared.events.vendor import ClockTicked
from tests.unit.attribution.house import START, House


def test_what_is_not_loaded_is_asked_for_all_at_once_and_each_once() -> None:
    book = Book({Key("partner", "A"): None}, 0, START)
    with pytest.raises(Missing) as missing:
        book.require("partner", ["A", "B", "C", "B"])
    assert missing.value.keys == (Key("partner", "B"), Key("partner", "C"))
    with pytest.raises(Missing):
        book.partner("B")
    assert book.partner("A") is None


def test_what_was_written_since_a_mark_never_was() -> None:
    book = Book({}, 7, START)
    book.put("partner", "A", Partner("A", "A"))
    mark = book.mark()
    book.put("partner", "A", Partner("A", "other"))
    book.put("partner", "B", Partner("B", "B"))
    book.back_to(mark)
    assert book.partner("A") == Partner("A", "A")
    assert (book.last_seq, book.lines, list(book.changes)) == (7, [], [Key("partner", "A")])


def test_the_vendor_is_the_one_that_stands_there_now() -> None:
    book = Book({}, 0, START)
    book.put("vendor", "", Vendor("live", release="1"))
    mark, before = book.mark(), book.vendor
    book.put("vendor", "", Vendor("live", release="2"))
    assert book.vendor.release == "2"
    book.back_to(mark)
    assert book.vendor is before


def test_an_event_that_says_of_nothing_what_it_changes_halts_the_reader() -> None:
    with pytest.raises(Corrupt):
        evolve(Book({}, 0, START), ClockTicked())


def test_forgetting_parsed_policies_changes_no_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_POLICIES", 1)
    house = House().open()
    house.publish({"program": "teaming"})
    house.submit("r1", "A")
    house.submit("r2", "B", program="teaming")
    assert house.states("r1", "r2") == ["protected", "waiting"]
