"""Opportunities: which registration each belongs to, and what happens when it is lost or taken back."""

from __future__ import annotations

from typing import Any

import pytest

from shared.events.opportunity import OpportunityLinked, OpportunityUnlinked
from shared.events.partner import PartnerChanged
from tests.unit.attribution.house import House, event, only, two, types
from tests.unit.attribution.test_claims import refused

OTHER: dict[str, Any] = {"legal_name": "Delta Works", "tax_id": "204829456"}


@pytest.mark.parametrize(
    "told, registration, by",
    [
        ({"registration": "r2", "partner": "A"}, "r2", "number"),
        ({"partner": "B"}, "r2", "partner"),
        ({"partner": "A"}, "r1", "partner"),
        ({}, "r1", "holder"),
        ({"registration": "r9", "partner": "B"}, "r2", "partner"),
        ({"products": None, "partner": "B"}, "r2", "partner"),
    ],
)
def test_an_opportunity_belongs_by_number_else_by_its_partner_else_to_the_holder(
    told: dict[str, Any], registration: str, by: str
) -> None:
    house = two()
    linked = only(house.crm("created", "o1", **told), OpportunityLinked)
    assert (linked.registration, linked.by) == (registration, by)
    assert house.registration(registration).open == ("o1",)


@pytest.mark.parametrize(
    "told, code",
    [
        ({"partner": "C"}, "no_registration"),
        ({"products": ["W"], "partner": "B"}, "no_registration"),
        ({"customer": OTHER, "partner": "B"}, "no_registration"),
        ({"customer": {"legal_name": "Nile Trading"}, "partner": "B"}, "no_registration"),
        ({"customer": None, "partner": "B"}, "customer_missing"),
    ],
)
def test_an_opportunity_of_no_registration_is_listed_for_a_person(told: dict[str, Any], code: str) -> None:
    house = two()
    unlinked = only(house.crm("created", "o1", **told), OpportunityUnlinked)
    assert unlinked.code == code
    assert house.opportunity("o1").registration is None


def test_without_a_holder_an_opportunity_that_names_no_partner_is_unlinked() -> None:
    house = House().open({"review": {"auto_approve_if": "never"}})
    house.submit("r1", "A")
    only(house.crm("created", "o1"), OpportunityUnlinked)


def test_an_opportunity_of_a_refused_duplicate_belongs_to_its_original() -> None:
    house = two()
    house.submit("r3", "A")
    linked = only(house.crm("created", "o1", registration="r3"), OpportunityLinked)
    assert (linked.registration, linked.by) == ("r1", "duplicate")


def test_the_demo_way_a_duplicates_opportunity_belongs_to_the_live_registration() -> None:
    house = two()
    house.submit("r3", "B")
    assert only(house.crm("created", "o1", partner="B"), OpportunityLinked).registration == "r2"


def test_a_withdrawn_registration_takes_no_opportunity_by_number() -> None:
    house = two()
    house.withdraw("r2")
    only(house.crm("created", "o1", registration="r2", partner="B"), OpportunityUnlinked)


def test_an_original_that_was_rejected_since_takes_none_for_its_duplicate() -> None:
    house = House().open({"review": {"auto_approve_if": "never"}})
    house.submit("r1", "A")
    house.submit("r2", "A")
    house.review("r1", "reject")
    only(house.crm("created", "o1", registration="r2"), OpportunityUnlinked)


def test_among_a_partners_ended_registrations_the_newest_takes_it() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "A", day=100)
    house.wait_until(250)
    assert only(house.crm("created", "o1", partner="A", day=251), OpportunityLinked).registration == "r2"


def test_an_ended_registration_that_was_released_still_takes_its_partners_opportunity() -> None:
    house = two()
    house.withdraw("r1")
    assert only(house.crm("created", "o1", partner="A"), OpportunityLinked).registration == "r1"


@pytest.mark.parametrize("told", [{"partner": "C"}, {"registration": "r3"}])
def test_an_unlinked_open_opportunity_belongs_to_a_later_claim_of_its_partner_or_that_it_names(
    told: dict[str, Any],
) -> None:
    house = two()
    house.crm("created", "o1", **({"partner": "D"} | told))
    linked = only(house.submit("r3", "C"), OpportunityLinked)
    assert (linked.registration, linked.by) == ("r3", "number" if "registration" in told else "partner")


