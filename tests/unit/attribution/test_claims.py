"""What partners do with their claims: submit, amend, withdraw, add evidence."""

from __future__ import annotations

from typing import Any

import pytest

from services.attribution.domain.documents.keys import Key
from services.attribution.domain.handlers.claims import MAX_EVIDENCE
from shared.events.base import Event
from shared.events.registration import (
    RegistrationAmended,
    RegistrationCompleted,
    RegistrationRecognised,
    RegistrationRejected,
    RegistrationSubmitted,
)
from shared.events.vendor import FactRefused, VendorConfigured
from tests.unit.attribution.house import DOCUMENT, House, event, only, types


def refused(events: list[Event]) -> tuple[int, str, str]:
    """Status, code and field of the refusal, which is all that the fact led to."""
    refusal = only(events, FactRefused)
    assert types(events) == ["fact.refused"]
    return refusal.status, refusal.code, refusal.errors[0].field


def test_a_complete_claim_that_nobody_disputes_is_protected_at_once() -> None:
    house = House().open()
    assert types(house.submit("r1", "A")) == [
        "registration.submitted",
        "registration.completed",
        "registration.approved",
    ]
    assert house.registration("r1").revision == 1


def test_products_are_those_of_the_catalogue_each_once() -> None:
    house = House().open()
    completed = only(house.submit("r1", "A", products=["x-one", "Y", "X"]), RegistrationCompleted)
    assert completed.products == ("X", "Y")
    assert house.registration("r1").claim.products == ("x-one", "Y", "X")


@pytest.mark.parametrize(
    "claim, answer",
    [
        ({"partner": "nobody"}, (422, "partner.unknown", "partner")),
        ({"program": "nothing"}, (422, "program.unknown", "program")),
        ({"products": ["X", "W"]}, (422, "product.unknown", "products.1")),
    ],
)
def test_a_claim_that_names_what_is_not_there_is_refused(claim: dict[str, Any], answer: tuple[int, str, str]) -> None:
    house = House().open()
    assert refused(house.submit("r1", **{"partner": "A", **claim})) == answer
    assert house.find("r1") is None


def test_a_program_whose_first_day_is_still_to_come_is_not_open() -> None:
    house = House().open({"effective_from": "2026-01-10"})
    assert refused(house.submit("r1", "A")) == (422, "program.unknown", "program")
    house.submit("r2", "A", day=9)
    assert house.state("r2") == "protected"


def test_a_suspended_partner_registers_and_changes_nothing() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.suspend("A")
    answer = (403, "partner.suspended", "")
    assert refused(house.submit("r2", "A", products=["Y"])) == answer
    assert refused(house.amend("r1", site="Cairo")) == answer
    assert refused(house.evidence("r1")) == answer
    assert refused(house.extend("r1")) == answer
    assert refused(house.confirm("r1")) == answer


def test_a_suspended_partner_may_withdraw() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.suspend("A")
    house.withdraw("r1")
    assert house.state("r1") == "released"


def test_a_registration_is_submitted_once() -> None:
    house = House().open()
    house.submit("r1", "A")
    assert refused(house.submit("r1", "A", products=["Y"])) == (409, "registration.exists", "")


def test_a_credential_speaks_for_its_own_partner_alone() -> None:
    house = House().open()
    claim = {"registration": "r1", "program": "hunting", "partner": "A", "products": ["X"]}
    fact = event(RegistrationSubmitted, customer={"legal_name": "Nile"}, **claim)
    assert refused(house.when(fact, partner="B")) == (403, "partner.unknown", "partner")


def test_another_partners_registration_is_as_unknown_as_none() -> None:
    house = House().open()
    house.submit("r1", "A")
    for id_ in ("r1", "r9"):
        fact = {"registration": id_, "expected_revision": 1, "patch": {"site": "Cairo"}, "fields": ["site"]}
        assert refused(house.when(event(RegistrationAmended, **fact), partner="B")) == (404, "registration.unknown", "")


