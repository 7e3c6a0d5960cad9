"""What people of the vendor say of customers: the answer is used at once, and again."""

from __future__ import annotations

from typing import Any

import pytest

from shared.events.conflict import ConflictDetected, ConflictResolved
from shared.events.registration import RegistrationHeld
from tests.unit.attribution.house import House, only, types
from tests.unit.attribution.test_claims import refused

BY_NAME: dict[str, Any] = {"tax_id": None}
OTHER_NAME: dict[str, Any] = {"legal_name": "Nil Handelsgesellschaft", "tax_id": None}


def lookalikes(first: dict[str, Any] | None = None, second: dict[str, Any] | None = None) -> House:
    """A holds; B's customer has the same name, and no identifier tells more."""
    house = House().open()
    house.submit("r1", "A", customer=BY_NAME if first is None else first)
    house.submit("r2", "B", customer=BY_NAME if second is None else second)
    return house


@pytest.mark.parametrize(
    "first, second", [(BY_NAME, BY_NAME), ({}, BY_NAME), (BY_NAME, {"tax_id": "204829009", "duns": "150483782"})]
)
def test_a_person_answers_whether_a_name_is_one_customer_and_the_claim_is_judged(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    for same, state in ((True, "waiting"), (False, "protected")):
        house = lookalikes(first, second)
        assert house.registration("r2").lookalikes == ("r1",)
        house.match("r2", "r1", same=same, day=1)
        assert house.state("r2") == state


def test_the_match_waits_for_a_person_and_shows_what_looks_alike() -> None:
    house = House().open()
    house.submit("r1", "A", customer=BY_NAME)
    held = only(house.submit("r2", "B", customer=BY_NAME), RegistrationHeld)
    assert (held.reason, held.lookalikes) == ("customer_match", ("r1",))
    assert house.state("r2") == "in_review"


def test_the_answer_is_reused_when_the_claim_is_judged_again() -> None:
    house = lookalikes()
    house.match("r1", "r2", same=True, day=1)
    house.submit("r3", "C", customer={"tax_id": "204829009"}, day=1)  # keeps looking alike, and is nobody's match
    house.amend("r2", site="Cairo", day=2)
    assert house.registration("r2").behind == ("r1",)
    house.withdraw("r1", day=3)
    assert house.state("r2") == "protected"


BY_DOMAIN: dict[str, Any] = {"tax_id": None, "domain": "nile.example"}


@pytest.mark.parametrize(
    "customer, same, state",
    [
        (BY_NAME, True, "waiting"),
        (BY_DOMAIN, True, "waiting"),
        (BY_DOMAIN, False, "protected"),
        # That one company of the name was another one says nothing of the next that has nothing but the name.
        (BY_NAME, False, "in_review"),
    ],
)
def test_the_answer_is_reused_for_later_claims_on_the_same_two_customers(
    customer: dict[str, Any], same: bool, state: str
) -> None:
    house = lookalikes({}, customer)
    house.match("r2", "r1", same=same, day=1)
    house.withdraw("r2", day=2)
    house.submit("r3", "C", customer=customer, day=3)
    assert house.state("r3") == state


def test_an_answer_reaches_every_claim_on_the_two_customers() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "B", customer=OTHER_NAME, products=["Y"])
    house.submit("r3", "C", customer=OTHER_NAME, products=["X"])
    house.submit("r4", "D", customer=OTHER_NAME, products=["X"])
    house.match("r1", "r2", same=True, day=1)
    assert house.registration("r1").conflict is not None
    assert house.registration("r4").behind == ("r1",)
    house.match("r1", "r2", same=False, day=2)
    assert house.registration("r4").lookalikes == ("r3",)
    assert house.registration("r1").conflict is None


def test_the_newest_answer_counts() -> None:
    house = lookalikes()
    house.match("r2", "r1", same=True, day=1)
    house.match("r1", "r2", same=False, day=2)
    assert house.state("r2") == "protected"


def test_customers_that_share_no_key_are_one_if_a_person_says_so() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "B", customer=OTHER_NAME)
    assert house.states("r1", "r2") == ["protected", "protected"]
    assert only(house.match("r1", "r2", same=True, day=1), ConflictDetected).contested
    house.submit("r3", "C", day=2)
    assert house.registration("r3").behind == ("r1", "r2")


def test_protected_claims_of_one_customer_are_contested_until_a_person_says_otherwise() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "B", customer=OTHER_NAME)
    house.match("r1", "r2", same=True, day=1)
    assert only(house.match("r1", "r2", same=False, day=2), ConflictResolved).outcome == "no_longer_same_deal"
    assert house.states("r1", "r2") == ["protected", "protected"]


def test_an_answer_is_about_a_customer_and_not_about_the_one_a_claim_names_later() -> None:
    house = lookalikes()
    house.match("r2", "r1", same=False, day=1)
    house.submit("r3", "C", products=["Y"], customer={"tax_id": "204829556"}, day=1)
    house.correct("r1", customer={"tax_id": "204829778"}, day=2)
    house.correct("r2", customer={"tax_id": "204829778"}, day=3)
    assert house.registration("r2").verdicts == ()
    assert house.registration("r2").conflict is not None


def test_an_answer_stays_where_only_words_change() -> None:
    house = lookalikes()
    house.match("r2", "r1", same=False, day=1)
    house.amend("r2", customer={"sector": "retail"}, day=2)
    assert house.registration("r2").verdicts == (("r1", False),)


def test_when_the_lookalike_ends_the_question_is_moot() -> None:
    house = lookalikes()
    house.withdraw("r1", day=1)
    assert house.state("r2") == "protected"


def test_when_a_lookalike_is_followed_by_another_the_question_is_about_that_one() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "B")
    house.submit("r3", "C", customer=BY_NAME)
    assert house.registration("r3").lookalikes == ("r1",)
    house.withdraw("r1", day=1)
    assert house.state("r2") == "protected"
    assert house.registration("r3").lookalikes == ("r2",)


def test_an_answer_for_an_invited_claim_does_not_confirm_it() -> None:
    house = House().open({"conflict": {"waiter_confirm": "5bd"}})
    house.submit("r1", "A")
    house.submit("r2", "B")
    house.submit("r3", "C", customer=OTHER_NAME)
    house.withdraw("r1", day=1)
    house.match("r2", "r3", same=False, day=2)
    assert house.registration("r2").life.hold == "confirmation"
    house.match("r2", "r3", same=True, day=3)
    assert house.registration("r2").behind == ("r3",)


def test_an_incomplete_or_ended_claim_is_not_judged_by_an_answer() -> None:
    house = House().open({"required_fields": ["site"]})
    house.submit("r1", "A", site="Cairo", customer=BY_NAME)
    house.submit("r2", "B", customer=BY_NAME)
    house.withdraw("r1")
    assert types(house.match("r1", "r2", same=True)) == ["customer.match_decided"]


@pytest.mark.parametrize(
    "pair, answer", [(("r1", "r1"), (422, "match.self", "other")), (("r1", "r9"), (404, "registration.unknown", ""))]
)
def test_an_answer_is_about_two_registrations(pair: tuple[str, str], answer: tuple[int, str, str]) -> None:
    assert refused(lookalikes().match(*pair, same=True)) == answer
