"""After a win: others on the deal end some at a time and stay out, and return where the win is taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.attribution.domain.handlers import won_deal
from shared.events.deal import DealClosed, DealReopened
from shared.events.protection import ProtectionConverted
from shared.events.registration import RegistrationClosed, RegistrationHeld
from tests.unit.attribution.house import House, only, two
from tests.unit.attribution.test_claims import refused
from tests.unit.attribution.test_customers import BY_DOMAIN, looking, of

CLOSE: dict[str, Any] = {"conflict": {"on_won": "close", "waiter_confirm": "5bd"}}
ENDED = ("lost", "won_by_holder")


def three(policy: dict[str, Any] | None = None) -> House:
    """A holds, B and C wait."""
    house = two(policy or {})
    house.submit("r3", "C")
    return house


def ended(house: House, id_: str) -> tuple[str, str | None]:
    one = house.registration(id_)
    return one.state, one.life.end_code


def test_a_win_ends_those_who_wait_without_asking_them() -> None:
    house = three(CLOSE)
    events = house.crm("won", "o1", partner="A", day=1)
    converted = only(events, ProtectionConverted)
    assert (converted.closes, converted.holds_until) == (True, house.registration("r1").protected_until)
    assert [one.registration for one in events if isinstance(one, RegistrationClosed)] == ["r2", "r3"]
    assert only(events, DealClosed).claims == 2
    assert [ended(house, one) for one in ("r2", "r3")] == [ENDED, ENDED]
    assert house.registration("r1").conflict is house.registration("r2").conflict is None
    assert house.registration("r1").timers == {}


def test_what_ended_it_is_said_with_its_date_and_without_the_winner() -> None:
    house = three()
    events = house.crm("won", "o1", partner="A", day=1)
    closed = next(one for one in events if isinstance(one, RegistrationClosed))
    found = closed.findings[-1]
    assert (found.clause, found.code, found.rivals) == ("conflict.on_won", "won_by_holder", ("r1",))
    assert list(found.inputs) == ["until"]


def test_nobody_waits_and_no_timer_is_armed() -> None:
    house = House().open()
    house.submit("r1", "A")
    assert not only(house.crm("won", "o1", partner="A", day=1), ProtectionConverted).closes
    assert house.wait_until(5) == []


@pytest.mark.parametrize("day, state", [(30, "lost"), (90, "lost"), (91, "protected")])
def test_new_claims_of_others_stay_out_until_protection_would_have_ended(day: float, state: str) -> None:
    house = House().open()
    house.submit("r1", "A")
    house.crm("won", "o1", partner="A", day=1)
    house.submit("r2", "B", day=day)
    assert house.state("r2") == state


def test_the_winner_registers_its_next_deal_meanwhile() -> None:
    house = three()
    house.crm("won", "o1", partner="A", day=1)
    house.submit("r4", "A", day=3)
    assert house.state("r4") == "protected"


def test_a_person_cannot_approve_against_the_winner() -> None:
    house = House().open({"review": {"auto_approve_if": "never"}})
    house.submit("r1", "A")
    house.review("r1", "approve")
    house.submit("r2", "B")
    house.crm("won", "o1", partner="A", day=1)
    house.submit("r3", "C", day=2)
    assert (house.state("r2"), house.state("r3")) == ("lost", "lost")
    assert refused(house.review("r3", "approve", day=2)) is not None


def test_an_incomplete_claim_ends_once_it_is_complete() -> None:
    house = House().open({"required_fields": ["amount"]})
    house.submit("r1", "A", amount={"amount": "10.00", "currency": "EUR"})
    house.submit("r2", "B")
    house.crm("won", "o1", partner="A", day=1)
    house.wait_until(2)
    assert house.state("r2") == "draft"
    house.amend("r2", amount={"amount": "10.00", "currency": "EUR"}, day=3)
    assert ended(house, "r2") == ENDED


def test_a_pending_customer_question_stays_and_its_answer_ends_the_claim() -> None:
    house = looking()
    assert house.registration("r2").life.hold == "customer_match"
    house.crm("won", "o1", registration="r1", day=1)
    house.submit("r3", "C", customer=of(BY_DOMAIN), day=2)
    assert [house.registration(one).life.hold for one in ("r2", "r3")] == ["customer_match"] * 2
    house.match("r2", "r1", same=True, day=3)
    assert ended(house, "r2") == ENDED


def test_a_taken_back_win_brings_them_back_in_their_old_order() -> None:
    house = three()
    house.crm("won", "o1", partner="A", day=1)
    house.submit("r4", "D", day=2)
    events = house.crm("reopened", "o1", day=3)
    assert only(events, DealReopened).claims == 3
    held = [one for one in events if isinstance(one, RegistrationHeld)]
    assert [(one.registration, one.behind[0]) for one in held] == [("r2", "r1"), ("r3", "r1"), ("r4", "r1")]
    house.withdraw("r1", day=5)
    assert house.states("r2", "r3", "r4") == ["protected", "waiting", "waiting"]
    assert house.registration("r1").timers == {}


def test_where_protection_is_over_meanwhile_the_first_of_them_takes_its_turn() -> None:
    house = three(CLOSE)
    house.crm("won", "o1", partner="A", day=1)
    house.crm("reopened", "o1", day=100)
    house.wait_until(101)
    assert house.state("r1") == "expired"
    assert [house.registration(one).life.hold for one in ("r2", "r3")] == ["confirmation", "conflict"]


def test_a_partner_with_a_newer_claim_keeps_that_one() -> None:
    house = three()
    house.crm("won", "o1", partner="A", day=1)
    house.submit("r4", "B", day=95)
    assert house.state("r4") == "protected"
    house.crm("reopened", "o1", day=96)
    house.wait_until(97)
    assert house.states("r2", "r3", "r4") == ["lost", "waiting", "protected"]


def test_a_win_linked_elsewhere_brings_them_back_too() -> None:
    house = three()
    house.submit("x1", "D", customer={"legal_name": "Elsewhere", "country": "EG"})
    house.crm("won", "o1", registration="r1", customer=None, day=1)
    house.wait_until(2)
    assert house.state("r2") == "lost"
    house.link("o1", "x1", day=3)
    house.wait_until(4)
    assert house.states("r1", "r2", "r3") == ["protected", "waiting", "waiting"]


def test_a_win_taken_back_between_two_steps_ends_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(won_deal, "MOST_CLAIMS", 1)
    house = three()
    house.crm("won", "o1", partner="A", day=1)
    assert house.states("r2", "r3") == ["lost", "waiting"]
    house.crm("reopened", "o1", day=1)
    house.wait_until(2)
    assert house.states("r1", "r2", "r3") == ["protected", "waiting", "waiting"]


def test_many_end_and_return_a_number_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(won_deal, "MOST_CLAIMS", 2)
    house = House().open({}, partners="A B C D E F")
    for id_ in "ABCDEF":
        house.submit(f"r{id_}", id_)
    events = house.crm("won", "o1", partner="A", day=1)
    closed = [one for one in (*events, *house.wait_until(2)) if isinstance(one, DealClosed)]
    assert [one.claims for one in closed] == [2, 2, 1]
    assert closed[-1].next_at is None
    assert closed[1].next_at - closed[0].next_at == timedelta(microseconds=1)  # type: ignore[operator]
    events = house.crm("reopened", "o1", day=3)
    assert [one.claims for one in (*events, *house.wait_until(4)) if isinstance(one, DealReopened)] == [2, 2, 1]
    assert house.states(*(f"r{id_}" for id_ in "ABCDEF")) == ["protected", *["waiting"] * 5]


def test_another_holder_stays_and_claims_behind_it_end_by_the_winner() -> None:
    house = House().open()
    house.submit("r1", "A", products=["X"])
    house.submit("r2", "B", products=["Y"])
    house.submit("r3", "C", products=["X", "Y"])
    assert house.registration("r3").behind == ("r1", "r2")
    house.crm("won", "o1", registration="r1", day=1)
    house.wait_until(2)
    assert house.states("r1", "r2", "r3") == ["converted", "protected", "lost"]


def test_under_next_the_first_waiter_takes_its_turn() -> None:
    house = three({"conflict": {"on_won": "next"}})
    converted = only(house.crm("won", "o1", partner="A", day=1), ProtectionConverted)
    assert (converted.closes, converted.holds_until) == (False, None)
    assert house.states("r2", "r3") == ["protected", "waiting"]
