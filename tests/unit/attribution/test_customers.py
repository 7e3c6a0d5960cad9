"""What people say of customers beside their answers: taken back, merged, split; claims are looked at again at once."""

from __future__ import annotations

from typing import Any

from shared.events.base import Event
from shared.events.conflict import ConflictDetected, ConflictResolved
from shared.events.registration import RegistrationApproved, RegistrationHeld
from tests.unit.attribution.house import House, only, types
from tests.unit.attribution.test_claims import refused

NILE: dict[str, Any] = {"legal_name": "Nile Trading", "country": "EG", "tax_id": "204829305"}
BY_DOMAIN: dict[str, Any] = {"legal_name": "Nile Trading", "country": "EG", "domain": "nile.example"}
BY_NAME: dict[str, Any] = {"legal_name": "Nile Trading", "country": "EG"}
ABROAD: dict[str, Any] = {"legal_name": "Nile Trading", "country": "SA"}
OTHER: dict[str, Any] = {"legal_name": "Delta Works", "country": "EG", "tax_id": "204824711"}
_NO_ONE: dict[str, Any] = {"tax_id": None, "country": None}


def of(customer: dict[str, Any]) -> dict[str, Any]:
    return {**_NO_ONE, **customer}


def looking(customer: dict[str, Any] = BY_DOMAIN, policy: dict[str, Any] | None = None) -> House:
    """A holds the deal at Nile Trading; B's customer may be the same."""
    house = House().open(policy or {}, partners="A B C D E")
    house.submit("r1", "A", customer=of(NILE))
    house.submit("r2", "B", customer=of(customer))
    return house


def test_a_person_has_as_long_as_the_policy_says_and_nothing_happens_when_that_is_over() -> None:
    house = House().open({"same_deal": {"match_within": "2bd"}, "time_zone": "Europe/Berlin"})
    house.submit("r1", "A", customer=of(NILE))
    held = only(house.submit("r2", "B", customer=of(BY_DOMAIN)), RegistrationHeld)
    assert held.until is not None
    assert held.until.isoformat() == "2026-01-05T23:00:00+00:00"  # asked on a Thursday
    assert house.wait_until(30) == []
    assert house.registration("r2").life.hold == "customer_match"


def test_what_was_found_to_be_one_and_is_taken_back_is_asked_again() -> None:
    house = looking()
    house.match("r2", "r1", same=True, day=1)
    assert house.state("r2") == "waiting"
    told = house.unmatch("r1", "r2", day=2)
    assert only(told, RegistrationHeld).lookalikes == ("r1",)
    assert only(told, ConflictResolved).outcome == "no_longer_same_deal"
    claim = house.registration("r2")
    assert (claim.life.hold, claim.conflict, claim.verdicts, claim.behind) == ("customer_match", None, (), ())
    # and is answered as if it had never been
    house.match("r2", "r1", same=True, day=3)
    assert house.registration("r2").behind == ("r1",)
    assert house.registration("r2").conflict is not None


def test_who_was_approved_by_an_answer_stays_protected_and_later_claims_are_asked_about_again() -> None:
    house = looking()
    house.match("r2", "r1", same=False, day=1)
    house.withdraw("r2", day=2)
    house.submit("r3", "C", customer=of(BY_DOMAIN), day=3)
    assert house.states("r2", "r3") == ["released", "protected"]
    assert types(house.unmatch("r2", "r1", day=4)) == ["customer.match_revoked"]
    assert house.state("r3") == "protected"
    house.withdraw("r3", day=5)
    house.submit("r4", "D", customer=of(BY_DOMAIN), day=6)
    assert house.registration("r4").lookalikes == ("r1",)


def test_two_that_an_answer_kept_apart_are_contested_once_it_is_taken_back() -> None:
    house = looking(BY_DOMAIN, {"same_deal": {"name_only": "block"}})
    house.match("r2", "r1", same=False, day=1)
    assert house.states("r1", "r2") == ["protected", "protected"]
    assert only(house.unmatch("r1", "r2", day=2), ConflictDetected).contested
    assert house.states("r1", "r2") == ["protected", "protected"]


def test_nothing_can_be_taken_back_that_was_not_said_of_these_two() -> None:
    house = looking()
    house.submit("r3", "C", customer=of(BY_DOMAIN))
    assert refused(house.unmatch("r2", "r1"))[:2] == (409, "match.not_decided")
    house.match("r2", "r1", same=True, day=1)
    assert refused(house.unmatch("r3", "r1", day=1))[:2] == (409, "match.not_decided")
    assert refused(house.unmatch("r1", "r1", day=1))[:2] == (422, "match.self")
    assert refused(house.unmatch("r1", "r9", day=1))[:2] == (404, "registration.unknown")
    house.unmatch("r2", "r1", day=2)
    assert refused(house.unmatch("r2", "r1", day=2))[:2] == (409, "match.not_decided")
    house.match("r2", "r1", same=True, day=3)
    house.amend("r2", customer={"tax_id": "204824712"}, day=4)
    assert refused(house.unmatch("r2", "r1", day=4))[:2] == (409, "match.not_decided")


