"""Laws of the merge: the same patch sent again changes nothing, and an empty one changes nothing at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.amendment import amended
from shared.events.registration import Customer, Patch, RegistrationAmended, RegistrationSubmitted
from shared.events.sealed import Contact, Sealed

pytestmark = pytest.mark.property

words = st.text("abcdef", min_size=1, max_size=5)
maybe = st.none() | words
numbers = st.none() | st.integers(1, 600)
sealed = st.builds(Sealed, person=st.just("p1"), box=st.sampled_from(["YQ==", "Yg==", "Yw=="]))
contacts = st.builds(Contact, name=st.none() | sealed, email=st.none() | sealed, phone=st.none() | sealed)
claims = st.builds(
    RegistrationSubmitted,
    registration=st.just("reg_1"),
    program=st.just("p"),
    partner=st.just("a"),
    customer=st.builds(Customer, legal_name=words, city=maybe, tax_id=maybe, sector=maybe),
    products=st.lists(words, min_size=1, max_size=3).map(tuple),
    site=maybe,
    project=maybe,
    units=numbers,
    term_months=numbers,
    further_customers=st.none() | st.lists(words, min_size=1, max_size=2).map(tuple),
    contact=st.none() | contacts,
)
TEXTS = ("site", "project", "competitor", "external_id")
NUMBERS = ("units", "term_months")
TOP = (*TEXTS, *NUMBERS)


@st.composite
def amendments(draw: st.DrawFn) -> RegistrationAmended:
    sent = draw(st.sets(st.sampled_from((*TOP, "products", "customer", "contact"))))
    patch: dict[str, object] = {name: draw(numbers if name in NUMBERS else maybe) for name in TOP if name in sent}
    names = set(sent)
    if "products" in sent:
        patch["products"] = tuple(draw(st.lists(words, min_size=1, max_size=3)))
    if "customer" in sent:
        patch["customer"] = draw(st.dictionaries(st.sampled_from(("city", "tax_id", "sector")), maybe))
    if "contact" in sent:
        patch["contact"] = draw(st.none() | contacts)
        if patch["contact"] is not None:
            names |= {f"contact.{one}" for one in draw(st.sets(st.sampled_from(("name", "email", "phone"))))}
    return RegistrationAmended(
        registration="reg_1",
        expected_revision=1,
        patch=Patch.model_validate(patch),
        fields=tuple(sorted(names)),
    )


@given(claims, amendments())
def test_the_same_patch_twice_is_the_same_patch_once(claim: RegistrationSubmitted, event: RegistrationAmended) -> None:
    once = amended(claim, event)
    assert amended(once, event) == once


@given(claims, amendments())
def test_only_what_was_sent_changes(claim: RegistrationSubmitted, event: RegistrationAmended) -> None:
    heads = {name.partition(".")[0] for name in event.fields}
    after = amended(claim, event)
    for name in RegistrationSubmitted.model_fields:
        if name not in heads:
            assert getattr(after, name) == getattr(claim, name)
        elif name in TOP:
            assert getattr(after, name) == getattr(event.patch, name)


@given(claims)
def test_an_empty_patch_is_no_change(claim: RegistrationSubmitted) -> None:
    event = RegistrationAmended(registration="reg_1", expected_revision=1, patch=Patch(), fields=())
    assert amended(claim, event) == claim
