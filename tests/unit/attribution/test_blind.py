"""Blind check: what is answered of a deal that nobody submitted, and that nothing is written for it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from services.attribution.domain.documents.derived import replace
from services.attribution.domain.documents.keys import THE_VENDOR, Key
from services.attribution.domain.documents.name_index import compared
from services.attribution.domain.documents.working_set import FactRejected, NeedsDocuments, WorkingSet
from services.attribution.domain.handlers.blind import (
    CLEAR,
    CONFLICT,
    IDENTIFIERS,
    SUPPOSED,
    CheckAnswer,
    find,
    identifiers_of,
)
from services.attribution.domain.handlers.deals import CANDIDATE_LIMIT
from services.attribution.scenarios.engine import Documents
from shared.events.registration import Customer, RegistrationSubmitted
from shared.events.vendor import VendorCreated
from tests.unit.attribution.house import START, House

EVERYTHING = tuple(f"customer.{kind}" for kind in IDENTIFIERS)
NILE = {"legal_name": "Nile Trading", "country": "EG", "tax_id": "204829305"}
TAX_ID, DUNS, LEI = {"tax_id": "204829305"}, {"duns": "150483782"}, {"lei": "7LTWFZYICNSX8D621K86"}


def asked(partner: str = "B", customer: dict[str, Any] | None = None, **more: Any) -> RegistrationSubmitted:
    claim = {"registration": SUPPOSED, "program": "hunting", "partner": partner, "products": ["X"], **more}
    return RegistrationSubmitted.model_validate_json(orjson.dumps({**claim, "customer": customer or NILE}))


def outcome(
    house: House, question: RegistrationSubmitted, *, live: bool = True
) -> CheckAnswer | tuple[FactRejected, ...]:
    """What is found, once the vendor's history is told; its state and journal stay as they were."""
    documents, head = Documents(house.ledger.documents), house.ledger.head
    if live and house.ledger.documents.get(THE_VENDOR):
        documents[THE_VENDOR] = replace(house.vendor, mode="live")
    working_set = WorkingSet(documents, head.seq if head else 0, head.clock if head else START)
    found = find(working_set, question)
    assert (working_set.changes, working_set.lines) == ({}, [])
    return found


def answer(house: House, **question: Any) -> tuple[str, tuple[str, ...]]:
    found = outcome(house, asked(**question))
    assert isinstance(found, CheckAnswer), found
    return found.answer, found.settles


def test_the_partners_own_claim_is_named_and_no_rivals_is() -> None:
    house = held()
    mine = outcome(house, asked(partner="A"))
    assert isinstance(mine, CheckAnswer)
    own = mine.own
    assert (mine.answer, house.find(str(own)).partner) == ("clear", "A")
    # nor is it where it would be no duplicate: for another product, for somebody else, under another program
    others = (asked(partner="B"), asked(partner="A", products=["Y"]))
    assert [one.own for one in (outcome(house, other) for other in others) if isinstance(one, CheckAnswer)] == [
        None
    ] * 2


def held(customer: dict[str, Any] | None = None, *, policy: dict[str, Any] | None = None, **claim: Any) -> House:
    """A holds a deal of product X at Nile Trading, unless told otherwise."""
    house = House().open(policy or {})
    house.submit("r1", "A", customer=customer or {}, **claim)
    return house


def nile(**identifiers: str) -> dict[str, Any]:
    return {"legal_name": "Nile Trading", "country": "EG", **identifiers}


# what is answered


def test_nothing_is_claimed() -> None:
    assert outcome(House().open(), asked()) == CLEAR


def test_a_rival_holds_the_same_deal() -> None:
    assert outcome(held(), asked()) == CONFLICT


def test_the_partners_own_claim_is_no_conflict() -> None:
    assert answer(held(), partner="A") == ("clear", ())


def test_another_identifier_of_the_same_kind_is_another_customer() -> None:
    assert answer(held(), customer=nile(tax_id="204829456")) == ("clear", ())


