"""A breach case holds the rewards of the partner that holds the deal until a person decides."""

from __future__ import annotations

import pytest

from shared.events.case import CaseClosed, CaseOpened, CaseResolved
from shared.events.credit import CreditAssigned
from shared.events.order import OrderRefunded
from shared.events.reward import RewardAccrued
from shared.events.vendor import FactRefused
from tests.unit.attribution.house import event, only, types
from tests.unit.attribution.shop import balances, rewards, selling, shares, usd, won


def test_scenario_7_a_win_by_a_partner_that_does_not_hold_the_deal() -> None:
    house = selling()
    house.submit("rC", "C", day=2)
    told = won(house, id_="o2", partner="C")
    opened = only(told, CaseOpened)
    assert (opened.registration, opened.winner) == ("rA", "rC")
    assert shares(only(told, CreditAssigned)) == [
        ("sourced", "A", "700.00"),
        ("influenced", None, "200.00"),
        ("fulfilled", "C", "100.00"),
    ]
    accrued = only(told, RewardAccrued)
    assert (accrued.partner, accrued.registration, accrued.cases) == ("A", "rA", (opened.case,))
    assert house.states("rA", "rC") == ["protected", "lost"]
    house.wait_until(60)
    assert [one.status for one in rewards(house)] == ["held"]


@pytest.mark.parametrize("verdict, expected", [("release", {"expense": 10000, "payable": -10000}),
                                               ("reverse", {"expense": 10000, "reversed": -10000})])  # fmt: skip
def test_a_breach_case_is_decided_by_a_person(verdict: str, expected: dict[str, int]) -> None:
    house = selling()
    house.submit("rC", "C", day=2)
    case = only(won(house, id_="o2", partner="C"), CaseOpened).case
    house.wait_until(60)
    assert balances(house) == {"expense": 10000, "held": -10000}
    told = house.when(CaseResolved(case=case, verdict=verdict, reason="read the file"), day=61)  # type: ignore[arg-type]
    assert only(told, CaseClosed).outcome == f"{verdict}d"
    assert balances(house) == expected
    again = house.when(CaseResolved(case=case, verdict="release", reason="twice"), day=62)
    assert only(again, FactRefused).code == "case.closed"


@pytest.mark.parametrize("value", [usd("2000.00"), usd("500.00"), {"amount": "900.00", "currency": "EUR"}])
def test_what_a_person_reversed_is_not_earned_again_when_the_value_changes(value: dict[str, str]) -> None:
    house = selling()
    house.submit("rC", "C", day=2)
    case = only(won(house, id_="o2", partner="C"), CaseOpened).case
    house.when(CaseResolved(case=case, verdict="reverse", reason="the holder did nothing"), day=12)
    assert "reward.accrued" not in types(house.crm("changed", "o2", day=13, partner="C", amount=value))
    told = {"opportunity": "o2", "connection": "crm", "external_id": "o2", "refund": "f1"}
    refund = event(OrderRefunded, **told, amount={"amount": "100.00", "currency": value["currency"]})
    assert "reward.accrued" not in types(house.when(refund, day=14))
    assert balances(house) == {"expense": 10000, "reversed": -10000}


def test_what_a_person_reversed_before_the_value_was_known_is_not_earned_when_it_is() -> None:
    house = selling()
    house.submit("rC", "C", day=2)
    case = only(won(house, None, id_="o2", partner="C"), CaseOpened).case
    house.when(CaseResolved(case=case, verdict="reverse", reason="the holder did nothing"), day=12)
    told = house.crm("changed", "o2", day=13, partner="C", amount=usd("2000.00"))
    assert "credit.assigned" in types(told)
    assert balances(house) == {}


def test_a_win_after_a_reversed_case_has_a_case_of_its_own() -> None:
    house = selling()
    house.submit("rC", "C", day=2)
    case = only(won(house, id_="o2", partner="C"), CaseOpened).case
    house.when(CaseResolved(case=case, verdict="reverse", reason="the holder did nothing"), day=12)
    house.crm("reopened", "o2", day=13, partner="C")
    again = won(house, day=14, id_="o2", partner="C")
    assert only(again, CaseOpened).case != case
    assert only(again, RewardAccrued).amount.amount == "100.00"


def test_an_unknown_case_is_refused() -> None:
    told = selling().when(CaseResolved(case="case_x", verdict="release", reason="no"), day=2)
    assert only(told, FactRefused).code == "case.unknown"
