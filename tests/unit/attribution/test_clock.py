"""The clock: recorded time moves it, deadlines come first, and history is imported in order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.attribution.scenarios.engine import DECISIONS_PER_TRANSACTION
from services.attribution.vendor_batch import BEFORE_ALL, BatchFull
from shared.events.base import Event
from shared.events.envelope import Fact
from shared.events.partner import PartnerEnrolled
from shared.events.person import PersonErased
from shared.events.vendor import VendorCreated, VendorWentLive
from tests.unit.attribution.house import START, House, event, types
from tests.unit.attribution.test_claims import refused

TODAY = START + timedelta(days=200)


def live(house: House, told: Event, at: datetime) -> list[Event]:
    """A fact as it arrives, without a time of its own."""
    house.count += 1
    return house.take(Fact(f"live{house.count}", "acme", told, at, "test"))


def enrolled(partner: str) -> PartnerEnrolled:
    return PartnerEnrolled(partner=partner, name=partner)


def clock(house: House) -> datetime:
    assert house.ledger.head is not None
    return house.ledger.head.clock


def test_deadlines_due_by_a_facts_time_are_decided_before_it_each_at_its_own() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "B", products=["Z"], day=1)
    house.submit("r3", "C", day=120)
    ends = [(one.event.type, one.clock) for one in house.entries if one.event.type == "protection.expired"]
    assert ends == [
        ("protection.expired", datetime(2026, 4, 2, tzinfo=UTC)),
        ("protection.expired", datetime(2026, 4, 3, tzinfo=UTC)),
    ]
    assert house.state("r3") == "protected"
    assert clock(house) == START + timedelta(days=120)


def test_deadlines_of_one_instant_fire_by_subject() -> None:
    house = House().open()
    house.submit("r2", "A")
    house.submit("r1", "B", products=["Z"])
    house.publish({"version": 2, "effective_from": "2026-04-02"})
    events = types(house.wait_until(100))
    assert events == ["program.took_effect", "protection.expired", "protection.expired"]
    ended = [one.event.registration for one in house.entries if one.event.type == "protection.expired"]  # type: ignore[attr-defined]
    assert ended == ["r1", "r2"]


def test_a_tick_fires_what_is_due_and_leaves_no_entry_of_its_own() -> None:
    house = House().open()
    house.submit("r1", "A")
    assert house.tick(datetime(2026, 4, 1, tzinfo=UTC)) == []
    assert types(house.tick(datetime(2026, 4, 2, tzinfo=UTC))) == ["protection.expired"]
    assert house.tick(datetime(2026, 4, 2, tzinfo=UTC)) == []


def test_while_importing_an_older_time_is_refused_and_moves_nothing() -> None:
    house = House().open()
    house.wait_until(10)
    before = clock(house)
    assert refused(house.when(enrolled("E"), day=9)) == (409, "recorded_at.older", "recorded_at")
    assert clock(house) == before
    house.when(enrolled("F"), day=10)


def test_while_importing_a_live_fact_is_refused_and_fires_no_deadline() -> None:
    house = House().open()
    house.submit("r1", "A")
    assert refused(live(house, enrolled("E"), TODAY)) == (409, "vendor.importing", "")
    assert (house.state("r1"), clock(house)) == ("protected", START)


def test_an_erasure_does_not_wait_for_an_import_and_leaves_its_clock_alone() -> None:
    house = House().open()
    house.submit("r1", "A")
    assert types(live(house, PersonErased(person="p1"), TODAY)) == ["person.erased"]
    assert (house.state("r1"), clock(house)) == ("protected", START)
    assert house.ledger.head is not None
    assert house.ledger.head.known_at == START
    assert types(house.when(enrolled("E"), day=1)) == ["partner.enrolled"]


def test_going_live_sets_the_clock_to_now_and_ends_the_import_for_good() -> None:
    house = House().open()
    house.submit("r1", "A")
    assert types(live(house, VendorWentLive(), TODAY)) == ["protection.expired", "vendor.went_live"]
    assert clock(house) == TODAY
    assert refused(house.when(enrolled("E"), day=300)) == (409, "vendor.live", "")
    assert clock(house) == TODAY
    assert refused(live(house, VendorWentLive(), TODAY)) == (409, "vendor.live", "")


def test_a_live_vendors_clock_is_the_largest_time_seen() -> None:
    house = House()
    live(house, VendorCreated(name="Acme", mode="live"), TODAY)
    live(house, enrolled("A"), TODAY - timedelta(seconds=2))
    assert clock(house) == TODAY
    live(house, enrolled("B"), TODAY + timedelta(seconds=2))
    assert clock(house) == TODAY + timedelta(seconds=2)


def test_a_stray_fact_before_the_vendor_existed_does_not_make_its_history_too_old() -> None:
    house = House()
    assert refused(live(house, enrolled("A"), TODAY))[1] == "vendor.unknown"
    assert clock(house) == BEFORE_ALL
    assert types(house.when(VendorCreated(name="Acme", mode="importing")))[0] == "vendor.created"
    assert clock(house) == START


def test_a_fact_that_is_refused_for_what_it_says_moves_the_clock_all_the_same() -> None:
    house = House().open()
    house.submit("r1", "A")
    events = house.when(event(PartnerEnrolled, partner="A", name="A"), day=120)
    assert types(events) == ["protection.expired", "fact.refused"]


def test_a_fact_that_comes_again_leaves_nothing() -> None:
    house = House().open()
    house.submit("r1", "A")
    assert house.take(house.taken[-1]) == []


def test_what_is_no_fact_of_this_release_is_refused() -> None:
    house = House().open()
    assert refused(house.when(house.entries[1].event)) == (422, "fact.unknown", "")


def test_the_journal_is_numbered_without_gaps_and_chained() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "B")
    house.wait_until(200)
    assert [entry.seq for entry in house.entries] == list(range(1, len(house.entries) + 1))
    for before, after in zip(house.entries, house.entries[1:], strict=False):
        assert after.previous == before.hash
        assert after.clock >= before.clock


@pytest.mark.parametrize("room", [1, 2, 3])
def test_what_a_fact_makes_due_at_once_is_caused_by_it_however_little_fits_a_transaction(
    room: int,
) -> None:
    def told(one: int = DECISIONS_PER_TRANSACTION) -> list[tuple[str, str]]:
        house = House(room=one).open(
            {"rewards": [{"name": "fee", "kind": "rebate", "on": "approved", "pct": 10, "hold_days": 0}]}
        )
        house.submit("r1", "A", amount={"amount": "100.00", "currency": "EUR"})
        house.submit("r2", "B", products=["Z"], day=1, amount={"amount": "100.00", "currency": "EUR"})
        return [(entry.cause, entry.event.type) for entry in house.entries]

    expected = told()
    assert [type_ for _, type_ in expected].count("reward.released") == 2
    assert told(room) == expected


def test_a_fact_waits_for_deadlines_that_were_not_loaded_whatever_the_loaded_ones_make_due() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "B", day=1)
    house.submit("r3", "C", products=["Z"], day=2)
    first = min(house.ledger.deadlines)
    house.ledger.begin([first], (), first)
    fact = Fact("late", "acme", enrolled("E"), START + timedelta(days=120), "test", importing=True)
    with pytest.raises(BatchFull):
        house.ledger.take(fact, b"", "test", DECISIONS_PER_TRANSACTION)
    # r2 was promoted and ends long after the fact; r3 ended before it and was not loaded.
    assert house.registration("r2").state == "protected"
    assert "late" not in house.ledger.handled