def test_merged_customers_are_one_for_claims_that_stand_and_for_later_ones() -> None:
    house = House().open()
    house.submit("r1", "A", customer=of(NILE))
    house.submit("r2", "B", customer=of(OTHER), products=["Y"])
    house.submit("r3", "C", customer=of(OTHER), products=["X"])
    assert house.states("r1", "r2", "r3") == ["protected"] * 3
    told = house.merge(OTHER, NILE, day=1)
    assert types(told) == ["customer.merged", "conflict.detected"]
    assert only(told, ConflictDetected).contested
    house.submit("r4", "D", customer=of(OTHER), day=2)
    assert house.registration("r4").behind == ("r1", "r3")


def test_a_question_is_over_when_its_customers_are_merged() -> None:
    house = looking()
    house.merge(NILE, BY_DOMAIN, day=1)
    assert (house.state("r2"), house.registration("r2").behind) == ("waiting", ("r1",))


def test_split_customers_are_different_ones_whatever_their_names_say() -> None:
    house = looking(ABROAD)
    assert house.registration("r2").lookalikes == ("r1",)
    house.split(NILE, ABROAD, day=1)
    assert house.state("r2") == "protected"
    house.withdraw("r2", day=2)
    house.submit("r3", "C", customer=of(ABROAD), day=3)  # nothing but a name says who it is, and yet nobody is asked
    assert house.state("r3") == "protected"


def test_whoever_never_had_to_wait_is_protected_by_right_and_asked_for_no_confirmation() -> None:
    house = looking(OTHER, {"conflict": {"waiter_confirm": "5bd"}})
    house.withdraw("r2", day=1)
    house.merge(NILE, OTHER, day=2)
    house.submit("r3", "C", customer=of(OTHER), day=3)
    house.submit("r4", "D", customer=of(NILE), day=4)
    assert house.registration("r4").behind == ("r1",)
    told = house.split(OTHER, NILE, day=5)
    assert house.states("r3", "r4") == ["protected", "waiting"]
    assert not only(told, RegistrationApproved).promoted


def test_claims_are_looked_at_in_the_order_of_their_submission() -> None:
    house = looking(ABROAD)
    for number, partner in ((3, "C"), (4, "D"), (5, "E")):
        house.submit(f"r{number}", partner, customer=of(ABROAD))
    waiting = house.merge(NILE, ABROAD, day=1)
    assert [one.registration for one in waiting if isinstance(one, RegistrationHeld)] == ["r2", "r3", "r4", "r5"]
    free = house.split(NILE, ABROAD, day=2)
    assert [one.registration for one in free if isinstance(one, RegistrationApproved)] == ["r2"]
    assert [house.registration(f"r{number}").lookalikes for number in (3, 4, 5)] == [("r2",)] * 3


def test_the_newest_word_counts_on_claims_or_on_customers() -> None:
    house = looking()

    def state(said: list[Event]) -> str:
        assert "fact.refused" not in types(said)
        return house.state("r2")

    assert state(house.match("r2", "r1", same=True, day=1)) == "waiting"
    assert state(house.split(NILE, BY_DOMAIN, day=2)) == "protected"
    assert state(house.merge(NILE, BY_DOMAIN, day=3)) == "protected"
    assert house.registration("r1").conflict or house.registration("r2").conflict
    assert state(house.match("r2", "r1", same=False, day=4)) == "protected"
    assert house.registration("r1").conflict is house.registration("r2").conflict is None
    house.merge(NILE, BY_DOMAIN, day=5)
    house.submit("r3", "C", customer=of(BY_DOMAIN), day=6)
    assert house.match("r3", "r1", same=True, day=7)
    assert house.registration("r1").conflict or house.registration("r2").conflict  # it took nothing back


def test_what_cannot_be_merged_or_split() -> None:
    house = looking()
    again = {**NILE, "tax_id": "204-829-305", "city": "Cairo"}
    assert refused(house.merge(NILE, again))[:2] == (422, "customer.identical")
    assert refused(house.split(NILE, again))[:2] == (422, "customer.identical")
    assert refused(house.split(NILE, {**OTHER, "tax_id": "EG 204 829 305"}))[:2] == (422, "customer.identifiers_equal")
    of_domain = {**OTHER, "tax_id": None, "domain": "https://shop.nile.example/"}
    assert refused(house.split(BY_DOMAIN, of_domain)) == (422, "customer.identifiers_equal", "other_customer")
