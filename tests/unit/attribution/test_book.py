"""The book: what one fact may read, and how its changes are seen."""

from __future__ import annotations

import pytest

from services.attribution.domain.documents import working_set as module
from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.partner import Partner
from services.attribution.domain.documents.vendor import Vendor
from services.attribution.domain.documents.working_set import NeedsDocuments, WorkingSet
from shared.errors import Corrupt
from shared.events.vendor import ClockTicked
from tests.unit.attribution.house import START, House


def test_what_is_not_loaded_is_asked_for_all_at_once_and_each_once() -> None:
    working_set = WorkingSet({Key("partner", "A"): None}, 0, START)
    with pytest.raises(NeedsDocuments) as missing:
        working_set.require("partner", ["A", "B", "C", "B"])
    assert missing.value.keys == (Key("partner", "B"), Key("partner", "C"))
    with pytest.raises(NeedsDocuments):
        working_set.find_partner("B")
    assert working_set.find_partner("A") is None


def test_what_was_written_since_a_mark_never_was() -> None:
    working_set = WorkingSet({}, 7, START)
    working_set.put("partner", "A", Partner("A", "A"))
    mark = working_set.mark()
    working_set.put("partner", "A", Partner("A", "other"))
    working_set.put("partner", "B", Partner("B", "B"))
    working_set.rollback_to(mark)
    assert working_set.find_partner("A") == Partner("A", "A")
    assert (working_set.last_seq, working_set.lines, list(working_set.changes)) == (7, [], [Key("partner", "A")])


def test_the_vendor_is_the_one_that_stands_there_now() -> None:
    working_set = WorkingSet({}, 0, START)
    working_set.put("vendor", "", Vendor("live", release="1"))
    mark, before = working_set.mark(), working_set.vendor
    working_set.put("vendor", "", Vendor("live", release="2"))
    assert working_set.vendor.release == "2"
    working_set.rollback_to(mark)
    assert working_set.vendor is before


def test_an_event_that_says_of_nothing_what_it_changes_halts_the_reader() -> None:
    with pytest.raises(Corrupt):
        evolve(WorkingSet({}, 0, START), ClockTicked())


def test_forgetting_parsed_policies_changes_no_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_POLICIES", 1)
    house = House().open()
    house.publish({"program": "teaming"})
    house.submit("r1", "A")
    house.submit("r2", "B", program="teaming")
    assert house.states("r1", "r2") == ["protected", "waiting"]
