"""What was credited and earned follows the CRM by new entries: values, currencies, reopened wins, links."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.events.case import CaseClosed
from shared.events.credit import CreditAssigned, CreditReversed, CreditRevised
from shared.events.reward import RewardAccrued, RewardReversed
from shared.events.vendor import FactRefused
from tests.unit.attribution.house import START, House, only
from tests.unit.attribution.shop import MONEY, balances, selling, shares, usd, won


def test_a_changed_value_revises_the_credit_and_adds_to_the_reward() -> None:
    house = selling()
    won(house)
    told = won(house, "1500.00", day=12)
    revised = only(told, CreditRevised)
    assert (revised.number, revised.value.amount, revised.code) == (2, "1500.00", "value_changed")
    assert revised.effective_at == START + timedelta(days=10)
    assert only(told, RewardAccrued).amount.amount == "50.00"
    taken = [one.amount.amount for one in won(house, "300.00", day=13) if isinstance(one, RewardReversed)]
    assert taken == ["50.00", "70.00"]
    assert balances(house) == {"expense": 15000, "held": -3000, "reversed": -12000}


def test_a_value_that_becomes_zero_leaves_no_credit_and_no_reward() -> None:
    house = selling()
    won(house)
    revised = only(house.crm("changed", "o1", day=11, partner="A", amount=usd("0.00")), CreditRevised)
    assert {share.amount.amount for share in revised.shares} == {"0.00"}
    assert balances(house) == {"expense": 10000, "reversed": -10000}


def test_a_reopened_win_takes_everything_back_and_a_new_win_is_credited_anew() -> None:
    house = selling()
    won(house)
    told = house.crm("reopened", "o1", day=12, partner="A")
    assert (only(told, CreditReversed).code, only(told, RewardReversed).code) == ("reopened", "reopened")
    assert balances(house) == {"expense": 10000, "reversed": -10000}
    assert only(won(house, day=14), CreditAssigned).number == 3


def test_a_breach_case_ends_when_the_win_is_taken_back() -> None:
    house = selling()
    house.submit("rC", "C", day=2)
    won(house, id_="o2", partner="C")
    told = house.crm("lost", "o2", day=12, partner="C")
    assert only(told, CaseClosed).outcome == "win_taken_back"
    assert balances(house) == {"expense": 10000, "reversed": -10000}


def test_a_value_in_another_currency_is_credited_anew() -> None:
    house = selling()
    won(house)
    told = won(house, day=12, amount={"amount": "200.000", "currency": "BHD"})
    assert only(told, CreditReversed).code == "currency_changed"
    assert shares(only(told, CreditAssigned))[0] == ("sourced", "A", "140.000")
    assert only(told, RewardAccrued).amount.model_dump() == {"amount": "20.000", "currency": "BHD"}


@pytest.mark.parametrize(
    "currency, amount, sourced, rebate", [("JPY", "1005", "704", "100"), ("BHD", "1.005", "0.704", "0.100")]
)
def test_money_keeps_the_exponent_of_its_currency(currency: str, amount: str, sourced: str, rebate: str) -> None:
    house = House().open(MONEY)
    house.submit("rA", "A", amount=usd("10.00"))
    told = won(house, amount={"amount": amount, "currency": currency})
    assert only(told, CreditAssigned).shares[0].amount.amount == sourced
    assert only(told, RewardAccrued).amount.amount == rebate


def test_the_largest_amount_is_divided_without_loss() -> None:
    house = selling()
    credited = only(won(house, "92233720368547758.07"), CreditAssigned)
    assert sum(share.amount.minor for share in credited.shares) == 2**63 - 1


@pytest.mark.parametrize(
    "more, code",
    [
        ({"items": [{"product": "X", "amount": usd("999.00")}]}, "items.sum"),
        ({"items": [{"product": "X", "amount": {"amount": "1000.00", "currency": "EUR"}}]}, "items.currency"),
        ({"items": [{"product": "X", "amount": usd("1000.00")}], "amount": None}, "items.currency"),
    ],
)
def test_items_must_make_up_the_amount(more: dict[str, Any], code: str) -> None:
    house = selling()
    assert only(won(house, **more), FactRefused).code == code
