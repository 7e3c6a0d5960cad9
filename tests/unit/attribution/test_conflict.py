"""Conflict: which claims are the same deal, who keeps whom out, and who is ahead."""

from __future__ import annotations

from typing import Any

import pytest

from services.attribution.domain.handlers.deals import CANDIDATE_LIMIT
from shared.events.conflict import ConflictDetected, ConflictResolved
from shared.events.partner import PartnerChanged
from shared.events.registration import EvidenceVerified, RegistrationHeld
from shared.events.vendor import VendorConfigured
from tests.property.attribution.laws import hold_in
from tests.unit.attribution.house import DOCUMENT, House, event, only, types

NAME_ALONE = {"tax_id": None}
EUROS = {"min_amount": {"value": 1, "currency": "EUR"}}


def meet(first: dict[str, Any], second: dict[str, Any], **policy: Any) -> str:
    """What becomes of a second partner's claim."""
    house = House().open(policy)
    house.submit("r1", "A", **first)
    house.submit("r2", "B", **second)
    return house.state("r2")


def test_another_spelling_with_the_same_tax_id_waits_and_is_told_the_key() -> None:
    house = House().open()
    house.submit("r1", "A")
    events = house.submit("r2", "B", customer={"legal_name": "النيل للتجارة", "tax_id": "204-829-305"})
    detected, held = only(events, ConflictDetected), only(events, RegistrationHeld)
    assert (held.reason, held.behind) == ("conflict", ("r1",))
    assert held.findings[-1].clause == "exclusivity"
    assert held.findings[-1].inputs["keys"] == ["tax_id:204829305"]
    opponent = detected.opponents[0]
    assert (opponent.registration, opponent.partner, opponent.keys, opponent.products) == (
        "r1",
        "A",
        ("tax_id:204829305",),
        ("X",),
    )
    assert not detected.contested


def test_a_sister_company_is_another_customer_where_entities_count() -> None:
    jeddah = {"legal_name": "Nile Trading Jeddah", "country": "SA", "tax_id": "300055184400003"}
    assert meet({}, {"customer": jeddah}) == "protected"


@pytest.mark.parametrize(
    "rule, second, state",
    [
        ("overlap", ["Y"], "protected"),
        ("overlap", ["Y", "X"], "waiting"),
        ("same_line", ["Y"], "waiting"),
        ("same_line", ["Z"], "protected"),
        ("any", ["Z"], "waiting"),
    ],
)
def test_products_meet_as_the_policy_says(rule: str, second: list[str], state: str) -> None:
    assert meet({}, {"products": second}, same_deal={"products": rule}) == state


@pytest.mark.parametrize(
    "key, second, state",
    [
        ("deal", {"products": ["Y"]}, "protected"),
        ("line", {"products": ["Y"]}, "waiting"),
        ("line", {"products": ["Z"]}, "protected"),
        ("customer", {"products": ["Z"]}, "waiting"),
        ("workload", {"products": ["Z"]}, "waiting"),
        ("workload", {"products": ["Z"], "workload": "PAYROLL"}, "waiting"),
        ("workload", {"products": ["X"], "workload": "Warehouse"}, "protected"),
        ("subscription", {"products": ["Z"]}, "waiting"),
        ("subscription", {"products": ["X"], "subscription": "S-2"}, "protected"),
    ],
)
def test_one_partner_holds_of_a_customer_what_the_key_says(key: str, second: dict[str, Any], state: str) -> None:
    named = {"workload": "Payroll", "subscription": "S-1"}
    policy = {"same_deal": {"key": key}, "required_fields": [*named]}
    assert meet(named, {**named, **second}, **policy) == state


@pytest.mark.parametrize("products, state", [(["X"], "waiting"), (["Y"], "protected")])
def test_products_are_compared_where_the_rivals_program_asks_for_no_workload(products: list[str], state: str) -> None:
    house = House().open({"same_deal": {"key": "workload"}, "required_fields": ["workload"]})
    house.publish({"program": "teaming"})
    house.submit("r1", "A", workload="Payroll")
    house.submit("r2", "B", program="teaming", products=products)
    assert house.state("r2") == state