def test_an_amendment_must_rest_on_the_newest_revision() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.evidence("r1")
    assert refused(house.amend("r1", revision=1, site="Cairo")) == (412, "revision.mismatch", "If-Match")
    house.amend("r1", revision=2, site="Cairo")
    assert (house.registration("r1").revision, house.registration("r1").claim.site) == (3, "Cairo")


@pytest.mark.parametrize(
    "patch, answer",
    [
        ({"products": ["W"]}, (422, "product.unknown", "products.0")),
        ({"products": None}, (422, "field.required", "products")),
        ({"customer": {"legal_name": None}}, (422, "field.required", "customer.legal_name")),
        ({"customer": {"planet": "Mars"}}, (422, "field.unknown", "customer.planet")),
        ({"site": None}, (422, "field.required", "site")),
    ],
)
def test_an_amendment_that_leaves_no_valid_claim_is_refused(
    patch: dict[str, Any], answer: tuple[int, str, str]
) -> None:
    house = House().open({"required_fields": ["site"]})
    house.submit("r1", "A", site="Cairo")
    assert refused(house.amend("r1", **patch)) == answer


def test_what_a_deal_is_not_recognised_by_changes_without_losing_its_place() -> None:
    house = House().open()
    house.submit("r1", "A")
    before = house.registration("r1").order
    events = house.amend("r1", site="Cairo", customer={"sector": "retail"})
    assert types(events) == ["registration.amended"]
    assert house.registration("r1").order == before


@pytest.mark.parametrize(
    "patch",
    [
        {"products": ["X", "Y"]},
        {"close_date": "2026-05-01"},
        {"customer": {"tax_id": "204829999"}},
        {"customer": {"country": "SA"}},
    ],
)
def test_what_a_deal_is_recognised_by_changes_at_the_cost_of_its_place(patch: dict[str, Any]) -> None:
    house = House().open()
    house.submit("r0", "B")
    house.submit("r1", "A")
    house.submit("r2", "C")
    only(house.amend("r1", **patch), RegistrationRecognised)
    assert house.registration("r1").order > house.registration("r2").order


def test_another_spelling_of_its_identifiers_costs_no_place() -> None:
    house = House().open()
    house.submit("r1", "A", customer={"domain": "nile.example"})
    before = house.registration("r1").order
    house.amend("r1", customer={"tax_id": "EG 204-829-305", "domain": "https://www.nile.example/contact"})
    claim = house.registration("r1")
    assert (claim.order, claim.claim.customer.tax_id) == (before, "EG 204-829-305")


def test_an_amendment_that_does_not_speak_of_products_leaves_them_as_they_were_recognised() -> None:
    house = House().open()
    house.submit("r1", "A")
    renamed = [{"product": "X2", "line": "hardware", "aliases": ["X"]}]
    house.when(event(VendorConfigured, document={**DOCUMENT, "products": renamed}))
    assert types(house.amend("r1", site="Cairo")) == ["registration.amended"]
    house.when(event(VendorConfigured, document={**DOCUMENT, "products": []}))
    assert types(house.amend("r1", site="Giza")) == ["registration.amended"]


@pytest.mark.parametrize("end", ["withdraw", "reject"])
def test_a_registration_that_ended_is_not_open(end: str) -> None:
    house = House().open({"review": {"auto_approve_if": "never"}})
    house.submit("r1", "A")
    _ = house.withdraw("r1") if end == "withdraw" else house.review("r1", "reject")
    answer = (409, "registration.not_open", "")
    assert refused(house.amend("r1", site="Cairo")) == answer
    assert refused(house.withdraw("r1")) == answer
    assert refused(house.evidence("r1")) == answer


