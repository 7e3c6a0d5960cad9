"""Refunds and cancelled orders take credit and rewards back in proportion, once, for the policy's months."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.money import Credit
from shared.events.credit import CreditAssigned, CreditReversed, CreditRevised
from shared.events.opportunity import LinkDecided
from shared.events.order import RefundCounted, RefundDisregarded
from shared.events.reward import RewardAccrued, RewardReversed
from shared.events.vendor import FactRefused
from tests.unit.attribution.house import START, House, event, only
from tests.unit.attribution.shop import CAP, MONEY, REBATE, balances, cancelled, refunded, selling, shares, usd, won


def test_scenario_12_a_refund_goes_back_in_proportion_and_once() -> None:
    house = selling(rewards=[{**REBATE, "hold_days": 0}])
    won(house, "10000.00", day=20)
    told = refunded(house, "f1", "4000.00", day=99)
    assert only(told, RefundCounted).total.amount == "4000.00"
    assert only(told, RewardReversed).amount.amount == "400.00"
    assert only(told, RewardReversed).effective_at == START + timedelta(days=20)
    assert only(told, CreditRevised).value.amount == "6000.00"
    assert only(refunded(house, "f1", "4000.00", day=100), FactRefused).code == "refund.repeated"
    assert balances(house) == {"expense": 100000, "payable": -60000, "reversed": -40000}


def test_in_month_13_a_refund_changes_nothing() -> None:
    house = selling(rewards=[{**REBATE, "hold_days": 0}])
    won(house, day=10)
    last_day = START + timedelta(days=10 + 365)
    assert only(refunded(house, "f1", "10.00", day=(last_day - START).days), RefundCounted).refund == "f1"
    told = refunded(house, "f2", "10.00", day=(last_day - START).days + 1)
    assert only(told, RefundDisregarded).code == "too_late"
    assert only(refunded(house, "f2", "10.00", day=400), FactRefused).code == "refund.repeated"


@pytest.mark.parametrize("day, counts", [(57.5, True), (59.5, False)])
def test_months_end_with_the_last_day_that_there_is(day: float, counts: bool) -> None:
    house = selling(clawback={"on": ["refund"], "within_months": 1})
    won(house, day=30)
    assert (START + timedelta(days=30)).date() == date(2026, 1, 31)
    # 28 February closes the month after 31 January: day 57 after 1 January is the 27th, day 59 is 1 March.
    told = refunded(house, "f1", "100.00", day=day)
    assert any(isinstance(one, RefundCounted) for one in told) is counts


def test_a_capped_reward_goes_back_in_proportion_to_the_refund() -> None:
    house = selling(rewards=[{**REBATE, "cap": CAP, "hold_days": 0}])
    won(house, "26768.00")
    assert only(refunded(house, "f1", "13384.00", day=20), RewardReversed).amount.amount == "500.00"


def test_a_cancelled_order_takes_back_what_is_left() -> None:
    house = selling(rewards=[{**REBATE, "hold_days": 0}])
    won(house)
    refunded(house, "f1", "333.33", day=20)
    assert only(cancelled(house, "f2", day=21), RefundCounted).amount.amount == "666.67"
    assert balances(house) == {"expense": 10000, "reversed": -10000}
    credit = house.ledger.documents[Key("credit", "o1")]
    assert isinstance(credit, Credit)
    assert credit.value_minor == 0


@pytest.mark.parametrize("amount, code", [("1000.01", "refund.too_large"), ("0.00", "refund.nothing")])
def test_impossible_refunds_are_refused(amount: str, code: str) -> None:
    house = selling()
    won(house)
    assert only(refunded(house, "f1", amount, day=20), FactRefused).code == code


def test_a_refund_in_another_currency_than_the_order_is_refused() -> None:
    house = selling()
    won(house, amount={"amount": "10.00", "currency": "EUR"})
    assert only(refunded(house, "f1", "1.00", day=20), FactRefused).code == "refund.currency"


@pytest.mark.parametrize("clawback", [None, {"on": ["cancel"], "within_months": 12}])
def test_a_refund_that_the_policy_does_not_name_changes_nothing(clawback: dict[str, Any] | None) -> None:
    policy = {name: value for name, value in MONEY.items() if name != "clawback"}
    house = House().open({**policy, **({"clawback": clawback} if clawback else {})})
    house.submit("rA", "A")
    won(house)
    assert only(refunded(house, "f1", "1.00", day=20), RefundDisregarded).code == "not_in_policy"


def test_what_was_refunded_before_the_win_belonged_to_a_registration_is_never_credited() -> None:
    house = House().open(MONEY)
    won(house, partner="B")
    house.submit("rB", "B", day=11)
    assert only(refunded(house, "f1", "400.00", day=20), RefundCounted).total.amount == "400.00"
    told = house.when(event(LinkDecided, opportunity="o1", registration="rB", winner="B"), day=21)
    assert only(told, CreditAssigned).value.amount == "600.00"
    assert only(told, RewardAccrued).amount.amount == "60.00"


def test_a_refunded_win_that_is_linked_elsewhere_stays_refunded() -> None:
    house = selling()
    house.submit("rB", "B", day=1, customer={"tax_id": "204829777", "legal_name": "Other"})
    won(house)
    refunded(house, "f1", "600.00", day=11)
    told = house.when(event(LinkDecided, opportunity="o1", registration="rB", winner="B"), day=12)
    assert only(told, CreditAssigned).value.amount == "400.00"
    assert only(told, RewardAccrued).amount.amount == "40.00"
    assert only(refunded(house, "f1", "600.00", day=13), FactRefused).code == "refund.repeated"


def test_a_value_told_in_another_currency_is_refunded_to_the_same_part() -> None:
    house = selling()
    won(house)
    refunded(house, "f1", "250.00", day=11)
    told = won(house, {"amount": "90000", "currency": "JPY"}, day=12)
    assert only(told, CreditAssigned).value.amount == "67500"
    assert only(told, RewardAccrued).amount.amount == "6750"


def test_a_win_after_a_refunded_one_was_reopened_is_a_new_order() -> None:
    house = selling()
    won(house)
    refunded(house, "f1", "600.00", day=11)
    house.crm("reopened", "o1", day=12, partner="A")
    assert only(won(house, day=13), CreditAssigned).value.amount == "1000.00"
    assert only(refunded(house, "f1", "600.00", day=14), FactRefused).code == "refund.repeated"


def test_an_order_of_which_nothing_is_left_can_be_cancelled_and_nothing_changes() -> None:
    house = selling()
    won(house)
    refunded(house, "f1", "600.00", day=11)
    house.crm("changed", "o1", day=12, partner="A", amount=usd("500.00"))
    before = balances(house)
    assert only(cancelled(house, "f2", day=13), RefundDisregarded).code == "nothing_left"
    assert balances(house) == before == {"expense": 10000, "reversed": -10000}
    assert only(refunded(house, "f3", "1.00", day=14), FactRefused).code == "refund.too_large"


def test_the_value_changes_after_a_refund_and_both_count() -> None:
    house = selling(rewards=[{**REBATE, "hold_days": 0}])
    won(house, "1000.00")
    refunded(house, "f1", "500.00", day=20)
    told = won(house, "2000.00", day=21)
    # 10 % of 2,000 less a quarter that was refunded: 150, of which 50 were left.
    assert only(told, RewardAccrued).amount.amount == "100.00"
    assert only(told, CreditRevised).value.amount == "1500.00"


def test_a_win_linked_elsewhere_by_a_person_is_credited_there() -> None:
    house = selling()
    won(house)
    house.submit("rB", "B", day=11, customer={"tax_id": "204829777", "legal_name": "Other"})
    told = house.when(LinkDecided(opportunity="o1", registration="rB", winner="B"), day=12)
    assert only(told, CreditReversed).code == "relinked"
    assert shares(only(told, CreditAssigned))[0] == ("sourced", "B", "700.00")
    assert balances(house) == {"expense": 20000, "held": -10000, "reversed": -10000}