@pytest.mark.parametrize("site, state", [("cairo  WEST", "waiting"), ("Giza", "protected")])
def test_other_sites_are_other_deals_where_the_policy_asks(site: str, state: str) -> None:
    policy = {"same_deal": {"site": "same"}, "required_fields": ["site"]}
    assert meet({"site": "Cairo West"}, {"site": site}, **policy) == state
    assert meet({"site": "Cairo West"}, {"site": site}) == "waiting"


@pytest.mark.parametrize("country, state", [("SD", "waiting"), ("DE", "protected"), ("FR", "protected")])
def test_customers_of_other_territories_are_other_deals_where_the_policy_asks(country: str, state: str) -> None:
    first = {"customer": {"tax_id": None, "domain": "nile.example", "country": "EG"}}
    second = {"customer": {"tax_id": None, "domain": "nile.example", "country": country}}
    policy = {"same_deal": {"territory": "same"}, "required_fields": ["customer.country"]}
    assert meet(first, second, **policy) == state
    assert meet(first, second) == "waiting"


@pytest.mark.parametrize(
    "patch, rule",
    [
        ({"site": "Cairo"}, {"site": "same"}),
        ({"workload": "Payroll"}, {"key": "workload"}),
        ({"subscription": "S-1"}, {"key": "subscription"}),
    ],
)
def test_an_amendment_onto_a_rivals_deal_is_held_only_where_it_is_compared(
    patch: dict[str, str], rule: dict[str, str]
) -> None:
    first = {"site": "Cairo", "workload": "Payroll", "subscription": "S-1"}
    other = {"site": "Giza", "workload": "Warehouse", "subscription": "S-2"}
    for asked, states in ((rule, ["protected", "protected"]), ({}, ["protected", "waiting"])):
        house = House().open({"same_deal": asked, "required_fields": [*first]})
        house.submit("r1", "A", **first)
        house.submit("r2", "B", **other)
        assert [house.state("r1"), house.state("r2")] == states
        before = house.registration("r2").place
        house.amend("r2", day=1, **patch)
        now = house.registration("r2")
        assert (now.held is not None) == bool(asked)
        assert now.place == before


@pytest.mark.parametrize("close, state", [("2026-03-31", "waiting"), ("2026-04-01", "protected")])
def test_deals_that_close_further_apart_than_the_window_are_two(close: str, state: str) -> None:
    policy = {"same_deal": {"close_window_days": 30}, "required_fields": ["close_date"]}
    assert meet({"close_date": "2026-03-01"}, {"close_date": close}, **policy) == state


def test_without_a_window_close_dates_are_not_compared() -> None:
    assert meet({"close_date": "2026-03-01"}, {"close_date": "2029-03-01"}) == "waiting"


@pytest.mark.parametrize("name_only", ["look", "block"])
@pytest.mark.parametrize("name", ["Nile Trading", "Delta Works"])
def test_where_one_identifier_is_equal_and_another_differs_a_person_decides(name: str, name_only: str) -> None:
    first = {"customer": {"duns": "150483782"}}
    second = {"customer": {"legal_name": name, "tax_id": "EG 204-829-305", "duns": "987654328"}}
    assert meet(first, second, same_deal={"name_only": name_only}) == "in_review"


@pytest.mark.parametrize("name_only, state", [("look", "in_review"), ("block", "waiting")])
def test_a_name_alone_is_looked_at_unless_the_policy_lets_it_block(name_only: str, state: str) -> None:
    first, second = {"customer": NAME_ALONE}, {"customer": {**NAME_ALONE, "legal_name": "NILE Trading, Ltd."}}
    assert meet(first, second, same_deal={"name_only": name_only}) == state


