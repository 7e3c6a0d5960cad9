"""A merge patch changes what was sent, removes what was sent as null, and leaves the rest."""

from __future__ import annotations

import pytest

from shared.events.amendment import AmendmentInvalid, amended
from shared.events.money import Money
from shared.events.registration import Customer, Patch, RegistrationAmended, RegistrationSubmitted
from shared.events.sealed import Contact, Sealed

pytestmark = pytest.mark.unit

NAME, PHONE = Sealed(person="p1", box="bmFtZQ=="), Sealed(person="p1", box="cGhvbmU=")
CLAIM = RegistrationSubmitted(
    registration="reg_1",
    program="dach",
    partner="acme",
    customer=Customer(legal_name="Globex GmbH", country="DE", tax_id="DE123"),
    products=("GTX Basic",),
    amount=Money.of(125_000, "EUR"),
    site="Hamburg",
    contact=Contact(name=NAME, phone=PHONE),
)


def amendment(*fields: str, **patch: object) -> RegistrationAmended:
    return RegistrationAmended(
        registration="reg_1",
        expected_revision=1,
        patch=Patch.model_validate(patch),
        fields=fields or tuple(patch),
    )


def test_a_sent_field_replaces_and_the_others_stay() -> None:
    after = amended(CLAIM, amendment(amount=Money.of(200_000, "EUR"), products=("GTX Pro", "MG Special")))
    assert after.amount == Money.of(200_000, "EUR")
    assert after.products == ("GTX Pro", "MG Special")
    assert after.model_copy(update={"amount": CLAIM.amount, "products": CLAIM.products}) == CLAIM


def test_a_field_sent_as_null_is_removed_and_an_unsent_one_is_not() -> None:
    after = amended(CLAIM, amendment("site"))
    assert after.site is None
    assert after.amount == CLAIM.amount


def test_the_customer_merges_field_by_field() -> None:
    after = amended(CLAIM, amendment(customer={"city": "Hamburg", "tax_id": None}))
    assert after.customer == Customer(legal_name="Globex GmbH", country="DE", city="Hamburg")


def test_the_contact_merges_and_a_dotted_name_removes_one_member() -> None:
    other = Sealed(person="p1", box="b3RoZXI=")
    assert amended(CLAIM, amendment(contact=Contact(name=other))).contact == Contact(name=other, phone=PHONE)
    assert amended(CLAIM, amendment("contact", "contact.phone", contact=Contact())).contact == Contact(name=NAME)
    assert amended(CLAIM, amendment("contact")).contact is None


def test_a_contact_whose_last_member_goes_is_gone() -> None:
    after = amended(CLAIM, amendment("contact.name", "contact.phone", contact=Contact()))
    assert after.contact is None


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(AmendmentInvalid) as caught:
        amended(
            CLAIM,
            amendment("products", "customer", customer={"legal_name": None, "planet": "Mars", "country": "d"}),
        )
    assert {(one.field, one.code) for one in caught.value.problems} == {
        ("products", "field.required"),
        ("customer.legal_name", "field.required"),
        ("customer.planet", "field.unknown"),
        ("customer.country", "field.invalid"),
    }


def test_the_customer_itself_cannot_be_removed() -> None:
    with pytest.raises(AmendmentInvalid) as caught:
        amended(CLAIM, amendment("customer"))
    assert caught.value.problems[0].field == "customer"
