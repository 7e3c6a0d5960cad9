"""Dates and amounts say by which clause they came about."""

from __future__ import annotations

from typing import Any

import pytest

from services.attribution.domain.rules.subject import finding
from services.projections.views.audience import readable_part
from shared.events.base import Event, Finding, Need
from shared.events.conflict import ConflictDetected
from shared.events.credit import CreditAssigned
from shared.events.opportunity import OpportunityClassified
from shared.events.order import OrderRefunded, RefundCounted, RefundDisregarded
from shared.events.registration import RegistrationApproved
from shared.events.reward import RewardAccrued
from tests.unit.attribution.house import House, event, only

VALUE = {"amount": "4514.00", "currency": "EUR"}
REBATE = {"name": "fee", "kind": "rebate", "on": "won", "role": "sourced", "pct": "10", "base": "net"}


def found(entry: Any) -> dict[str, Finding]:
    return {one.clause: one for one in entry.findings}


def won(policy: dict[str, Any], *, day: float = 1, partner: str = "A") -> tuple[House, list[Event]]:
    house = House().open(policy)
    house.submit("r1", "A")
    return house, house.crm("won", "o1", partner=partner, amount=VALUE, day=day)


def test_a_clause_that_held_is_made_once_for_the_same_inputs_of_the_same_types() -> None:
    def never() -> Need:
        raise AssertionError("what would have turned it is asked only where it did not hold")

    one = finding("gates.min_units", passed=True, needs=never, has=1)
    other = finding("gates.min_units", passed=True, has=True)
    assert (one.inputs, other.inputs) == ({"has": 1}, {"has": True})
    assert other.inputs["has"] is True
    assert finding("gates.min_units", passed=True, has=1) is one
    needed = finding("gates.min_units", passed=False, needs=lambda: Need(input="has", operator="given"), has=1)
    assert (needed.outcome, len(needed.needs)) == ("failed", 1)
    assert finding("gates.min_units", passed=True, has=["x"]).inputs == {"has": ["x"]}


@pytest.mark.parametrize(
    "protection, clause, inputs",
    [({"days": 90}, "protection.days", {"days": 90}), ({"months": 3}, "protection.months", {"months": 3})],
)
def test_an_approval_says_from_when_and_how_long(
    protection: dict[str, Any], clause: str, inputs: dict[str, Any]
) -> None:
    house = House().open({"protection": protection, "clock": {"starts": "submitted"}})
    approved = only(house.submit("r1", "A"), RegistrationApproved)
    clauses = found(approved)
    assert clauses[clause].inputs == inputs
    assert clauses["clock.starts"].inputs == {"starts": "submitted", "start": "2026-01-01T09:00:00Z"}
    assert approved.findings[-1].clause == "review.auto_approve_if", "what decided stands last"


def test_a_conflict_names_the_dimensions_and_hides_the_rival_s_products() -> None:
    house = House().open({"same_deal": {"close_window_days": 30}, "required_fields": ["close_date"]})
    house.submit("r1", "A", close_date="2026-03-01")
    clauses = found(only(house.submit("r2", "B", close_date="2026-03-20", products=["X", "Y"]), ConflictDetected))
    assert clauses["same_deal.products"].inputs == {"compares": "overlap", "common": ["X"]}
    assert clauses["same_deal.close_window_days"].inputs == {"days": 30}
    shown = readable_part(clauses["same_deal.products"].model_dump(mode="json"))
    assert "common" not in shown["inputs"]


def test_names_alone_are_said_to_be_all_there_is() -> None:
    house = House().open({"same_deal": {"name_only": "block"}})
    house.submit("r1", "A", customer={"tax_id": None})
    clauses = found(only(house.submit("r2", "B", customer={"tax_id": None}), ConflictDetected))
    assert clauses["same_deal.name_only"].inputs == {"names": "block"}


def test_credit_and_reward_say_their_rates() -> None:
    _, events = won({"rewards": [REBATE], "credit": {"roles": {"sourced": 100}}})
    credit = found(only(events, CreditAssigned))
    assert credit["credit.roles"].inputs == {"sourced": 100}
    assert credit["credit.model"].inputs == {"model": "registered"}
    reward = only(events, RewardAccrued)
    assert reward.amount.amount == "451.40"
    assert found(reward)["rewards"].inputs == {
        "reward": "fee", "pct": "10", "base": "4514.00 EUR", "exact": "451.40 EUR", "role": "sourced",
    }  # fmt: skip


def test_a_cap_is_named_where_it_was_reached() -> None:
    _, events = won({"rewards": [{**REBATE, "cap": {"amount": "100.00", "currency": "EUR"}}]})
    said = found(only(events, RewardAccrued))["rewards"].inputs
    assert said["cap"] == "100.00 EUR"
    assert said["exact"] != said["cap"]


def test_an_unprotected_win_names_its_clause() -> None:
    _, events = won({}, partner="B")
    said = found(only(events, CreditAssigned))["credit.unprotected_win.rival_holds"]
    assert said.inputs == {"holder_roles": ["sourced"], "winner_roles": ["fulfilled"]}


@pytest.mark.parametrize("day, outcome", [(95, "passed"), (105, "failed")])
def test_a_win_after_protection_is_measured_against_the_policy_s_days(day: float, outcome: str) -> None:
    _, events = won({"credit": {"late_win_days": 10}}, day=day)
    said = found(only(events, OpportunityClassified))["credit.late_win_days"]
    assert (said.outcome, said.inputs["days"]) == (outcome, 10)


@pytest.mark.parametrize(
    "rule, day, kind, code",
    [
        ({}, 10, RefundCounted, "clawback.passed"),
        ({"on": ["cancel"]}, 10, RefundDisregarded, "clawback.not_in_policy"),
        ({"within_months": 1}, 80, RefundDisregarded, "clawback.too_late"),
    ],
)
def test_a_refund_says_what_the_policy_makes_of_it(
    rule: dict[str, Any], day: float, kind: type[Any], code: str
) -> None:
    house, _ = won({"clawback": rule})
    told = event(
        OrderRefunded,
        opportunity="o1",
        connection="crm",
        external_id="o1",
        refund="f1",
        amount={"amount": "14.00", "currency": "EUR"},
    )
    entry = only(house.when(told, day=day), kind)
    assert found(entry)["clawback"].code == code
    assert entry.policy == "hunting/1"
