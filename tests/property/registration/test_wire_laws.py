"""Laws of the wire: what validates becomes an event that the log reads back; what does not is refused by code."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.registration.intake.kinds import AMEND, KINDS, SUBMIT, MessageKind
from services.registration.intake.messages.message import Context
from services.registration.intake.submission import Sent, Submissions
from shared.credentials import SCOPES, Caller
from shared.errors import DealregError
from shared.events.amendment import AmendmentInvalid, amended
from shared.events.codec import decode_fact, encode_fact
from shared.events.envelope import Fact
from shared.events.money import Money, exponent_of
from shared.events.registration import MOST_MONTHS, MOST_UNITS, RegistrationAmended, RegistrationSubmitted
from shared.events.sealed import Sealed
from shared.http.field_problems import field_problems
from shared.http.wire.json_body import canonical, read_json
from shared.persons import MasterKey

CONTROLS = [*map(chr, range(32)), *map(chr, range(127, 160)), *map(chr, range(0x202A, 0x202F)), "\u2066", "\u2069"]
CALLER = Caller("acme", "key:x", None, frozenset(SCOPES), "x")
CONTEXT = Context("acme", None, "f" * 32, "reg_a", 1)
SUBMISSIONS = Submissions(MasterKey(b"0123456789abcdef0123456789abcdef"))

line = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters=CONTROLS), min_size=1, max_size=40
).filter(lambda text: text == text.strip())
identity = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._:-]{0,20}\Z")
currency = st.sampled_from(["EUR", "USD", "JPY", "KWD", "CLP"])
day = st.dates(date(2000, 1, 1), date(2099, 12, 31)).map(str)


@st.composite
def money(draw: st.DrawFn) -> dict[str, str]:
    code = draw(currency)
    places = draw(st.integers(0, exponent_of(code) or 0))
    whole = str(draw(st.integers(0, 10**12)))
    fraction = draw(st.text(string.digits, min_size=places, max_size=places))
    return {"amount": f"{whole}.{fraction}" if fraction else whole, "currency": code}


def optional(**fields: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    return fields


CUSTOMER = optional(country=st.from_regex(r"\A[A-Z]{2}\Z"), city=line, tax_id=st.from_regex(r"\A[0-9A-Z]{1,20}\Z"))
CONTACT = optional(name=line, email=st.emails().filter(lambda text: len(text) < 250))
FIELDS = optional(
    amount=money(),
    list_amount=money(),
    units=st.integers(1, MOST_UNITS),
    term_months=st.integers(1, MOST_MONTHS),
    rfp_on=day,
    further_customers=st.lists(line, min_size=1, max_size=3),
    close_date=day,
    site=line,
    workload=line,
    subscription=line,
    project=line,
    competitor=line,
    notes=line,
    external_id=line,
    contact=st.fixed_dictionaries({}, optional=CONTACT),
)
submission = st.fixed_dictionaries(
    {
        "program": identity,
        "partner": identity,
        "customer": st.fixed_dictionaries({"legal_name": line}, optional=CUSTOMER),
        "products": st.lists(line, min_size=1, max_size=5),
    },
    optional={
        **FIELDS,
        "evidence": st.lists(
            st.fixed_dictionaries({"kind": st.just("demo"), "on": day}, optional={"note": line}), max_size=3
        ),
    },
)
patch = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.none() | strategy for name, strategy in FIELDS.items()},
        "customer": st.fixed_dictionaries(
            {}, optional={"legal_name": line, **{name: st.none() | one for name, one in CUSTOMER.items()}}
        ),
        "products": st.lists(line, min_size=1, max_size=5),
    },
).filter(bool)


def event_of(kind: MessageKind, body: Any) -> Any:
    """The event as the log would give it back, texts sealed by a stand-in box."""
    message = kind.body.model_validate_json(canonical(read_json(orjson.dumps(body))))
    personal = message.personal(CONTEXT)
    texts = personal[1] if personal else {}
    sealed = {name: Sealed(person="per_1", box="QUJD") for name in texts}
    event = message.event(CONTEXT, sealed)
    fact = Fact("f" * 32, "acme", event, datetime(2026, 1, 1, tzinfo=UTC), "key:x")
    record = encode_fact(fact)
    read = decode_fact(record)
    assert read.event == event
    # Composed without being asked again, it has the very bytes that it would have had.
    assert encode_fact(read).value == record.value
    return event


@given(submission)
def test_every_valid_submission_is_an_event_that_the_log_reads_back(body: dict[str, Any]) -> None:
    event = event_of(SUBMIT, body)
    assert isinstance(event, RegistrationSubmitted)
    assert event.customer.legal_name == body["customer"]["legal_name"]
    assert len(event.evidence) == len(body.get("evidence", []))
    notes = body.get("notes")
    assert (event.notes is not None) == (notes is not None)
    assert len({one.evidence for one in event.evidence}) == len(event.evidence)


@given(submission)
def test_no_personal_text_is_in_the_event(body: dict[str, Any]) -> None:
    marker = "Zebra-Quagga"
    body |= {"notes": marker, "contact": {"name": marker, "email": f"{marker}@x.example"}}
    assert marker not in event_of(SUBMIT, body).model_dump_json()


@given(submission, patch)
def test_a_patch_changes_what_it_names_and_nothing_else(body: dict[str, Any], change: dict[str, Any]) -> None:
    claim, event = event_of(SUBMIT, body), event_of(AMEND, change)
    assert isinstance(event, RegistrationAmended)
    try:
        merged = amended(claim, event)
    except AmendmentInvalid:
        pytest.fail("the edge took a patch that no claim can take")
    for name in ("site", "workload", "subscription", "project", "competitor", "external_id"):
        expected = change[name] if name in change else body.get(name)
        assert getattr(merged, name) == expected
    for name in ("amount", "list_amount", "units", "term_months", "rfp_on", "further_customers", "close_date", "notes"):
        if name not in change:
            assert getattr(merged, name) == getattr(claim, name)
        elif change[name] is None:
            assert getattr(merged, name) is None
    for name in ("country", "city", "tax_id"):
        sent = change.get("customer") or {}
        expected = sent[name] if name in sent else body["customer"].get(name)
        assert getattr(merged.customer, name) == expected


@given(money())
def test_money_keeps_every_digit(written: dict[str, str]) -> None:
    event = event_of(SUBMIT, {"program": "p", "partner": "p", "customer": {"legal_name": "x"}, "products": ["x"],
                              "amount": written})  # fmt: skip
    assert isinstance(event.amount, Money)
    assert float(event.amount.amount) == float(written["amount"])
    assert Money.of(event.amount.minor, written["currency"]) == event.amount


def codes(body: Any, kind: MessageKind = SUBMIT) -> set[tuple[str, str]]:
    try:
        kind.body.model_validate_json(canonical(body))
    except ValidationError as error:
        found = field_problems(error.errors(include_url=False, include_input=False))
        return {(one.field, one.code) for one in found}
    return set()


VALID = {"program": "p", "partner": "p", "customer": {"legal_name": "x"}, "products": ["x"]}


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15))
def test_a_json_number_is_never_money(number: float) -> None:
    found = codes({**VALID, "amount": {"amount": number, "currency": "EUR"}})
    assert found == {("amount", "money.not_decimal")}


@given(st.text(max_size=40).filter(lambda text: text.isascii()))
def test_what_passes_for_an_amount_is_a_decimal(text: str) -> None:
    found = codes({**VALID, "amount": {"amount": text, "currency": "EUR"}})
    assert not found or {code.partition(".")[0] for _, code in found} == {"money"}
    if not found:
        assert text.replace(".", "", 1).isdigit()


@given(line, st.sampled_from(CONTROLS), st.integers(0, 40))
def test_control_characters_and_overrides_never_pass(text: str, control: str, place: int) -> None:
    inside = f"a{text[:place]}{control}{text[place:]}b"
    assert ("customer.legal_name", "text.control_character") in codes({**VALID, "customer": {"legal_name": inside}})


@given(st.text(max_size=12))
def test_what_passes_for_a_date_is_one(text: str) -> None:
    try:
        body = canonical({**VALID, "close_date": text})
    except DealregError:
        return
    if not codes(orjson.loads(body)):
        assert date.fromisoformat(text).isoformat() == text


json_value = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300)
@given(st.sampled_from(sorted(KINDS)), json_value | st.dictionaries(st.sampled_from(
    [
        "program", "customer", "products", "amount", "policy", "event", "partner", "segments", "reason", "verdict",
        "evidence", "items", "refund",
    ]
), json_value))  # fmt: skip
def test_nothing_that_is_json_breaks_a_kind(kind: str, body: Any) -> None:
    """Whatever comes, it is taken or refused with problems; it never fails otherwise."""
    refused = refusal(KINDS[kind], body)
    assert refused is None or refused.status in (400, 403, 404, 422)
    assert refused is None or refused.problems or refused.status != 422


def refusal(kind: MessageKind, body: Any) -> DealregError | None:
    try:
        SUBMISSIONS.prepare(Sent(kind, body, "k", "reg_a", 1), CALLER)
    except DealregError as error:
        return error
    return None
