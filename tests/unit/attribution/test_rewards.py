"""Rewards: rates pinned at approval, caps, product lines, holds and suspensions, in a double entry."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from shared.events.partner import PartnerReinstated, PartnerSuspended
from shared.events.reward import RewardAccrued, RewardHeld, RewardReleased, RewardReversed, RewardWithheld
from shared.policy.refused import PolicyRefused
from tests.unit.attribution.house import START, House, only, types
from tests.unit.attribution.shop import CAP, MONEY, REBATE, balances, refunded, selling, usd, won

MOVED = (RewardAccrued, RewardHeld, RewardReleased, RewardReversed)


def test_a_reward_is_held_for_its_days_and_then_payable() -> None:
    house = selling()
    accrued = only(won(house), RewardAccrued)
    assert (accrued.amount.amount, accrued.pct, accrued.policy) == ("100.00", "10", "hunting/1")
    assert balances(house) == {"expense": 10000, "held": -10000}
    # Day 10 is 11 January: the hold's 30 days are 12 January to 10 February.
    assert accrued.hold_until.isoformat() == "2026-02-11T00:00:00+00:00"
    assert only(house.wait_until(45), RewardReleased).amount.amount == "100.00"
    assert balances(house) == {"expense": 10000, "payable": -10000}


def test_a_hold_that_ends_at_a_midnight_the_clocks_skip_ends_at_the_first_instant_after_it() -> None:
    # In Cairo the clocks go from 24:00 on 23 April 2026 to 01:00.
    house = selling(time_zone="Africa/Cairo")
    accrued = only(won(house, day=82), RewardAccrued)
    assert (START + timedelta(days=82)).date() == date(2026, 3, 24)
    assert accrued.hold_until == datetime(2026, 4, 23, 22, 0, tzinfo=UTC)


def test_without_hold_days_a_reward_is_payable_at_once() -> None:
    house = selling(rewards=[{**REBATE, "hold_days": 0}])
    assert types(won(house))[-1] == "reward.released"
    assert balances(house) == {"expense": 10000, "payable": -10000}


def test_a_reward_is_at_most_its_cap() -> None:
    house = selling(rewards=[{**REBATE, "cap": CAP}])
    accrued = only(won(house, "26768.00"), RewardAccrued)
    assert accrued.amount.amount == "1000.00"
    assert accrued.cap == accrued.amount


def test_a_cap_in_another_currency_is_left_to_a_person() -> None:
    house = selling(rewards=[{**REBATE, "cap": CAP}])
    told = won(house, amount={"amount": "1000.00", "currency": "EUR"})
    withheld = only(told, RewardWithheld)
    assert (withheld.name, withheld.code) == ("rebate", "cap.other_currency")
    assert withheld.findings[0].inputs == {"reward": "rebate", "cap_currency": "USD", "value_currency": "EUR"}
    assert balances(house) == {}


def test_a_reward_may_count_some_product_lines_alone() -> None:
    services = [{**REBATE, "when": {"lines": ["services"]}, "hold_days": 0}]
    house = House().open({**MONEY, "rewards": services})
    house.submit("rA", "A", products=["X", "Z"])
    items = [{"product": "X", "amount": usd("900.00")}, {"product": "Z", "amount": usd("100.00")}]
    assert only(won(house, items=items, products=["X", "Z"]), RewardAccrued).base.amount == "100.00"


def test_a_reward_of_lines_counts_a_win_without_items_by_its_products() -> None:
    hardware = [{**REBATE, "when": {"lines": ["services"]}}]
    house = House().open({**MONEY, "rewards": hardware})
    house.submit("rA", "A")
    assert "reward.accrued" not in types(won(house))


def test_a_referral_fee_on_approval_is_owed_for_the_registered_amount() -> None:
    fee = {"name": "fee", "kind": "referral_fee", "on": "approved", "pct": "2.5", "hold_days": 0}
    house = House().open({**MONEY, "rewards": [fee]})
    told = house.submit("rA", "A", amount=usd("2000.00"))
    assert only(told, RewardAccrued).amount.amount == "50.00"
    assert (
        only(house.submit("rB", "B", customer={"tax_id": "204829777", "legal_name": "Other"}), RewardWithheld).code
        == "amount.missing"
    )


def test_every_entry_about_a_reward_carries_its_name_in_the_policy() -> None:
    house = selling(rewards=[{**REBATE, "name": "first", "hold_days": 5}, {**REBATE, "name": "second", "pct": 3}])
    won(house)
    house.wait_until(20)
    refunded(house, "f1", "200.00", day=21)
    told = [(one.type, one.name) for one in (entry.event for entry in house.entries) if isinstance(one, MOVED)]
    assert told == [
        ("reward.accrued", "first"),
        ("reward.accrued", "second"),
        ("reward.released", "first"),
        ("reward.reversed", "first"),
        ("reward.reversed", "second"),
    ]


def test_an_adjustment_belongs_to_the_reward_of_its_name() -> None:
    house = selling(rewards=[{**REBATE, "name": "z"}, {**REBATE, "name": "a", "pct": 3}])
    first = [one for one in won(house) if isinstance(one, RewardAccrued)]
    more = [one for one in won(house, "2000.00", day=11) if isinstance(one, RewardAccrued)]
    assert [(one.name, one.amount.amount) for one in (*first, *more)] == [
        ("z", "100.00"), ("a", "30.00"), ("z", "100.00"), ("a", "30.00"),
    ]  # fmt: skip
    assert [one.adjusts for one in more] == [one.reward for one in first]


def test_two_rewards_of_one_name_are_refused_with_the_path_of_the_second() -> None:
    with pytest.raises(PolicyRefused) as refused:
        selling(rewards=[{**REBATE}, {**REBATE, "name": "fee"}, {**REBATE, "pct": 3}])
    [problem] = refused.value.problems
    assert problem.field == "rewards.2.name"
    assert "rewards.0" in problem.message


def test_a_reward_without_a_name_is_refused_with_its_path() -> None:
    with pytest.raises(PolicyRefused) as refused:
        selling(rewards=[{name: value for name, value in REBATE.items() if name != "name"}])
    assert [one.field for one in refused.value.problems] == ["rewards.0.name"]


def test_rates_are_pinned_at_approval() -> None:
    house = selling()
    house.publish({**MONEY, "version": 2, "rewards": [{**REBATE, "pct": 50}]}, day=5)
    assert only(won(house), RewardAccrued).amount.amount == "100.00"


def test_a_waiter_gets_the_rates_in_force_when_it_is_approved() -> None:
    house = selling()
    house.submit("rB", "B", day=2)
    house.publish({**MONEY, "version": 2, "rewards": [{**REBATE, "pct": 50}]}, day=5)
    house.wait_until(95)
    assert house.state("rB") == "protected"
    told = won(house, day=100, id_="o2", partner="B")
    assert (only(told, RewardAccrued).amount.amount, only(told, RewardAccrued).policy) == ("500.00", "hunting/2")


def test_scenario_5_what_falls_due_in_a_suspension_stays_held_until_reinstatement() -> None:
    house = selling()
    won(house)
    house.when(PartnerSuspended(partner="A", reason="audit"), day=20)
    assert only(house.wait_until(45), RewardHeld).code == "partner.suspended"
    assert balances(house) == {"expense": 10000, "held": -10000}
    told = house.when(PartnerReinstated(partner="A"), day=50)
    assert only(told, RewardReleased).amount.amount == "100.00"
    assert balances(house) == {"expense": 10000, "payable": -10000}


def test_a_reward_taken_back_while_its_partner_is_suspended_is_not_released_later() -> None:
    house = selling()
    won(house)
    house.when(PartnerSuspended(partner="A", reason="audit"), day=20)
    house.wait_until(45)
    house.crm("reopened", "o1", day=46, partner="A")
    assert types(house.when(PartnerReinstated(partner="A"), day=50)) == ["partner.reinstated"]
    assert balances(house) == {"expense": 10000, "reversed": -10000}