def test_a_pair_is_one_deal_where_either_pinned_policy_says_so() -> None:
    house = House().open({"same_deal": {"products": "overlap"}})
    house.submit("r1", "A", products=["X"])
    house.publish({"version": 2, "same_deal": {"products": "any"}})
    house.submit("r2", "B", products=["Z"])
    assert house.registration("r2").behind == ("r1",)


def test_a_pair_is_one_deal_across_programs() -> None:
    house = House().open()
    house.publish({"program": "teaming", "same_deal": {"products": "any"}})
    house.submit("r1", "A", products=["Z"], program="teaming")
    house.submit("r2", "B", products=["X"])
    assert house.registration("r2").behind == ("r1",)


def test_same_deal_is_pairwise_and_a_claim_waits_for_all_that_it_collides_with() -> None:
    house = House().open()
    house.submit("r1", "A", products=["X"])
    house.submit("r2", "B", products=["Y"])
    house.submit("r3", "C", products=["X", "Y"])
    assert house.registration("r3").behind == ("r1", "r2")
    house.withdraw("r1", day=1)
    assert (house.state("r3"), house.registration("r3").behind) == ("waiting", ("r2",))
    house.withdraw("r2", day=2)
    assert house.state("r3") == "protected"


def test_a_claim_that_collides_with_a_waiter_alone_does_not_wait() -> None:
    house = House().open()
    house.submit("r1", "A", products=["X"])
    house.submit("r2", "B", products=["X", "Y"])
    house.submit("r3", "C", products=["Y"])
    assert house.state("r3") == "protected"
    assert house.registration("r2").behind == ("r1", "r3")


def test_more_live_claims_than_are_compared_by_rule_are_held_for_a_person() -> None:
    partners = [f"P{number}" for number in range(CANDIDATE_LIMIT + 2)]
    house = House().open(partners=" ".join(partners))
    for number, partner in enumerate(partners[:-1]):
        house.submit(f"r{number}", partner)
    assert house.state(f"r{CANDIDATE_LIMIT}") == "waiting"
    held = only(house.submit("last", partners[-1]), RegistrationHeld)
    assert held.reason == "too_many_candidates"
    assert held.findings[-1].clause == "always.crowd"
    assert held.findings[-1].inputs == {"live": CANDIDATE_LIMIT + 1, "most": CANDIDATE_LIMIT}


def test_the_first_complete_claim_stands_ahead_though_a_person_has_not_decided_on_it() -> None:
    policy: dict[str, Any] = {
        "conflict": {"order": ["first_complete_submission"]},
        "gates": {"min_amount": {"value": 1, "currency": "EUR"}},
        "required_fields": ["amount"],
    }
    house = House().open(policy)
    house.submit("r1", "A", amount={"amount": "5.00", "currency": "USD"})
    euros = {"amount": "5.00", "currency": "EUR"}
    events = house.submit("r2", "B", amount=euros)
    assert house.registration("r2").behind == ("r1",)
    assert only(events, RegistrationHeld).findings[-1].clause == "conflict.order.first_complete_submission"
    house.review("r1", "reject")
    assert house.states("r1", "r2") == ["rejected", "protected"]


def test_with_approved_first_the_claim_that_rules_can_approve_goes_ahead() -> None:
    policy: dict[str, Any] = {"gates": {"min_amount": {"value": 1, "currency": "EUR"}}, "required_fields": ["amount"]}
    house = House().open(policy)
    house.submit("r1", "A", amount={"amount": "5.00", "currency": "USD"})
    house.submit("r2", "B", amount={"amount": "5.00", "currency": "EUR"})
    assert house.states("r1", "r2") == ["waiting", "protected"]


@pytest.mark.parametrize(
    "order",
    [["approved_first"], ["approved_first", "manual"], ["approved_first", "first_complete_submission"]],
)
def test_a_rule_that_separates_two_claims_decides_before_those_behind_it_are_asked(order: list[str]) -> None:
    house = House().open({"conflict": {"order": order}, "gates": EUROS, "required_fields": ["amount"]})
    house.submit("r1", "A", amount={"amount": "5.00", "currency": "USD"})
    house.submit("r2", "B", amount={"amount": "5.00", "currency": "EUR"})
    assert house.states("r1", "r2") == ["waiting", "protected"]


