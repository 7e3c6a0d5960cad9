"""Laws of identity: a function of the fields alone, symmetric, blind to spelling, the same for every reader."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.attribution.domain.documents.registration import Deal
from services.attribution.domain.matching.domains import LONGEST as LONGEST_DOMAIN
from services.attribution.domain.matching.domains import registrable
from services.attribution.domain.matching.groups import listed_under
from services.attribution.domain.matching.identifiers import KINDS, LONGEST, read_identifier
from services.attribution.domain.matching.identity import by_identifiers, identity_of
from services.attribution.domain.matching.parties import party_of, score_parties
from services.attribution.domain.rules.same_deal import same_customer_of
from shared.events.registration import Customer
from shared.values.identifiers import parse_company_number
from shared.values.refusal import BadValue
from shared.values.text import parse_domain, parse_line

NUMBERS = (
    ("DE", "DE136695976"), ("CH", "CHE116281710"), ("NO", "995525828"), ("GR", "EL094259216"), ("GB", "GB980780684"),
    ("NL", "NL004495445B01"), ("FR", "FR40303265045"), ("IN", "27AAPFU0939F1ZV"), ("SA", "300055184400003"),
    ("AE", "100234567890003"), ("OM", "OM1100012345"), ("EG", "204829305"), ("US", "042103594"), ("AT", "ATU13585627"),
)  # fmt: skip
DIGITS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９", "०१२३४५६७८९")
MARKS = st.text(st.sampled_from(" .-/_:\u00a0\u2009\u200b\u200e–'()"), max_size=2)
TAX_IDS = (
    "DE136695976", "136 695 976", "DE136695970", "DE123475223", "CHE-116.281.710 MWST", "116281710", "204829305",
    "204-829-312", "unknown", "000000000", "27AAPFU0939F1ZV", "AAPFU0939F", "4711-A",
)  # fmt: skip
NAMES = ("Aardvark Bar", "AARDVARK BAR GmbH", "Zebra Works", "Zebra Works Egypt", "TBD", "شركة النيل للتجارة")
customers = st.builds(
    Customer,
    legal_name=st.sampled_from(NAMES),
    country=st.sampled_from([None, "DE", "CH", "EG", "IN"]),
    tax_id=st.sampled_from([None, None, *TAX_IDS]),
    company_id=st.sampled_from([None, None, None, "HRB 86891", "hrb86891", "HRB 86892", "n/a"]),
    duns=st.sampled_from([None, None, None, "15-048-3782", "150483782", "987654328", "123456789"]),
    lei=st.sampled_from([None, None, None, "5493001KJTIIGC8Y1R12", "529900T8BM49AURSDO55", "5493001KJTIIGC8Y1R13"]),
    domain=st.sampled_from(
        [None, None, "aardvark.com", "https://www.aardvark.com/x", "aardvark.de", "zebra.example", "gmx.net", "co.uk"]
    ),
    subsidiary_of=st.sampled_from([None, None, None, "Aardvark Holding", "Zebra Works"]),
)
_shown = st.characters(exclude_categories=["Cc", "Cs", "Cf"])


def _kept(parse: Callable[[str], str], text: str) -> bool:
    """Whether the edge takes the text."""
    try:
        return parse(text) == text
    except BadValue:
        return False


anything: dict[str, Any] = {
    "legal_name": st.text(_shown, min_size=1, max_size=60).filter(partial(_kept, parse_line)),
    "country": st.none() | st.from_regex("[A-Z]{2}", fullmatch=True),
    "domain": st.none() | st.text(_shown, min_size=3, max_size=60).filter(partial(_kept, parse_domain)),
}
written = st.none() | st.text(_shown, min_size=1, max_size=40).filter(partial(_kept, parse_company_number))


def deal(customer: Customer) -> Deal:
    return Deal(identity_of(customer), (), None, customer)


@given(st.sampled_from(NUMBERS), st.data())
@settings(max_examples=400)
def test_spaces_marks_case_and_digits_of_any_script_change_nothing(
    number: tuple[str, str], data: st.DataObject
) -> None:
    country, plain = number
    digits = data.draw(st.sampled_from(DIGITS))
    spelled = "".join(
        data.draw(MARKS) + (digits[int(sign)] if sign.isdigit() else data.draw(st.sampled_from([sign, sign.lower()])))
        for sign in plain
    )
    read = read_identifier("tax_id", spelled + data.draw(MARKS), country)
    assert read == read_identifier("tax_id", plain, country)
    assert read is not None
    assert read_identifier("tax_id", read.value, country) == read


@given(st.builds(Customer, **anything, **dict.fromkeys(KINDS, written)))
@settings(max_examples=400)
def test_whatever_is_written_keys_are_bounded_and_reading_them_again_changes_nothing(customer: Customer) -> None:
    identity = identity_of(customer)
    assert identity == identity_of.__wrapped__(customer)
    assert identity.keys == tuple(dict.fromkeys(listed_under(customer)))
    for one in identity.identifiers:
        assert 1 <= len(one.value) <= LONGEST
        assert one.value.isascii()
        assert one.value.isalnum()
        if not one.checked:
            assert read_identifier(one.kind, one.value, one.country) in (one, None)
    if identity.domain is not None:
        assert len(identity.domain) <= LONGEST_DOMAIN
        assert registrable(identity.domain) == identity.domain
    said = by_identifiers(identity, identity)
    assert (said is None) == (not identity.identified)
    assert said is None or said.answer == "same"


@given(customers, customers)
@settings(max_examples=1_500)
def test_the_decider_and_the_command_agree_whichever_way_round(one: Customer, other: Customer) -> None:
    verdict, answer = same_customer_of(deal(one), deal(other)), score_parties(party_of(one), party_of(other))
    back = same_customer_of(deal(other), deal(one))
    assert (verdict.answer, verdict.contradiction) == (back.answer, back.contradiction)
    assert (verdict.answer == "same") == (answer.rule == "identifier" and answer.band == "same")
    assert verdict.contradiction == (answer.rule == "contradiction")
    if answer.rule == "identifier" and answer.band == "clear":
        assert verdict.answer == "different"
    if verdict.answer == "look" and answer.band == "clear":
        # One name in two countries is a question for people, however common it is.
        assert identity_of(one).name == identity_of(other).name
    if verdict.answer == "same":
        assert set(identity_of(one).keys) & set(identity_of(other).keys)


@given(customers, customers)
@settings(max_examples=300)
def test_two_companies_with_nothing_but_placeholders_are_never_one(one: Customer, other: Customer) -> None:
    nothing = {"tax_id": "unknown", "company_id": "n/a", "duns": "000000000", "lei": "-", "domain": "gmail.com"}
    bare = (each.model_copy(update=nothing) for each in (one, other))
    assert same_customer_of(*map(deal, bare)).answer != "same"
