"""Which registration an opportunity is linked to when numbers and people speak later, and what moves with it."""

from __future__ import annotations

from typing import Any

import pytest

from shared.events.opportunity import OpportunityLinked, OpportunityUnlinked
from tests.unit.attribution.house import House, only, two, types
from tests.unit.attribution.test_claims import refused

OTHER: dict[str, Any] = {"legal_name": "Delta Works", "tax_id": "204829456"}


def test_a_message_that_names_a_number_moves_the_opportunity() -> None:
    house = two()
    house.crm("created", "o1", partner="A")
    linked = only(house.crm("changed", "o1", registration="r2"), OpportunityLinked)
    assert (linked.registration, linked.previous) == ("r2", "r1")
    assert house.states("r1", "r2") == ["protected", "waiting"]


def test_a_persons_link_holds_against_messages_until_they_name_another_number() -> None:
    house = two()
    house.submit("r3", "C", products=["Z"])
    house.crm("created", "o1", registration="r1")
    house.link("o1", "r2")
    house.crm("changed", "o1", registration="r1")
    assert house.opportunity("o1").registration == "r2"
    house.crm("changed", "o1", registration="r3")
    assert house.opportunity("o1").registration == "r3"


def test_what_a_person_unlinked_stays_so() -> None:
    house = two()
    house.crm("created", "o1", partner="A")
    unlinked = only(house.link("o1", None), OpportunityUnlinked)
    assert (unlinked.previous, unlinked.code) == ("r1", "by_person")
    house.crm("changed", "o1", partner="A")
    assert house.opportunity("o1").registration is None
    house.submit("r3", "C", products=["Z"])
    assert house.opportunity("o1").registration is None


def test_a_persons_link_of_a_win_moves_the_conversion() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "B", products=["Z"])
    house.crm("won", "o1", partner="A", day=1)
    house.link("o1", "r2", winner="B", day=2)
    assert house.states("r1", "r2") == ["protected", "converted"]
    house.link("o1", None, day=3)
    assert (house.state("r2"), house.opportunity("o1").case) == ("protected", "unlinked")


def test_a_person_who_links_a_win_of_another_partner_says_which_of_the_two_won() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "B", products=["Z"])
    house.crm("won", "o1", partner="C", customer=None, day=1)
    assert refused(house.link("o1", "r2", day=2)) == (422, "link.winner_required", "winner")
    assert refused(house.link("o1", "r2", winner="A", day=2)) == (422, "link.winner_unknown", "winner")
    assert refused(house.link("o1", None, winner="A", day=2)) == (422, "link.winner_unknown", "winner")
    house.link("o1", "r2", winner="C", day=3)
    assert (house.state("r2"), house.opportunity("o1").case, house.opportunity("o1").winner) == (
        "protected",
        "breach",
        "C",
    )
    house.link("o1", "r2", winner="B", day=4)
    assert (house.state("r2"), house.opportunity("o1").case) == ("converted", "protected")
    assert refused(house.link("o1", "r2", winner="B", day=5)) == (409, "link.unchanged", "registration")


def test_where_the_crm_names_the_registrations_partner_nobody_else_can_be_said_to_have_won() -> None:
    house = House().open()
    house.submit("r2", "B")
    house.crm("created", "o1", partner="B", customer=None, day=1)
    assert refused(house.link("o1", "r2", winner="A", day=2)) == (422, "link.winner_unknown", "winner")
    house.link("o1", "r2", winner="B", day=2)
    house.crm("won", "o1", day=3)
    assert house.state("r2") == "converted"


def test_a_person_says_once_that_a_win_is_nobodys_and_no_later_registration_takes_it() -> None:
    house = House().open()
    house.crm("won", "o1", partner="A", day=1)
    house.link("o1", None, day=2)
    one = house.opportunity("o1")
    assert (one.registration, one.by_person, one.keys, one.case) == (None, True, (), "unlinked")
    assert refused(house.link("o1", None, day=3)) == (409, "link.unchanged", "registration")
    house.submit("r1", "A", day=4)
    assert house.opportunity("o1").registration is None