def test_a_tie_of_the_first_rule_goes_to_the_next_one() -> None:
    policy: dict[str, Any] = {"gates": EUROS, "required_fields": ["amount"]}
    for order, state, clause in (
        (["approved_first"], "waiting", "always.place"),
        (["approved_first", "first_complete_submission"], "waiting", "conflict.order.first_complete_submission"),
        (["approved_first", "manual"], "in_review", "conflict.order.manual"),
    ):
        house = House().open({**policy, "conflict": {"order": order}})
        house.submit("r1", "A", amount={"amount": "5.00", "currency": "USD"})
        held = only(house.submit("r2", "B", amount={"amount": "6.00", "currency": "USD"}), RegistrationHeld)
        assert (house.state("r2"), held.findings[-1].clause) == (state, clause)


def ranked_house(conflict: dict[str, Any], **tiers: str) -> House:
    """A holds; B, then C wait."""
    house = House().open({"conflict": conflict})
    for partner, tier in tiers.items():
        house.when(event(PartnerChanged, partner=partner, tier=tier))
    return house


def test_the_higher_tier_moves_up_first_as_it_was_at_the_submission() -> None:
    house = ranked_house({"order": ["tier", "first_complete_submission"]}, C="gold")
    for id_, partner in (("r1", "A"), ("r2", "B"), ("r3", "C")):
        house.submit(id_, partner)
    assert house.states("r1", "r2", "r3") == ["protected", "waiting", "waiting"]
    house.when(event(PartnerChanged, partner="B", tier="gold"), day=1)
    house.withdraw("r1", day=2)
    assert house.states("r2", "r3") == ["waiting", "protected"]


def test_one_tier_goes_by_the_next_rule() -> None:
    house = ranked_house({"order": ["tier"]})
    for id_, partner in (("r1", "A"), ("r2", "B"), ("r3", "C")):
        house.submit(id_, partner)
    house.withdraw("r1", day=2)
    assert house.states("r2", "r3") == ["protected", "waiting"]


def test_an_undecided_claim_of_a_lower_tier_says_by_which_rule_it_waits() -> None:
    policy = {"conflict": {"order": ["tier"]}, "gates": EUROS, "required_fields": ["amount"]}
    house = House().open(policy)
    house.when(event(PartnerChanged, partner="A", tier="gold"))
    house.submit("r1", "A", amount={"amount": "5.00", "currency": "USD"})
    held = only(house.submit("r2", "B", amount={"amount": "5.00", "currency": "EUR"}), RegistrationHeld)
    assert (house.state("r2"), held.findings[-1].clause) == ("waiting", "conflict.order.tier")


EVIDENCE: dict[str, Any] = {"order": ["evidence_score"], "evidence": {"weights": {"demo": 3}, "fresh_days": 30}}


def shown(number: int, on: str = "2025-12-20", kind: str = "demo") -> list[dict[str, str]]:
    return [{"evidence": f"e{index}", "kind": kind, "on": on} for index in range(number)]


@pytest.mark.parametrize(
    "mine, theirs, first",
    [
        (shown(1), shown(2), "r3"), (shown(2), shown(2), "r2"), (shown(1), shown(5, kind="poc"), "r2"),
        (shown(1), shown(5, on="2025-12-01"), "r2"), (shown(1), shown(5, on="2025-12-02"), "r3"),
    ],
)  # fmt: skip
def test_more_fresh_work_moves_up_first(mine: Any, theirs: Any, first: str) -> None:
    house = ranked_house(EVIDENCE)
    house.submit("r1", "A")
    house.submit("r2", "B", evidence=mine)
    house.submit("r3", "C", evidence=theirs)
    house.withdraw("r1", day=2)
    assert {one: house.state(one) for one in ("r2", "r3")}[first] == "protected"


