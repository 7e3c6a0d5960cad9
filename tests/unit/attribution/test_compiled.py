"""A policy compiled once a version, from its text alone: what the vendor's document says is asked each time."""

from __future__ import annotations

from decimal import Decimal

from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.program import Program
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.rules.compiled import Required, compiled
from shared.events.registration import RegistrationRejected
from shared.events.vendor import VendorConfigured
from shared.policy.schema import Policy
from tests.unit.attribution.house import DOCUMENT, START, House, event, types
from tests.unit.attribution.shop import CAP, REBATE


def in_force(house: House) -> Policy:
    program = house.ledger.documents[Key("program", "hunting")]
    assert isinstance(program, Program)
    return WorkingSet({}, 0, START).policy_version(program, program.current)


def test_a_version_is_parsed_and_compiled_once() -> None:
    policy = {"required_fields": ["amount", "customer.tax_id | customer.duns"], "rewards": [{**REBATE, "cap": CAP}]}
    one = in_force(House().open(policy))
    assert in_force(House().open(policy)) is one
    assert compiled(one) is compiled(one)
    assert compiled(one).required == (
        Required("amount", (("amount", ""),)),
        Required("customer.tax_id | customer.duns", (("customer", "tax_id"), ("customer", "duns"))),
    )
    [reward] = one.rewards
    assert reward.percent is reward.percent == Decimal(10)
    assert reward.cap is not None
    assert reward.cap.money is reward.cap.money
    assert one.zone is one.zone


def test_the_order_of_tiers_is_the_vendor_document_s_of_the_moment() -> None:
    house = House().open({"eligibility": {"min_tier": "gold"}})
    assert any(isinstance(one, RegistrationRejected) for one in house.submit("r1", "A"))
    turned = {**DOCUMENT, "tiers": ["gold", "silver"]}  # silver is above gold from here on
    house.when(event(VendorConfigured, document=turned), day=1)
    assert "registration.approved" in types(house.submit("r2", "B", day=2))
