"""Credit: a won value shared out by the won table, by roles and by models, to the last minor unit."""

from __future__ import annotations

import pytest

from shared.events.credit import CreditAssigned, CreditRevised
from shared.events.registration import EvidenceAdded, EvidenceRefuted, EvidenceVerified
from shared.events.reward import RewardAccrued
from shared.events.vendor import FactRefused
from tests.unit.attribution.house import House, event, only, types
from tests.unit.attribution.shop import MONEY, REBATE, rewards, selling, shares, usd, won


def test_a_protected_win_is_credited_by_role_and_what_nobody_fills_is_the_houses() -> None:
    credited = only(won(selling()), CreditAssigned)
    assert shares(credited) == [
        ("sourced", "A", "700.00"),
        ("influenced", None, "200.00"),
        ("fulfilled", "A", "100.00"),
    ]
    assert (credited.case, credited.number, credited.value.amount) == ("protected", 1, "1000.00")


def test_verified_evidence_of_another_partner_fills_the_influenced_role() -> None:
    house = selling()
    house.submit("rB", "B", day=2, evidence=[{"evidence": "ev1", "kind": "demo", "on": "2026-01-03"}])
    house.when(event(EvidenceVerified, registration="rB", evidence="ev1"), day=3)
    assert ("influenced", "B", "200.00") in shares(only(won(house), CreditAssigned))


def test_refuted_evidence_fills_nothing_and_unknown_evidence_is_refused() -> None:
    house = selling()
    house.submit("rB", "B", day=2)
    house.when(
        event(EvidenceAdded, registration="rB", evidence={"evidence": "ev1", "kind": "demo", "on": "2026-01-03"})
    )
    house.when(event(EvidenceVerified, registration="rB", evidence="ev1"), day=3)
    house.when(event(EvidenceRefuted, registration="rB", evidence="ev1"), day=4)
    refused = house.when(event(EvidenceVerified, registration="rB", evidence="ev2"), day=4)
    assert only(refused, FactRefused).code == "evidence.unknown"
    assert ("influenced", None, "200.00") in shares(only(won(house), CreditAssigned))


def test_scenario_6_only_registered_product_lines_count() -> None:
    house = House().open({**MONEY, "rewards": [{**REBATE, "hold_days": 0}]})
    house.submit("rA", "A", amount=usd("100000.00"))
    items = [{"product": "X", "amount": usd("40000.00")}, {"product": "Z", "amount": usd("20000.00")}]
    told = won(house, "60000.00", items=items)
    assert shares(only(told, CreditAssigned)) == [
        ("sourced", "A", "28000.00"),
        ("influenced", None, "8000.00"),
        ("fulfilled", "A", "4000.00"),
        ("unregistered", None, "20000.00"),
    ]
    accrued = only(told, RewardAccrued)
    assert (accrued.base.amount, accrued.amount.amount) == ("40000.00", "4000.00")


@pytest.mark.parametrize(
    "amount, counted, other",
    [(usd("30000.00"), "14000.00", "10000.00"), ({"amount": "90000", "currency": "JPY"}, "42000", "30000")],
)
def test_a_later_amount_without_items_leaves_each_item_its_part(
    amount: dict[str, str], counted: str, other: str
) -> None:
    house = House().open({**MONEY, "rewards": [{**REBATE, "when": {"lines": ["hardware"]}}]})
    house.submit("rA", "A")
    items = [{"product": "X", "amount": usd("40000.00")}, {"product": "Z", "amount": usd("20000.00")}]
    won(house, "60000.00", items=items)
    told = house.crm("changed", "o1", day=11, partner="A", amount=amount)
    revised = next(one for one in told if isinstance(one, CreditAssigned | CreditRevised))
    assert (shares(revised)[0][2], shares(revised)[-1][2]) == (counted, other)
    owed = sum(one.left_minor for one in rewards(house) if one.currency == amount["currency"])
    assert owed == (200000 if amount["currency"] == "USD" else 6000)


