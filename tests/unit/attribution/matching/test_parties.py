"""Identifiers come before names; places and domains beside them."""

from __future__ import annotations

from typing import Any

import pytest

from services.attribution.domain.matching.domains import registrable
from services.attribution.domain.matching.identifiers import read_identifier
from services.attribution.domain.matching.parties import party_of, score_parties
from shared.events.registration import Customer

LEI, OTHER_LEI = "5493001KJTIIGC8Y1R12", "529900T8BM49AURSDO55"
DUNS = {"duns": "150483782"}
"""An identifier of one side alone: a domain is evidence beside it, and no identifier."""


@pytest.mark.parametrize(
    "kind, written, country, value, checked",
    [
        ("lei", LEI.lower(), None, LEI, True),
        ("lei", "5493001KJTIIGC8Y1R13", None, None, False),
        ("duns", "15-048-3782", None, "150483782", True),
        ("duns", "15-048-378", None, None, False),
        ("tax_id", "DE 136 695 976", "DE", "136695976", True),
        ("tax_id", "DE 136 695 970", "DE", None, False),
        ("company_id", "HRB 12345", "DE", "HRB12345", False),
        ("tax_id", "100-2345-6789-0003", "AE", "100234567890003", True),
        ("tax_id", "200234567890003", "AE", None, False),
        ("tax_id", "300055184400003", "SA", "300055184400003", True),
        ("tax_id", "300055184400004", "SA", None, False),
        ("company_id", "1010010813", "SA", "1010010813", True),
        ("tax_id", "5000012345", "QA", "5000012345", True),
        ("company_id", "48231", "KW", "48231", True),
        ("tax_id", "200012345600002", "BH", "200012345600002", True),
        ("tax_id", "OM1100012345", "OM", "1100012345", True),
        ("tax_id", "1100012345", "OM", "1100012345", True),
        ("tax_id", "2100012345", "OM", None, False),
        ("company_id", "200012345", "JO", "200012345", True),
        ("tax_id", "123456-601", "LB", "123456601", True),
        ("company_id", "LB 48231", "LB", "48231", True),
        ("tax_id", "A-98765-X", "ZZ", "A98765X", False),
        ("tax_id", "A-98765-X", None, "A98765X", False),
        ("tax_id", "abcdef", None, None, False),
        ("tax_id", "000000000", "DE", None, False),
        ("company_id", "123456789", None, None, False),
        ("tax_id", None, "DE", None, False),
        ("tax_id", "", None, None, False),
    ],
)
def test_identifiers_are_valid_by_check_digit_or_written_rule(
    kind: Any, written: str | None, country: str | None, value: str | None, checked: bool
) -> None:
    identifier = read_identifier(kind, written, country)
    assert (identifier.value if identifier else None) == value
    assert (identifier.checked if identifier else False) is checked


@pytest.mark.parametrize(
    "written, domain",
    [
        ("https://www.siemens.de/produkte?x=1", "siemens.de"),
        ("a.b.co.uk", "b.co.uk"),
        ("sales@acme.com.sa", "acme.com.sa"),
        ("info@gmail.com", None),
        ("acme.wixsite.com", None),
        ("acme.blogspot.com", None),
        ("co.uk", None),
        ("localhost", None),
        ("127.0.0.1", None),
        ("foo..bar", None),
        ("", None),
        ("бг.рф", "xn--90ae.xn--p1ai"),
    ],
)
def test_only_a_registered_domain_of_ones_own_counts(written: str, domain: str | None) -> None:
    assert registrable(written) == domain


def customer(legal_name: str, **known: str) -> Customer:
    return Customer(legal_name=legal_name, **known)