def test_where_only_verified_work_counts_a_persons_word_moves_the_claim() -> None:
    conflict = {"order": ["evidence_score"], "evidence": {"weights": {"demo": 3}, "verified_only": True}}
    house = House().open({"conflict": conflict, "gates": EUROS, "required_fields": ["amount"]})
    house.submit("r1", "A", amount={"amount": "5.00", "currency": "USD"})
    held = only(
        house.submit("r2", "B", evidence=shown(1), amount={"amount": "5.00", "currency": "EUR"}), RegistrationHeld
    )
    assert (house.state("r2"), held.findings[-1].clause) == ("waiting", "always.place")
    house.when(event(EvidenceVerified, registration="r2", evidence="e0"), day=1)
    assert house.states("r1", "r2") == ["waiting", "protected"]


def test_evidence_that_is_added_moves_an_undecided_claim() -> None:
    house = House().open({"conflict": EVIDENCE, "gates": EUROS, "required_fields": ["amount"]})
    house.submit("r1", "A", amount={"amount": "5.00", "currency": "USD"})
    house.submit("r2", "B", amount={"amount": "5.00", "currency": "EUR"})
    assert house.state("r2") == "waiting"
    house.evidence("r2", day=1)
    assert house.states("r1", "r2") == ["waiting", "protected"]


def test_a_suspended_partners_waiter_stands_behind_whom_it_stood_behind() -> None:
    house = House().open({"gates": EUROS, "required_fields": ["amount"]})
    house.submit("holder", "A", products=["X"], amount={"amount": "5.00", "currency": "EUR"})
    house.submit("asked", "B", products=["Y"], amount={"amount": "5.00", "currency": "USD"})
    house.submit("waiter", "C", products=["X", "Y"], amount={"amount": "5.00", "currency": "EUR"})
    assert house.registration("waiter").behind == ("holder",)
    house.suspend("C")
    hold_in(house)


def test_where_the_order_comes_to_manual_a_person_chooses_among_undecided_claims() -> None:
    policy: dict[str, Any] = {
        "conflict": {"order": ["manual"]},
        "gates": {"min_amount": {"value": 1, "currency": "EUR"}},
        "required_fields": ["amount"],
    }
    house = House().open(policy)
    house.submit("r1", "A", amount={"amount": "5.00", "currency": "USD"})
    house.submit("r2", "B", amount={"amount": "5.00", "currency": "EUR"})
    assert house.states("r1", "r2") == ["in_review", "in_review"]
    house.review("r2", "approve")
    assert house.states("r1", "r2") == ["waiting", "protected"]


def test_manual_leaves_the_choice_among_waiters_to_a_person_and_one_alone_to_the_rule() -> None:
    house = House().open({"conflict": {"order": ["approved_first", "manual"]}})
    house.submit("r1", "A")
    house.submit("r2", "B")
    house.submit("r3", "C")
    house.withdraw("r1", day=1)
    assert house.states("r2", "r3") == ["in_review", "in_review"]
    house.review("r3", "approve", day=2)
    assert house.states("r2", "r3") == ["waiting", "protected"]
    house.withdraw("r3", day=3)
    assert house.state("r2") == "protected"


def test_manual_asks_nobody_about_waiters_that_do_not_meet_each_other() -> None:
    house = House().open({"conflict": {"order": ["approved_first", "manual"]}})
    house.submit("r1", "A", products=["X", "Y"])
    house.submit("r2", "B", products=["X"])
    house.submit("r3", "C", products=["Y"])
    house.withdraw("r1", day=1)
    assert house.states("r2", "r3") == ["protected", "protected"]