def test_a_number_that_comes_after_the_win_moves_the_conversion() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "B", products=["Z"])
    house.crm("won", "o1", partner="A", day=1)
    house.crm("changed", "o1", registration="r2", day=2)
    assert house.states("r1", "r2") == ["converted", "protected"]  # A holds the deal, so the win is A's
    house.crm("changed", "o1", registration="r2", partner="B", day=3)
    assert house.states("r1", "r2") == ["protected", "converted"]


@pytest.mark.parametrize(
    "opportunity, registration, answer",
    [
        ("o9", "r1", (404, "opportunity.unknown", "")),
        ("o1", "r9", (404, "registration.unknown", "")),
        ("o1", "r3", (409, "registration.not_open", "registration")),
        ("o1", "r1", (409, "link.unchanged", "registration")),
    ],
)
def test_a_link_needs_both_ends(opportunity: str, registration: str, answer: tuple[int, str, str]) -> None:
    house = two()
    house.submit("r3", "A")
    house.crm("created", "o1", partner="A")
    assert refused(house.link(opportunity, registration)) == answer


def test_a_number_that_nobody_has_moves_nothing() -> None:
    house = two()
    house.crm("created", "o1", partner="A")
    assert types(house.crm("changed", "o1", registration="r9")) == ["opportunity.changed"]
    assert house.opportunity("o1").registration == "r1"


def test_a_message_that_names_the_number_it_is_linked_by_changes_no_link() -> None:
    house = two()
    house.crm("created", "o1", registration="r1")
    assert types(house.crm("changed", "o1", registration="r1")) == ["opportunity.changed"]


def test_a_win_of_nobody_that_is_reopened_is_listed_again() -> None:
    house = two()
    house.crm("won", "o1", partner="C", products=["Z"])
    assert house.listed("tax_id:204829305").opportunities == ()
    house.crm("reopened", "o1", products=["Z"])
    assert house.listed("tax_id:204829305").opportunities == ("o1",)
    assert house.opportunity("o1").case is None


def test_a_win_by_a_partner_without_a_registration_is_a_breach_of_the_holder_until_it_is_reopened() -> None:
    house = two()
    house.crm("won", "o1", partner="C", amount={"amount": "1000.00", "currency": "EUR"})
    won = house.opportunity("o1")
    assert (won.case, won.holder, won.winner, won.registration) == ("breach", "r1", "C", "r1")
    assert house.state("r1") == "protected"
    house.crm("reopened", "o1")
    now = house.opportunity("o1")
    assert (now.registration, now.case, now.winner) == (None, None, None)
    assert house.listed("tax_id:204829305").opportunities == ("o1",)
    house.crm("lost", "o1", day=1)
    assert house.state("r1") == "protected"


def test_a_win_that_carries_the_number_of_another_partner_never_converts_its_registration() -> None:
    house = two()
    house.crm("won", "o1", partner="C", registration="r1")
    assert (house.state("r1"), house.opportunity("o1").case) == ("protected", "breach")
    house.crm("changed", "o1", partner="A")
    assert (house.state("r1"), house.opportunity("o1").case) == ("converted", "protected")


def test_a_partner_that_is_named_later_and_is_the_registrations_own_changes_nothing() -> None:
    house = two()
    house.crm("won", "o1", registration="r1", amount={"amount": "1000.00", "currency": "EUR"})
    assert types(house.crm("changed", "o1", partner="A")) == ["opportunity.changed"]


def test_a_partner_that_holds_the_deal_won_it_whatever_number_the_win_carries() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "B", products=["Z"])
    house.crm("won", "o1", partner="A", registration="r2")
    assert house.states("r1", "r2") == ["converted", "protected"]


def test_a_win_by_a_partner_that_nobody_enrolled_is_left_to_a_person() -> None:
    house = two()
    house.crm("won", "o1", partner="nobody", registration="r1")
    won = house.opportunity("o1")
    assert (won.registration, won.case, house.state("r1")) == (None, "unlinked", "protected")


def test_a_win_without_a_partner_belongs_to_no_holder_where_there_are_several() -> None:
    house = House().open()
    house.submit("r1", "A", products=["X"])
    house.submit("r2", "B", products=["Y"])
    house.crm("won", "o1", products=["X", "Y"])
    assert house.opportunity("o1").case == "unlinked"
    assert house.states("r1", "r2") == ["protected", "protected"]