def test_an_amendment_completes_a_claim_which_counts_from_then() -> None:
    house = House().open({"required_fields": ["site"]})
    house.submit("r1", "A")
    house.submit("r2", "B", site="Cairo", day=1)
    house.amend("r1", site="Cairo", day=2)
    assert house.states("r1", "r2") == ["waiting", "protected"]
    assert house.registration("r1").behind == ("r2",)


def test_an_amendment_that_completes_nothing_leaves_the_claim_incomplete() -> None:
    house = House().open({"required_fields": ["site", "competitor"]})
    house.submit("r1", "A")
    house.amend("r1", site="Cairo")
    assert house.state("r1") == "draft"


def test_evidence_completes_a_claim_that_lacked_it() -> None:
    house = House().open({"required_fields": ["evidence"]})
    house.submit("r1", "A")
    house.evidence("r1", day=1)
    assert house.state("r1") == "protected"


def test_evidence_for_a_claim_on_a_product_that_left_the_catalogue_is_refused_whole() -> None:
    house = House().open({"required_fields": ["evidence"]})
    house.submit("r1", "A")
    house.when(event(VendorConfigured, document={**DOCUMENT, "products": []}))
    assert refused(house.evidence("r1")) == (422, "product.unknown", "products.0")
    assert house.registration("r1").claim.evidence == ()
    assert house.registration("r1").revision == 1


def test_a_registration_takes_as_much_evidence_as_a_submission_may_bring() -> None:
    house = House().open()
    house.submit("r1", "A")
    for _ in range(MAX_EVIDENCE):
        house.evidence("r1")
    assert refused(house.evidence("r1")) == (422, "evidence.too_many", "evidence")
    claim = house.registration("r1").claim
    assert RegistrationSubmitted.model_validate_json(claim.model_dump_json()) == claim


def test_a_protected_claim_that_is_withdrawn_is_released() -> None:
    house = House().open()
    house.submit("r1", "A")
    assert types(house.withdraw("r1")) == ["registration.withdrawn", "protection.released"]
    assert house.state("r1") == "released"


def test_a_waiting_claim_that_is_withdrawn_leaves_the_queue_and_ends_its_conflict() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "B")
    assert types(house.withdraw("r2")) == ["registration.withdrawn", "conflict.resolved"]
    house.wait_until(100)
    assert house.states("r1", "r2") == ["expired", "withdrawn"]


def test_an_incomplete_claim_can_be_withdrawn() -> None:
    house = House().open({"required_fields": ["site"]})
    house.submit("r1", "A")
    assert types(house.withdraw("r1")) == ["registration.withdrawn"]
    assert house.partner("A").open == ()


def test_the_partners_own_duplicate_is_rejected_with_a_link_and_refreshes_no_clock() -> None:
    house = House().open()
    house.submit("r1", "A")
    before = house.registration("r1")
    rejected = only(house.submit("r2", "A", day=5), RegistrationRejected)
    assert (rejected.code, rejected.original) == ("duplicate_of_own", "r1")
    assert house.registration("r1") == before
    assert Key("registration", "r2") in house.ledger.documents


def test_a_waiting_claim_of_its_own_makes_a_duplicate_too() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "B")
    assert only(house.submit("r3", "B"), RegistrationRejected).original == "r2"


def test_the_same_deal_in_another_program_is_no_duplicate() -> None:
    house = House().open()
    house.publish({"program": "teaming"})
    house.submit("r1", "A")
    house.submit("r2", "A", program="teaming")
    assert house.states("r1", "r2") == ["protected", "protected"]


def test_a_claim_whose_turn_comes_is_a_duplicate_where_the_partner_holds_the_deal_by_another() -> None:
    house = House().open()
    house.submit("r1", "A", products=["X"])
    house.submit("r2", "B", products=["X"])
    house.submit("r3", "B", products=["Y"])
    house.correct("r3", products=["X", "Y"], day=1)
    house.withdraw("r1", day=2)
    assert house.states("r2", "r3") == ["rejected", "protected"]
    assert house.registration("r2").original == "r3"
