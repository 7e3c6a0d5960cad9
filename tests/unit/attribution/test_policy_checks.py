"""What a policy asks of one registration: its fields, its partner's standing, its gates."""

from __future__ import annotations

from typing import Any

import pytest

from shared.events.partner import PartnerChanged, PartnerEnrolled
from shared.events.registration import RegistrationHeld, RegistrationRejected
from shared.events.vendor import VendorConfigured
from tests.unit.attribution.house import DOCUMENT, House, event, only

LEAST = {"value": 100, "currency": "EUR"}


def money(amount: str, currency: str = "EUR") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def test_a_claim_lacking_fields_is_held_with_all_their_names_and_has_no_place_in_the_order() -> None:
    house = House().open(
        {"required_fields": ["customer.duns | customer.lei", "site", "contact", "evidence", "products"]}
    )
    held = only(house.submit("r1", "A"), RegistrationHeld)
    assert (held.reason, held.missing) == (
        "incomplete",
        ("customer.duns | customer.lei", "site", "contact", "evidence"),
    )
    assert house.state("r1") == "draft"
    assert house.listed("tax_id:204829305").registrations == ()


@pytest.mark.parametrize("identifier", [{"duns": "150483782"}, {"lei": "5493001KJTIIGC8Y1R12"}])
def test_any_of_alternative_fields_will_do(identifier: dict[str, str]) -> None:
    house = House().open({"required_fields": ["customer.duns | customer.lei"]})
    house.submit("r1", "A", customer=identifier)
    assert house.state("r1") == "protected"


@pytest.mark.parametrize(
    "eligibility, rule",
    [
        ({"partner_types": ["distributor"]}, "eligibility.partner_types"),
        ({"min_tier": "gold"}, "eligibility.min_tier"),
    ],
)
def test_a_partner_that_may_not_register_is_rejected_by_the_rule_that_says_so(
    eligibility: dict[str, Any], rule: str
) -> None:
    house = House().open({"eligibility": eligibility})
    rejected = only(house.submit("r1", "A"), RegistrationRejected)
    assert (rejected.code, rejected.policy) == (rule, "hunting/1")
    assert [(one.clause, one.outcome, one.code) for one in rejected.findings] == [(rule, "failed", rule)]


def test_partner_type_and_tier_that_suffice_pass() -> None:
    house = House().open({"eligibility": {"partner_types": ["reseller", "distributor"], "min_tier": "silver"}})
    house.submit("r1", "A")
    assert house.state("r1") == "protected"


def test_a_partner_without_tier_reaches_none() -> None:
    house = House().open({"eligibility": {"min_tier": "silver"}}, partners="")
    house.when(PartnerEnrolled(partner="A", name="A"))
    assert only(house.submit("r1", "A"), RegistrationRejected).code == "eligibility.min_tier"


def test_the_tier_is_the_one_at_complete_submission() -> None:
    house = House().open({"eligibility": {"min_tier": "gold"}, "required_fields": ["site"]})
    house.submit("r1", "A")
    house.when(event(PartnerChanged, partner="A", tier="gold"))
    house.amend("r1", site="Cairo")
    house.when(event(PartnerChanged, partner="A", tier="silver"))
    assert (house.state("r1"), house.registration("r1").tier) == ("protected", "gold")


def test_the_cap_counts_open_registrations_of_the_program_held_ones_included() -> None:
    house = House().open({"eligibility": {"max_open_registrations": 2}})
    house.submit("r0", "B")
    house.submit("r1", "A")
    house.submit("r2", "A", products=["Y"])
    rejected = only(house.submit("r3", "A", products=["Z"]), RegistrationRejected)
    assert house.states("r1", "r2") == ["waiting", "protected"]
    assert (rejected.code, rejected.findings[0].inputs) == (
        "eligibility.max_open_registrations",
        {"open": 3, "most": 2},
    )
    assert [(one.input, one.operator, one.value) for one in rejected.findings[0].needs] == [("open", "at_most", 2)]


def test_a_registration_that_ended_leaves_room_under_the_cap() -> None:
    house = House().open({"eligibility": {"max_open_registrations": 1}})
    house.submit("r1", "A")
    house.withdraw("r1")
    house.submit("r2", "A", products=["Y"])
    assert house.state("r2") == "protected"


def test_the_cap_is_that_of_each_program() -> None:
    house = House().open({"eligibility": {"max_open_registrations": 1}})
    house.publish({"program": "teaming", "eligibility": {"max_open_registrations": 1}})
    house.submit("r1", "A")
    house.submit("r2", "A", program="teaming")
    assert house.states("r1", "r2") == ["protected", "protected"]


def test_a_claim_within_the_cap_when_submitted_is_not_pushed_out_by_later_ones() -> None:
    house = House().open({"eligibility": {"max_open_registrations": 1}, "required_fields": ["site"]})
    house.submit("r0", "B", site="Cairo")
    house.submit("r1", "A", site="Cairo")
    house.submit("r2", "A", products=["Y"])  # incomplete, and counted
    house.amend("r1", project="phase two")
    assert house.states("r1", "r2") == ["waiting", "draft"]


@pytest.mark.parametrize("amount, state", [("99.99", "rejected"), ("100", "protected"), ("100.01", "protected")])
def test_the_gate_is_met_by_the_least_amount_itself(amount: str, state: str) -> None:
    house = House().open({"gates": {"min_amount": LEAST}, "required_fields": ["amount"]})
    house.submit("r1", "A", amount=money(amount))
    assert house.state("r1") == state


def test_a_gate_in_another_currency_is_left_to_a_person() -> None:
    house = House().open({"gates": {"min_amount": LEAST}, "required_fields": ["amount"]})
    held = only(house.submit("r1", "A", amount=money("5.00", "USD")), RegistrationHeld)
    assert held.reason == "review"
    decided = held.findings[-1]
    assert (decided.clause, decided.outcome, decided.code) == (
        "gates.min_amount",
        "person",
        "gates.min_amount.currency",
    )
    house.review("r1", "approve")
    assert house.state("r1") == "protected"


def test_a_policy_without_gates_asks_for_no_amount() -> None:
    house = House().open()
    house.submit("r1", "A", amount=money("0.01"))
    assert house.state("r1") == "protected"


def test_a_vendor_document_may_not_drop_what_an_older_version_of_a_policy_still_decides_by() -> None:
    house = House().open({"eligibility": {"min_tier": "gold"}, "calendar": "DE", "conflict": {"waiter_confirm": "5bd"}})
    house.publish({"version": 2})
    lacking: tuple[dict[str, Any], ...] = ({"tiers": ["silver"]}, {"calendars": {}})
    for missing in lacking:
        house.when(event(VendorConfigured, document={**DOCUMENT, **missing}))
        assert house.entries[-1].event.type == "fact.refused"