def test_protected_claims_that_an_amendment_brings_together_stay_contested_until_one_ends() -> None:
    house = House().open()
    house.submit("r1", "A", products=["X"])
    house.submit("r2", "B", products=["Y"])
    detected = only(house.correct("r2", products=["X", "Y"], day=1), ConflictDetected)
    assert detected.contested
    assert house.states("r1", "r2") == ["protected", "protected"]
    resolved = only(house.review("r1", "revoke", day=2), ConflictResolved)
    assert (resolved.conflict, resolved.registration, resolved.outcome) == (detected.conflict, "r2", "holder_ended")
    assert house.state("r2") == "protected"


def test_a_contested_claim_that_ends_itself_ends_the_conflict() -> None:
    house = House().open()
    house.submit("r1", "A", products=["X"])
    house.submit("r2", "B", products=["Y"])
    house.correct("r2", products=["X", "Y"], day=1)
    assert only(house.withdraw("r2", day=2), ConflictResolved).outcome == "withdrawn"
    assert house.state("r1") == "protected"


def test_a_contested_claim_that_is_amended_away_is_no_longer_the_same_deal() -> None:
    house = House().open()
    house.submit("r1", "A", products=["X"])
    house.submit("r2", "B", products=["Y"])
    house.correct("r2", products=["X", "Y"], day=1)
    assert only(house.amend("r2", products=["Y"], day=2), ConflictResolved).outcome == "no_longer_same_deal"


def test_a_third_protected_claim_joins_the_conflict_that_is_open() -> None:
    house = House().open()
    for id_, partner, product in (("r1", "A", "X"), ("r2", "B", "Y"), ("r3", "C", "Z")):
        house.submit(id_, partner, products=[product])
    house.correct("r2", products=["X", "Y"])
    assert "conflict.detected" not in types(house.correct("r3", products=["Y", "Z"]))
    house.withdraw("r1", day=1)
    assert house.registration("r2").conflict is not None
    assert only(house.withdraw("r3", day=2), ConflictResolved).outcome == "holder_ended"


def test_protected_claims_that_are_left_contested_have_a_conflict_of_their_own() -> None:
    house = House().open()
    for id_, partner, product in (("r1", "A", "X"), ("r2", "B", "Y"), ("r3", "C", "Z")):
        house.submit(id_, partner, products=[product])
    house.correct("r1", products=["X", "Y", "Z"])
    house.correct("r3", products=["Y", "Z"])
    events = house.withdraw("r1", day=1)
    assert only(events, ConflictResolved).registration == "r1"
    assert only(events, ConflictDetected).contested


def test_a_product_that_left_the_catalogue_stays_in_its_line_for_the_claims_on_it() -> None:
    house = House().open({"same_deal": {"products": "same_line"}})
    house.submit("r1", "A", products=["X"])
    house.when(event(VendorConfigured, document={**DOCUMENT, "products": DOCUMENT["products"][1:]}))
    house.submit("r2", "B", products=["Y"])
    assert house.registration("r2").behind == ("r1",)
    house.when(event(VendorConfigured, document=DOCUMENT))
    assert house.vendor.retired == ()


def test_a_holder_that_moves_to_another_customer_frees_those_behind_it() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "B")
    house.amend("r1", customer={"tax_id": "204829999", "legal_name": "Delta Works"}, day=1)
    assert house.states("r1", "r2") == ["protected", "protected"]


def test_a_lookalike_that_turns_out_to_be_the_same_deal_keeps_the_claim_waiting() -> None:
    window: dict[str, Any] = {"close_window_days": 30}
    house = House().open({"same_deal": {**window, "name_only": "block"}, "required_fields": ["close_date"]})
    house.publish({"program": "teaming"})
    house.submit("r1", "A", program="teaming", customer=NAME_ALONE, close_date="2026-09-01")
    house.submit("r2", "B", customer={**NAME_ALONE, "domain": "nile.example"}, close_date="2026-03-01")
    assert house.registration("r2").lookalikes == ("r1",)
    house.amend("r1", close_date="2026-03-02")
    assert house.registration("r2").behind == ("r1",)
