"""Matching: identifiers decide, names only where no kind of identifier is common to both."""

from __future__ import annotations

import pytest

from services.attribution.domain.matching.identity import compare, identity_of
from services.attribution.domain.matching.normal_form import normal_form
from shared.events.registration import Customer

LEI, OTHER_LEI = "5493001KJTIIGC8Y1R12", "529900T8BM49AURSDO55"


def customer(legal_name: str = "Nile Trading", **known: str) -> Customer:
    return Customer(legal_name=legal_name, **known)


@pytest.mark.parametrize(
    "one, other, answer, keys",
    [
        # an identifier of one kind is equal, and none of the same kind differs
        (customer(tax_id="204829305"), customer("Other", tax_id="204 829305"), "same", ("tax_id:204829305",)),
        (customer(duns="15-048-3782"), customer("Other", duns="150483782"), "same", ("duns:150483782",)),
        (customer(lei=LEI), customer("Other", lei=LEI.lower()), "same", (f"lei:{LEI}",)),
        (customer(company_id="HRB 12"), customer("Other", company_id="hrb12"), "same", ("company_id:HRB12",)),
        (customer(tax_id="204829305"), customer(tax_id="204829312"), "different", ()),
        # one is equal and another differs: a person decides
        (
            customer(tax_id="204829305", duns="150483782"),
            customer(tax_id="204829305", duns="987654328"),
            "look",
            ("tax_id:204829305",),
        ),
        (
            customer("Nile", tax_id="204829305", lei=LEI),
            customer("Delta", tax_id="204829305", lei=OTHER_LEI),
            "look",
            ("tax_id:204829305",),
        ),
        # national numbers repeat between countries, others do not
        (customer(tax_id="204829305", country="EG"), customer(tax_id="204829305", country="KW"), "different", ()),
        (customer(tax_id="204829305", country="EG"), customer(tax_id="204829305"), "same", ("tax_id:204829305",)),
        (
            customer(duns="150483782", country="EG"),
            customer(duns="150483782", country="SA"),
            "same",
            ("duns:150483782",),
        ),
        # a VAT number and a tax office's number are two numbers, and so are those of two countries for one company
        (
            customer(country="DE", tax_id="DE136695976"),
            customer(country="DE", tax_id="201/123/12340"),
            "look",
            ("name:nile trading",),
        ),
        (
            customer(country="SA", company_id="1010010813"),
            customer(country="SA", company_id="7001234567"),
            "look",
            ("name:nile trading",),
        ),
        (customer(tax_id="DE136695976"), customer(tax_id="FR40303265045"), "look", ("name:nile trading",)),
        # a domain counts where neither side has anything stronger
        (customer(domain="nile.eg"), customer("Other", domain="https://www.nile.eg/x"), "same", ("domain:nile.eg",)),
        (customer(domain="nile.eg"), customer("Other", domain="shop.nile.eg"), "same", ("domain:nile.eg",)),
        (customer(domain="nile.eg"), customer(domain="delta.eg"), "different", ()),
        (customer(domain="nile.eg"), customer(domain="nile.com"), "look", ("name:nile trading",)),
        (customer(domain="nile.eg", tax_id="204829305"), customer("Other", domain="nile.eg"), "different", ()),
        (customer(domain="nile.eg", tax_id="204829305"), customer(domain="nile.eg"), "look", ("name:nile trading",)),
        # names where no kind is common
        (customer(), customer("NILE Trading Co., Ltd."), "look", ("name:nile trading",)),
        (customer(tax_id="204829305"), customer(duns="150483782"), "look", ("name:nile trading",)),
        (customer(), customer("Delta"), "different", ()),
    ],
)
def test_customers_compare(one: Customer, other: Customer, answer: str, keys: tuple[str, ...]) -> None:
    for first, second in ((one, other), (other, one)):
        verdict = compare(identity_of(first), identity_of(second))
        assert (verdict.answer, verdict.keys) == (answer, keys)


@pytest.mark.parametrize(
    "known",
    [
        {"tax_id": "000000000"},
        {"tax_id": "12"},
        {"duns": "12345678"},
        {"duns": "12345678A"},
        {"lei": "5493001KJTIIGC8Y1R13"},
        {"domain": "gmail.com"},
        {"domain": "not a domain"},
    ],
)
def test_what_cannot_identify_anybody_is_left_out(known: dict[str, str]) -> None:
    identity = identity_of(customer(**known))
    assert not identity.identified
    assert identity.keys == ("name:nile trading",)


def test_a_customer_is_listed_under_all_that_it_is_known_by() -> None:
    identity = identity_of(customer(tax_id="204 829305", duns="150483782", domain="Nile.EG"))
    assert identity.keys == ("tax_id:204829305", "duns:150483782", "domain:nile.eg", "name:nile trading")


@pytest.mark.parametrize(
    "spelling",
    [
        "Müller & Söhne GmbH",
        "MULLER AND SOHNE",
        "Muller + Sohne, G.m.b.H.",
        "müller  &  söhne gmbh co. kg",
        "Mu\u0308ller & So\u0308hne",
    ],
)
def test_spellings_share_a_normal_form(spelling: str) -> None:
    assert normal_form(spelling) == "muller and sohne"


@pytest.mark.parametrize(
    "name, form",
    [
        ("Société Générale S.A.", "societe generale"),
        ("Inc", "inc"),
        ("Co. Ltd.", "co"),
        ("النيل للتجارة", "النيل للتجارة"),
        ("A_B", "a b"),
        ("!!!", "!!!"),
        ("\u0301", "\u0301"),
        ("Straße 7 AG", "strasse 7"),
    ],
)
def test_a_normal_form_is_never_empty(name: str, form: str) -> None:
    assert normal_form(name) == form
