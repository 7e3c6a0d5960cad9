"""A refund told before its win, or before the win's value, waits with the opportunity and counts once it can."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.attribution.domain.handlers.refunds import MAX_REFUNDS
from shared.events.credit import CreditAssigned
from shared.events.opportunity import LinkDecided
from shared.events.order import OrderRefunded, RefundCounted, RefundDisregarded, RefundWaiting
from shared.events.reward import RewardAccrued
from shared.events.vendor import FactRefused
from tests.agreement import disagreements
from tests.unit.attribution.house import House, event, only
from tests.unit.attribution.shop import MONEY, REBATE, balances, cancelled, refunded, selling, usd, won

Told = Callable[[House], Any]


def standing(house: House) -> dict[str, tuple[str, str | None, str | None]]:
    """Each refund by its id: its state, why, and what of it counts."""
    return {
        one.id: (one.state, one.code, one.counted.amount if one.counted else None)
        for one in house.opportunity("o1").refunds
    }


def test_a_refund_told_before_the_win_counts_at_the_win() -> None:
    house = selling(rewards=[{**REBATE, "hold_days": 0}])
    assert only(refunded(house, "f1", "40.00", day=2), RefundWaiting).code == "before_win"
    told = won(house, "100.00")
    assert only(told, RefundCounted).total.amount == "40.00"
    assert only(told, CreditAssigned).value.amount == "60.00"
    assert only(told, RewardAccrued).amount.amount == "6.00"
    assert only(refunded(house, "f1", "40.00", day=11), FactRefused).code == "refund.repeated"
    assert balances(house) == {"expense": 600, "payable": -600}


def test_a_refund_told_before_the_value_of_the_win_counts_when_the_value_comes() -> None:
    house = selling()
    won(house, None)
    assert only(refunded(house, "f1", "40.00", day=11), RefundWaiting).code == "no_amount"
    told = house.crm("changed", "o1", day=12, amount=usd("100.00"))
    assert only(told, CreditAssigned).value.amount == "60.00"


def test_a_refund_may_be_the_first_that_is_told_of_an_opportunity() -> None:
    house = House().open(MONEY)
    house.submit("rA", "A")
    assert only(refunded(house, "f1", "40.00", day=1), RefundWaiting).code == "before_win"
    assert (house.opportunity("o1").status, house.opportunity("o1").registration) == ("open", None)
    told = won(house, "100.00", source_time="2026-01-05T00:00:00Z")
    assert only(told, CreditAssigned).value.amount == "60.00"


def test_an_opportunity_of_which_only_a_refund_is_told_belongs_nowhere_until_a_message_comes() -> None:
    house = House().open(MONEY)
    house.submit("rA", "A")
    refunded(house, "f1", "40.00", day=1)
    told = house.when(event(LinkDecided, opportunity="o1", registration="rA"), day=2)
    assert only(told, FactRefused).code == "opportunity.unknown"
    house.crm("reopened", "o1", day=3, partner="A")
    assert house.opportunity("o1").registration == "rA"
    assert only(house.crm("reopened", "o1", day=4), FactRefused).code == "opportunity.open"
    assert disagreements(house.ledger.documents, house.entries) == []


def test_an_order_cancelled_before_its_win_is_told_earns_nothing() -> None:
    house = selling()
    refunded(house, "f1", "40.00", day=2)
    cancelled(house, "f2", day=3)
    told = won(house, "100.00")
    assert only(told, CreditAssigned).value.amount == "0.00"
    assert balances(house) == {}
    # Whatever the order's value becomes, it is cancelled.
    house.crm("changed", "o1", day=12, amount=usd("200.00"))
    assert standing(house) == {"f1": ("counted", None, "40.00"), "f2": ("counted", None, "160.00")}
    assert balances(house) == {}


@pytest.mark.parametrize(
    "amount, code", [({"amount": "40.00", "currency": "EUR"}, "other_currency"), (usd("140.00"), "too_large")]
)
def test_a_refund_that_contradicts_the_win_goes_on_waiting_until_the_value_is_corrected(
    amount: dict[str, str], code: str
) -> None:
    house = selling()
    told = {"opportunity": "o1", "connection": "crm", "external_id": "o1", "refund": "f1"}
    house.when(event(OrderRefunded, **told, amount=amount), day=2)
    assert only(won(house, "100.00"), CreditAssigned).value.amount == "100.00"
    assert standing(house) == {"f1": ("waiting", code, None)}
    house.crm("changed", "o1", day=12, amount={"amount": "200.00", "currency": amount["currency"]})
    assert standing(house) == {"f1": ("counted", None, amount["amount"])}


def test_a_refund_counts_in_each_currency_in_which_the_win_was_told() -> None:
    house = selling()
    won(house, "1000.00")
    won(house, {"amount": "90000", "currency": "JPY"}, day=12)
    # A quarter of the 1,000 dollars is a quarter of the 90,000 yen.
    assert only(refunded(house, "f1", "250.00", day=13), RefundCounted).amount.amount == "22500"
    won(house, "2000.00", day=14)
    assert standing(house) == {"f1": ("counted", None, "250.00")}


@pytest.mark.parametrize("first", ["refund", "link"])
def test_a_policy_without_clawback_lets_no_refund_count_whatever_is_told_first(first: str) -> None:
    house = House().open({name: value for name, value in MONEY.items() if name != "clawback"})
    won(house, partner="B")
    house.submit("rB", "B", day=11)
    steps: dict[str, Told] = {
        "refund": lambda _: refunded(house, "f1", "400.00", day=20),
        "link": lambda _: house.when(event(LinkDecided, opportunity="o1", registration="rB"), day=20),
    }
    for step in sorted(steps, key=lambda one: one != first):
        steps[step](house)
    assert standing(house) == {"f1": ("disregarded", "not_in_policy", None)}
    assert house.ledger.documents["credit", "o1"].value_minor == 100_000  # type: ignore[index, union-attr]


AT = "2026-01-{:02}T00:00:00Z".format


def refunded_at(house: House, refund: str, source_day: int, *, day: float) -> Any:
    told = {"opportunity": "o1", "connection": "crm", "external_id": "o1", "refund": refund}
    return house.when(event(OrderRefunded, **told, amount=usd("40.00"), source_time=AT(source_day)), day=day)


@pytest.mark.parametrize("told_after", range(4))
@pytest.mark.parametrize("source_day, left", [(3, "100.00"), (5, "60.00"), (7, "60.00")])
def test_the_crms_own_time_says_which_win_a_refund_belongs_to(told_after: int, source_day: int, left: str) -> None:
    house = House().open(MONEY)
    house.submit("rA", "A")
    messages: list[tuple[str, int]] = [("won", 2), ("reopened", 4), ("won", 6)]
    for index in range(4):
        if index == told_after:
            refunded_at(house, "f1", source_day, day=10)
        if index < len(messages):
            kind, at = messages[index]
            house.crm(kind, "o1", day=10, partner="A", amount=usd("100.00"), source_time=AT(at))
    found = house.ledger.documents["credit", "o1"]  # type: ignore[index]
    assert found.value_minor == int(left.replace(".", ""))  # type: ignore[union-attr]


def test_a_refund_told_while_the_deal_is_lost_counts_when_it_is_won_after_all() -> None:
    house = selling()
    house.crm("lost", "o1", day=2)
    refunded(house, "f1", "40.00", day=3)
    assert only(won(house, "100.00"), CreditAssigned).value.amount == "60.00"


def test_refunds_of_a_win_that_was_taken_back_belong_to_the_past() -> None:
    house = selling()
    won(house)
    refunded(house, "f1", "40.00", day=11)
    assert only(house.crm("reopened", "o1", day=12), RefundDisregarded).code == "win_taken_back"
    assert only(won(house, day=13), CreditAssigned).value.amount == "1000.00"


def test_more_refunds_than_any_order_has_are_refused() -> None:
    house = selling()
    for number in range(MAX_REFUNDS):
        refunded(house, f"f{number}", "0.01", day=2)
    assert only(refunded(house, "one-more", "0.01", day=2), FactRefused).code == "refund.too_many"
    assert only(won(house, "10.00"), CreditAssigned).value.amount == "8.00"