@pytest.mark.parametrize(
    "one, other, band, rule",
    [
        (customer("Acme", lei=LEI), customer("Nova", lei=LEI), "same", "identifier"),
        (customer("Acme", lei=LEI), customer("Acme", lei=OTHER_LEI), "clear", "identifier"),
        (
            customer("Acme", lei=LEI, duns="150483782"),
            customer("Acme", lei=LEI, duns="150483783"),
            "look",
            "contradiction",
        ),
        (customer("Acmeon", lei=LEI), customer("Acmeon", duns="150483782"), "same", "equal"),
        (
            customer("Acmeon", company_id="48231", country="KW"),
            customer("Acmeon", company_id="48231", country="BH"),
            "clear",
            "identifier",
        ),
        (customer("Acmeon", country="DE"), customer("Acmeon", country="DE", city="Bonn"), "same", "equal"),
        (customer("Acmeon", city="Köln"), customer("Acmeon", city="KOLN"), "same", "equal"),
        (customer("Acmeon", city="Bonn"), customer("Acmeon", city="Cairo"), "same", "equal"),
        (
            customer("Acmeon Labs", domain="acmeon.com", **DUNS),
            customer("Acmeon Labs Tools", domain="www.acmeon.com"),
            "same",
            "domain",
        ),
        (customer("Acmeon", domain="acmeon.com", **DUNS), customer("Novaris", domain="acmeon.com"), "look", "group"),
        (
            customer("Acmeon AG", domain="acmeon.com", **DUNS),
            customer("Acmeon SA", domain="acmeon.com"),
            "look",
            "forms",
        ),
        (customer("Acmeon", domain="acmeon.com"), customer("Acmeon", domain="acmeon.de"), "same", "equal"),
        (customer("Acmeon", domain="acmeon.com", **DUNS), customer("Acmeon", domain="novaris.de"), "look", "domains"),
        (customer("Acmeon", domain="acmeon.com", **DUNS), customer("Novaris", domain="novaris.de"), "clear", "nothing"),
        (customer("Acmeon", domain="gmail.com"), customer("Acmeon", domain="acmeon.de"), "same", "equal"),
        (customer("Acmeon", domain="acmeon.com"), customer("Novaris", domain="acmeon.com"), "same", "identifier"),
        (customer("Acmeon", domain="acmeon.com"), customer("Acmeon", domain="novaris.de"), "clear", "identifier"),
        (customer("Acmeon", country="DE"), customer("Novaris", country="FR"), "clear", "nothing"),
        (customer("Global Foods", country="DE"), customer("Global Foods", country="FR"), "clear", "countries"),
        (customer("Acmeon", country="DE"), customer("Acmeon Egypt", country="EG"), "look", "group"),
        (customer("Acmeon Oncology"), customer("Acmeon Services"), "look", "kin"),
        (
            customer("Acmeon Oncology", domain="acmeon.com", **DUNS),
            customer("Acmeon Services", domain="acmeon.com"),
            "look",
            "group",
        ),
        (
            customer("Acmeon Oncology", country="DE"),
            customer("Acmeon Services", country="EG"),
            "clear",
            "countries",
        ),
        (
            customer("Acmeon Labs Tools", subsidiary_of="Acmeon Labs"),
            customer("Acmeon Labs GmbH"),
            "look",
            "group",
        ),
        (customer("Acmeon", subsidiary_of="Novaris"), customer("Acmeon"), "same", "equal"),
    ],
)
def test_what_is_known_besides_the_name_counts(one: Customer, other: Customer, band: str, rule: str) -> None:
    for first, second in ((one, other), (other, one)):
        answer = score_parties(party_of(first), party_of(second))
        assert (answer.band, answer.rule) == (band, rule), answer


def test_a_domain_that_several_companies_share_makes_a_group() -> None:
    one = party_of(customer("Acmeon", domain="acmeon.com", **DUNS))
    other = party_of(customer("Acmeon", domain="acmeon.com"))
    assert score_parties(one, other, shared_domains=frozenset({"acmeon.com"})).band == "look"
    assert score_parties(one, other).band == "same"


def test_fields_say_what_was_compared() -> None:
    one = party_of(customer("Acmeon", country="DE", city="Bonn", domain="acmeon.com", **DUNS))
    other = party_of(customer("Acmeon", country="FR", city="Paris", domain="acmeon.com"))
    evidence = score_parties(one, other).evidence
    assert {("domain", "equal"), ("country", "differs"), ("city", "differs")} <= set(evidence)