def test_another_spelling_with_the_same_identifier_is_the_same_customer() -> None:
    arabic = {"legal_name": "النيل للتجارة", "tax_id": "204-829-305"}
    assert answer(held(), customer=arabic) == ("likely_conflict", ())


def test_a_rival_that_is_not_protected_counts_too() -> None:
    house = held()
    house.submit("r2", "C")
    assert house.state("r2") == "waiting"
    assert answer(house, partner="A") == ("likely_conflict", ())
    house = held(policy={"review": {"auto_approve_if": "never"}})
    assert house.state("r1") == "in_review"
    assert answer(house) == ("likely_conflict", ())


def test_a_suspended_rivals_protection_counts() -> None:
    house = held()
    house.suspend("A")
    assert answer(house) == ("likely_conflict", ())


def test_a_claim_that_has_ended_does_not_count() -> None:
    house = held()
    house.withdraw("r1")
    assert answer(house) == ("clear", ())


# under which policy


@pytest.mark.parametrize(
    "rule, products, found",
    [
        ("overlap", ["Y"], "clear"),
        ("overlap", ["Y", "x-one"], "likely_conflict"),
        ("same_line", ["Y"], "likely_conflict"),
        ("same_line", ["Z"], "clear"),
        ("any", ["Z"], "likely_conflict"),
    ],
)
def test_products_meet_as_the_policy_says(rule: str, products: list[str], found: str) -> None:
    assert answer(held(policy={"same_deal": {"products": rule}}), products=products)[0] == found


@pytest.mark.parametrize(
    "close_date, found", [("2026-06-01", "likely_conflict"), ("2026-09-01", "clear"), (None, "likely_conflict")]
)
def test_close_dates_are_compared_where_the_policy_has_a_window(close_date: str | None, found: str) -> None:
    house = held(
        policy={"required_fields": ["close_date"], "same_deal": {"close_window_days": 30}}, close_date="2026-05-15"
    )
    assert answer(house, close_date=close_date)[0] == found


def test_the_policy_in_force_decides_and_not_the_one_that_the_rival_pinned() -> None:
    house = held()
    house.publish({"version": 2, "same_deal": {"products": "same_line"}}, day=1)
    assert answer(house, products=["Y"]) == ("likely_conflict", ())


def test_a_rival_in_another_program_counts_by_either_policy() -> None:
    house = held(policy={"same_deal": {"products": "same_line"}})
    house.publish({"program": "teaming"})
    assert answer(house, program="teaming", products=["Y"]) == ("likely_conflict", ())


# names


def test_a_name_alone_is_never_looked_for() -> None:
    for house in (House().open(), held()):
        assert answer(house, customer=nile()) == ("needs_identifier", EVERYTHING)


@pytest.mark.parametrize(
    "worthless", [{"tax_id": "0000000"}, {"duns": "12"}, {"lei": "7LTWFZYICNSX8D621K87"}, {"domain": "gmail.com"}]
)
def test_an_identifier_that_cannot_be_one_is_none(worthless: dict[str, str]) -> None:
    assert answer(held(), customer=nile(**worthless)) == ("needs_identifier", EVERYTHING)


def test_identifiers_that_contradict_each_other_are_for_a_person() -> None:
    customer = {"legal_name": "Delta Works", "country": "EG", **TAX_ID, "duns": "987654328"}
    assert answer(held({**DUNS, **LEI}), customer=customer) == ("likely_conflict", ())


def test_a_domain_of_its_own_is_an_identifier() -> None:
    house = held({"tax_id": None, "domain": "nile.example"})
    assert answer(house, customer=nile(domain="https://nile.example/")) == ("likely_conflict", ())
    assert answer(house, customer=nile(domain="delta.example")) == ("clear", ())


@pytest.mark.parametrize("name, band", [("NILE TRADING", "same"), ("Nile Trading Holding", "look")])
def test_where_names_are_alike_the_kinds_that_would_settle_it_are_named(name: str, band: str) -> None:
    house = held({**TAX_ID, **LEI})
    customer = {"legal_name": name, "country": "EG", **DUNS}
    assert compared(Customer(**customer), Customer(**NILE)).band == band  # type: ignore[arg-type]
    assert answer(house, customer=customer) == ("needs_identifier", ("customer.tax_id", "customer.lei"))


