"""What a win means in money: credit by the won table, rewards in a double entry, both taken back by new entries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.attribution.domain.state import Credit, Key, Reward
from shared.events.base import Event
from shared.events.case import CaseClosed, CaseOpened, CaseResolved
from shared.events.credit import CreditAssigned, CreditReversed, CreditRevised
from shared.events.opportunity import LinkDecided
from shared.events.order import OrderCancelled, OrderRefunded, RefundCounted, RefundDisregarded
from shared.events.partner import PartnerReinstated, PartnerSuspended
from shared.events.registration import EvidenceAdded, EvidenceRefuted, EvidenceVerified
from shared.events.reward import RewardAccrued, RewardHeld, RewardReleased, RewardReversed, RewardWithheld
from shared.events.vendor import FactRefused
from tests.unit.attribution.house import START, House, event, only, types

REBATE: dict[str, Any] = {"kind": "rebate", "on": "won", "role": "sourced", "pct": 10, "hold_days": 30}
CAP = {"amount": 1000, "currency": "USD", "per": "deal"}
MONEY: dict[str, Any] = {
    "credit": {"roles": {"sourced": 70, "influenced": 20, "fulfilled": 10}, "late_win_days": 30},
    "rewards": [REBATE],
    "clawback": {"on": ["cancel", "refund"], "within_months": 12},
}


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def selling(**policy: Any) -> House:
    """Partner A holds the deal, and the CRM knows it."""
    house = House().open({**MONEY, **policy})
    house.submit("rA", "A")
    house.crm("created", "o1", day=1, partner="A")
    return house


def won(
    house: House, amount: str | dict[str, str] | None = "1000.00", *, day: float = 10, id_: str = "o1", **more: Any
) -> list[Event]:
    value = usd(amount) if isinstance(amount, str) else amount
    return house.crm("won", id_, day=day, **{"partner": "A", "amount": value, **more})


def refunded(house: House, refund: str, amount: str, *, day: float) -> list[Event]:
    told = {"opportunity": "o1", "connection": "crm", "external_id": "o1", "refund": refund}
    return house.when(event(OrderRefunded, **told, amount=usd(amount)), day=day)


def cancelled(house: House, refund: str, *, day: float) -> list[Event]:
    told = {"opportunity": "o1", "connection": "crm", "external_id": "o1", "refund": refund}
    return house.when(event(OrderCancelled, **told), day=day)


def shares(credited: CreditAssigned) -> list[tuple[str, str | None, str]]:
    return [(share.role, share.partner, share.amount.amount) for share in credited.shares]


def rewards(house: House) -> list[Reward]:
    return [one for one in house.ledger.documents.values() if isinstance(one, Reward)]


def balances(house: House) -> dict[str, int]:
    """Every account's balance over the whole journal, in minor units."""
    sums: dict[str, int] = {}
    for entry in house.entries:
        for posting in getattr(entry.event, "postings", ()):
            sums[posting.account] = sums.get(posting.account, 0) + posting.amount_minor
    return {account: total for account, total in sums.items() if total}


# Credit


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


def test_a_product_the_catalogue_does_not_list_counts_for_nothing() -> None:
    house = selling()
    items = [{"product": "X", "amount": usd("900.00")}, {"product": "Moon Dust", "amount": usd("100.00")}]
    assert shares(only(won(house, items=items), CreditAssigned))[-1] == ("unregistered", None, "100.00")


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


def test_an_unknown_case_is_refused() -> None:
    told = selling().when(CaseResolved(case="case_x", verdict="release", reason="no"), day=2)
    assert only(told, FactRefused).code == "case.unknown"


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


# Corrections


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


# Rewards


def test_a_reward_is_held_for_its_days_and_then_payable() -> None:
    house = selling()
    accrued = only(won(house), RewardAccrued)
    assert (accrued.amount.amount, accrued.pct, accrued.policy) == ("100.00", "10", "hunting/1")
    assert balances(house) == {"expense": 10000, "held": -10000}
    # Day 10 is 11 January: the hold's 30 days are 12 January to 10 February.
    assert accrued.hold_until.isoformat() == "2026-02-11T00:00:00+00:00"
    assert only(house.wait_until(45), RewardReleased).amount.amount == "100.00"
    assert balances(house) == {"expense": 10000, "payable": -10000}


def test_without_hold_days_a_reward_is_payable_at_once() -> None:
    house = selling(rewards=[{**REBATE, "hold_days": 0}])
    assert types(won(house))[-1] == "reward.released"
    assert balances(house) == {"expense": 10000, "payable": -10000}


def test_a_reward_is_at_most_its_cap() -> None:
    house = selling(rewards=[{**REBATE, "cap": CAP}])
    accrued = only(won(house, "26768.00"), RewardAccrued)
    assert accrued.amount.amount == "1000.00"
    assert "at the cap" in accrued.sentence


def test_a_cap_in_another_currency_is_left_to_a_person() -> None:
    house = selling(rewards=[{**REBATE, "cap": CAP}])
    told = won(house, amount={"amount": "1000.00", "currency": "EUR"})
    assert only(told, RewardWithheld).code == "cap.other_currency"
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
    fee = {"kind": "referral_fee", "on": "approved", "pct": "2.5", "hold_days": 0}
    house = House().open({**MONEY, "rewards": [fee]})
    told = house.submit("rA", "A", amount=usd("2000.00"))
    assert only(told, RewardAccrued).amount.amount == "50.00"
    assert (
        only(house.submit("rB", "B", customer={"tax_id": "777", "legal_name": "Other"}), RewardWithheld).code
        == "amount.missing"
    )


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


# Refunds


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


def test_refunds_of_what_was_not_won_or_in_another_currency_are_refused() -> None:
    house = selling()
    assert only(refunded(house, "f1", "1.00", day=2), FactRefused).code == "refund.before_win"
    won(house, amount={"amount": "10.00", "currency": "EUR"})
    assert only(refunded(house, "f1", "1.00", day=20), FactRefused).code == "refund.currency"


@pytest.mark.parametrize("clawback", [None, {"on": ["cancel"], "within_months": 12}])
def test_a_refund_that_the_policy_does_not_name_changes_nothing(clawback: dict[str, Any] | None) -> None:
    policy = {name: value for name, value in MONEY.items() if name != "clawback"}
    house = House().open({**policy, **({"clawback": clawback} if clawback else {})})
    house.submit("rA", "A")
    won(house)
    assert only(refunded(house, "f1", "1.00", day=20), RefundDisregarded).code == "not_in_policy"


def test_a_refund_of_an_unlinked_win_changes_nothing() -> None:
    house = House().open(MONEY)
    won(house, partner="B")
    assert only(refunded(house, "f1", "1.00", day=20), RefundDisregarded).code == "not_credited"


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
    house.submit("rB", "B", day=11, customer={"tax_id": "777", "legal_name": "Other"})
    told = house.when(LinkDecided(opportunity="o1", registration="rB"), day=12)
    assert only(told, CreditReversed).code == "relinked"
    assert shares(only(told, CreditAssigned))[0] == ("sourced", "B", "700.00")
    assert balances(house) == {"expense": 20000, "held": -10000, "reversed": -10000}