def test_an_unlinked_opportunity_of_another_deal_or_partner_is_not_taken() -> None:
    house = two()
    house.crm("created", "o1", partner="D")
    house.crm("created", "o2", partner="C", products=["Z"])
    assert "opportunity.linked" not in types(house.submit("r3", "C"))


def test_a_later_message_is_unlinked_once_and_no_more_while_nothing_changed() -> None:
    house = two()
    house.crm("created", "o1", partner="C")
    assert types(house.crm("changed", "o1", partner="C")) == ["opportunity.changed"]


def test_a_later_message_may_omit_what_it_does_not_change() -> None:
    house = two()
    house.crm("created", "o1", partner="B", amount={"amount": "5.00", "currency": "EUR"})
    house.crm("changed", "o1", customer=None, products=None, close_date="2026-05-01")
    latest = house.opportunity("o1").latest
    assert (latest.partner, latest.products) == ("B", ("X",))
    assert latest.amount is not None


@pytest.mark.parametrize(
    "first, second",
    [
        ({"source_version": 3}, {"source_version": 2}),
        ({"source_time": "2026-01-02T00:00:00Z"}, {"source_time": "2026-01-01T00:00:00Z"}),
    ],
)
def test_an_older_message_changes_nothing(first: dict[str, Any], second: dict[str, Any]) -> None:
    house = two()
    house.crm("created", "o1", **first)
    before = house.opportunity("o1")
    assert refused(house.crm("lost", "o1", **second)) == (409, "source.older", "")
    assert house.opportunity("o1") == before
    house.crm("changed", "o1", **first)


def test_when_the_partner_registers_again_its_open_opportunities_follow() -> None:
    house = two()
    house.crm("created", "o1", partner="A")
    house.withdraw("r1", day=1)
    linked = only(house.submit("r3", "A", day=2), OpportunityLinked)
    assert (linked.registration, linked.previous, linked.by) == ("r3", "r1", "followed")
    assert house.registration("r1").open == ()


@pytest.mark.parametrize("end", ["withdraw", "reject"])
def test_open_opportunities_follow_from_a_claim_that_was_never_protected(end: str) -> None:
    house = two()
    house.crm("created", "o1", partner="B")
    _ = house.withdraw("r2") if end == "withdraw" else house.review("r2", "reject")
    assert only(house.submit("r3", "B"), OpportunityLinked).by == "followed"


def test_opportunities_follow_within_a_deal_and_a_program_alone() -> None:
    house = House().open()
    house.publish({"program": "teaming"})
    house.submit("r1", "A")
    house.crm("created", "o1", partner="A")
    house.withdraw("r1")
    house.submit("r2", "A", products=["Z"])
    house.submit("r3", "A", program="teaming")
    assert house.opportunity("o1").registration == "r1"


def test_a_claim_refused_as_a_duplicate_when_its_turn_came_passes_its_opportunities_on() -> None:
    house = House().open()
    house.submit("r1", "A", products=["X"])
    house.submit("r2", "B", products=["X"])
    house.submit("r3", "B", products=["Y"])
    house.crm("created", "o1", registration="r2")
    house.correct("r3", products=["X", "Y"], day=1)
    house.withdraw("r1", day=2)
    assert house.opportunity("o1").registration == "r3"


def test_the_last_open_opportunity_lost_ends_the_registration() -> None:
    house = two()
    house.crm("created", "o1", partner="A")
    house.crm("created", "o2", partner="A")
    house.crm("lost", "o1")
    assert house.state("r1") == "protected"
    assert "protection.lost" in types(house.crm("lost", "o2"))
    assert house.states("r1", "r2") == ["lost", "protected"]


def test_a_waiting_claim_whose_last_opportunity_is_lost_ends_too() -> None:
    house = two()
    house.crm("created", "o1", partner="B")
    assert types(house.crm("lost", "o1"))[-2:] == ["registration.closed", "conflict.resolved"]
    assert (house.state("r2"), house.registration("r2").life.end_code) == ("lost", "opportunity_lost")


def test_a_registration_with_a_win_is_not_lost() -> None:
    house = two()
    house.crm("won", "o1", partner="A")
    house.crm("lost", "o2", partner="A")
    assert house.state("r1") == "converted"


def test_a_loss_told_twice_counts_once() -> None:
    house = two()
    house.crm("lost", "o1", partner="A")
    assert types(house.crm("lost", "o1", partner="A")) == ["opportunity.lost"]