def test_a_name_that_is_on_file_brings_the_names_like_it_along() -> None:
    house = held()
    holding = {"legal_name": "Nile Trading Holding", "country": "EG", "tax_id": None, **DUNS}
    house.submit("r2", "C", customer=holding)
    assert answer(house, customer={**holding, "tax_id": None}) == ("likely_conflict", ())
    house.withdraw("r2")
    del holding["tax_id"]
    assert answer(house, customer=holding) == ("needs_identifier", ("customer.tax_id",))


def test_a_name_that_is_not_alike_is_clear() -> None:
    assert answer(held(), customer={"legal_name": "Delta Cement", **DUNS}) == ("clear", ())


def test_where_no_identifier_would_settle_it_a_person_would_decide() -> None:
    assert answer(held({"tax_id": None}), customer=nile(**DUNS)) == ("likely_conflict", ())


def test_one_alike_rival_that_nothing_settles_is_enough() -> None:
    house = held()
    house.submit("r2", "C", customer={"tax_id": None}, products=["X", "Y"])
    assert answer(house, customer=nile(**DUNS)) == ("likely_conflict", ())


def test_a_name_that_blocks_by_the_policy_is_the_same_deal() -> None:
    house = held(policy={"same_deal": {"name_only": "block"}})
    assert answer(house, customer=nile(**DUNS)) == ("likely_conflict", ())


def test_what_a_person_said_of_the_two_customers_goes_first() -> None:
    house = held()
    house.submit("r2", "B", customer={"tax_id": None, **DUNS})
    house.match("r2", "r1", same=False)
    house.withdraw("r2")
    assert answer(house, customer=nile(**DUNS)) == ("clear", ())


def test_more_claims_than_are_compared_are_a_conflict() -> None:
    house = House().open({"same_deal": {"products": "any"}})
    for number in range(CANDIDATE_LIMIT + 1):
        house.submit(f"r{number}", "A", customer={"tax_id": str(2300 + number)})
    assert answer(house, customer=nile(tax_id="204829998")) == ("likely_conflict", ())


# what is refused


def refused(house: House, **question: Any) -> list[tuple[str, int, str]]:
    found = outcome(house, asked(**question))
    assert isinstance(found, tuple), found
    return [(one.code, one.status, one.field) for one in found]


def test_a_suspended_partner_is_refused() -> None:
    house = held()
    house.suspend("B")
    assert refused(house) == [("partner.suspended", 403, "")]


def test_everything_that_is_unknown_is_named_at_once() -> None:
    assert refused(held(), partner="nobody", program="nowhere", products=["X", "Q", "R"]) == [
        ("partner.unknown", 422, "partner"),
        ("program.unknown", 422, "program"),
        ("product.unknown", 422, "products.1"),
        ("product.unknown", 422, "products.2"),
    ]


def test_a_program_that_is_not_open_yet_is_unknown() -> None:
    house = House().open()
    house.publish({"program": "later", "effective_from": "2026-03-01"})
    assert refused(house, program="later") == [("program.unknown", 422, "program")]


def test_without_a_vendor_there_is_nothing_to_ask() -> None:
    assert refused(House()) == [("vendor.unknown", 404, "")]


def test_a_vendor_that_imports_its_history_does_not_answer() -> None:
    house = House()
    house.when(VendorCreated(name="Acme", mode="importing"))
    (reason,) = outcome(house, asked(), live=False)  # type: ignore[misc]
    assert (reason.code, reason.status) == ("vendor.importing", 409)


def test_what_is_not_loaded_is_asked_for() -> None:
    with pytest.raises(NeedsDocuments) as caught:
        find(WorkingSet({}, 0, START), asked())
    assert caught.value.keys == (Key("vendor", ""),)


def test_the_kinds_of_identifiers_that_count_are_told() -> None:
    known = Customer(legal_name="Nile", tax_id="000", company_id="HRB 12", domain="nile.example", **DUNS)
    assert identifiers_of(known) == ("company_id", "duns", "domain")