def test_items_of_no_value_say_nothing_of_a_later_amount() -> None:
    house = selling()
    won(house, "0.00", items=[{"product": "Z", "amount": usd("0.00")}])
    told = house.crm("changed", "o1", day=11, partner="A", amount=usd("1000.00"))
    assert shares(only(told, CreditRevised))[0] == ("sourced", "A", "700.00")


def test_a_product_the_catalogue_does_not_list_counts_for_nothing() -> None:
    house = selling()
    items = [{"product": "X", "amount": usd("900.00")}, {"product": "Moon Dust", "amount": usd("100.00")}]
    assert shares(only(won(house, items=items), CreditAssigned))[-1] == ("unregistered", None, "100.00")


def test_a_win_of_other_products_alone_counts_for_nothing_although_it_names_the_registration() -> None:
    house = selling()
    told = won(house, registration="rA", products=["Moon Dust"])
    assert shares(only(told, CreditAssigned))[-1] == ("unregistered", None, "1000.00")
    assert "reward.accrued" not in types(told)
    # With a registered product among them and no division by product, the whole counts.
    assert shares(only(won(house, day=11, products=["Moon Dust", "X"]), CreditRevised))[0] == ("sourced", "A", "700.00")


def test_a_win_that_nobody_protects_gives_the_winner_the_fulfilled_role_and_no_reward() -> None:
    house = selling()
    house.wait_until(150)
    told = won(house, day=160)
    assert shares(only(told, CreditAssigned)) == [
        ("sourced", None, "700.00"),
        ("influenced", None, "200.00"),
        ("fulfilled", "A", "100.00"),
    ]
    assert "reward.accrued" not in types(told)


def test_a_win_that_belongs_to_no_registration_is_not_credited() -> None:
    house = House().open(MONEY)
    assert "credit.assigned" not in types(won(house, partner="B"))


def test_a_win_without_an_amount_is_credited_when_the_amount_comes() -> None:
    house = selling()
    assert "credit.assigned" not in types(house.crm("won", "o1", day=10, partner="A"))
    told = house.crm("won", "o1", day=11, partner="A", amount=usd("500.00"))
    assert only(told, CreditAssigned).value.amount == "500.00"
    assert only(told, RewardAccrued).amount.amount == "50.00"


def test_a_win_of_zero_credits_zero_and_rewards_nothing() -> None:
    told = won(selling(), "0.00")
    assert shares(only(told, CreditAssigned))[0] == ("sourced", "A", "0.00")
    assert "reward.accrued" not in types(told)


def test_a_win_told_twice_changes_nothing_more() -> None:
    house = selling()
    won(house)
    assert types(won(house, day=11)) == ["opportunity.won"]


@pytest.mark.parametrize(
    "model, expected",
    [
        ("registered", [("A", "700.00")]),
        ("first_touch", [("A", "700.00")]),
        ("last_touch", [("C", "700.00")]),
        ("linear", [("A", "233.34"), ("B", "233.33"), ("C", "233.33")]),
        ("position_based", [("A", "280.00"), ("B", "140.00"), ("C", "280.00")]),
        # Ages 21, 14 and 7 days: weights 1/8, 1/4 and 1/2.
        ("time_decay", [("A", "100.00"), ("B", "200.00"), ("C", "400.00")]),
    ],
)
def test_models_divide_the_sourced_role_over_the_touches(model: str, expected: list[tuple[str, str]]) -> None:
    house = House().open({**MONEY, "credit": {**MONEY["credit"], "model": model}})
    house.submit("rA", "A", day=0)
    house.submit("rB", "B", day=7)
    house.submit("rC", "C", day=14)
    credited = only(won(house, day=21), CreditAssigned)
    assert [(partner, amount) for role, partner, amount in shares(credited) if role == "sourced"] == expected


def test_a_reward_counts_only_its_partners_part_of_a_divided_role() -> None:
    house = House().open({**MONEY, "credit": {**MONEY["credit"], "model": "linear"}})
    house.submit("rA", "A", day=0)
    house.submit("rB", "B", day=7)
    accrued = only(won(house, day=21), RewardAccrued)
    assert (accrued.partner, accrued.base.amount, accrued.amount.amount) == ("A", "500.00", "50.00")