def test_an_opportunity_of_nobody_is_lost_without_a_word() -> None:
    assert types(two().crm("lost", "o1", partner="C")) == ["opportunity.lost", "opportunity.unlinked"]


@pytest.mark.parametrize("end", ["won", "lost"])
def test_a_reopened_opportunity_brings_running_protection_back_if_nobody_holds_the_deal(end: str) -> None:
    house = House().open()
    house.submit("r1", "A")
    until = house.registration("r1").protected_until
    house.crm(end, "o1", partner="A", day=1)
    assert "protection.resumed" in types(house.crm("reopened", "o1", day=2))
    assert (house.state("r1"), house.registration("r1").protected_until) == ("protected", until)


def test_a_win_taken_back_while_another_holds_the_deal_expires() -> None:
    house = two({"conflict": {"on_won": "next"}})
    house.crm("won", "o1", partner="A", day=1)
    house.crm("reopened", "o1", day=2)
    assert house.states("r1", "r2") == ["expired", "protected"]


def test_a_win_taken_back_after_its_period_expires() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.crm("won", "o1", partner="A", day=1)
    house.crm("reopened", "o1", day=100)
    assert house.state("r1") == "expired"


@pytest.mark.parametrize("day", [2, 100])
def test_a_loss_taken_back_too_late_or_while_another_holds_the_deal_stays(day: float) -> None:
    house = two()
    house.crm("lost", "o1", partner="A", day=1)
    house.crm("reopened", "o1", day=day)
    assert house.state("r1") == "lost"


def test_a_converted_registration_with_another_win_stays_converted() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.crm("won", "o1", partner="A")
    house.crm("won", "o2", partner="A")
    house.crm("reopened", "o1")
    assert house.state("r1") == "converted"


def test_a_win_that_becomes_a_loss_loses_the_registration() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.crm("won", "o1", partner="A", day=1)
    assert [one for one in types(house.crm("lost", "o1", day=2)) if one.startswith("protection")] == [
        "protection.resumed",
        "protection.lost",
    ]


@pytest.mark.parametrize("end", ["won", "lost"])
def test_a_waiter_that_an_opportunity_ended_stands_in_its_old_place_when_it_is_reopened(end: str) -> None:
    house = two()
    house.submit("r3", "C")
    house.crm(end, "o1", partner="B", day=1)
    assert house.state("r2") == "lost"
    house.crm("reopened", "o1", day=2)
    assert house.registration("r2").behind == ("r1",)
    house.withdraw("r1", day=3)
    assert house.states("r2", "r3") == ["protected", "waiting"]


def test_a_reopened_claim_that_is_no_longer_eligible_is_rejected() -> None:
    house = House().open({"eligibility": {"partner_types": ["reseller"]}})
    house.submit("r1", "A")
    house.submit("r2", "B")
    house.crm("lost", "o1", partner="B")
    house.when(event(PartnerChanged, partner="B", partner_type="distributor"))
    house.crm("reopened", "o1")
    assert house.state("r2") == "rejected"


@pytest.mark.parametrize("end", ["won", "lost"])
def test_where_the_partner_registered_again_meanwhile_the_reopened_opportunity_follows(end: str) -> None:
    house = House().open()
    house.submit("r1", "A")
    house.crm(end, "o1", partner="A", day=1)
    house.submit("r2", "A", day=2)
    assert house.state("r2") == "protected"
    house.crm("reopened", "o1", day=3)
    assert house.state("r1") == {"won": "expired", "lost": "lost"}[end]
    assert house.opportunity("o1").registration == "r2"
    assert house.state("r2") == "protected"


def test_an_invitation_gives_way_to_protection_that_runs_on() -> None:
    house = House().open({"conflict": {"waiter_confirm": "5bd", "on_won": "next"}})
    house.submit("r1", "A")
    house.submit("r2", "B")
    house.crm("won", "o1", partner="A", day=1)
    assert house.registration("r2").life.hold == "confirmation"
    house.crm("reopened", "o1", day=2)
    assert house.state("r1") == "protected"
    assert house.registration("r2").behind == ("r1",)


def test_what_is_open_is_not_reopened() -> None:
    house = two()
    house.crm("created", "o1")
    assert refused(house.crm("reopened", "o1")) == (409, "opportunity.open", "")


def test_an_opportunity_first_heard_of_when_reopened_is_taken_as_open() -> None:
    house = two()
    house.crm("reopened", "o1", partner="A")
    assert (house.opportunity("o1").status, house.opportunity("o1").registration) == ("open", "r1")
