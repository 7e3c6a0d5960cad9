"""Laws of the CRM's messages: each field goes with its events, and what is taken says exactly what was sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from services.registration.intake.kinds import OPPORTUNITY
from services.registration.intake.messages.message import Context
from services.registration.intake.submission import Sent, Submissions
from shared.credentials import SCOPES, Caller
from shared.errors import DealregError
from shared.events.codec import decode_fact, encode_fact
from shared.events.envelope import Fact
from shared.events.money import Money
from shared.http.wire.json_body import canonical, read_json
from shared.persons import MasterKey

CALLER = Caller("acme", "key:x", None, frozenset(SCOPES), "x")
SUBMISSIONS = Submissions(MasterKey(b"0123456789abcdef0123456789abcdef"))
LARGEST = 10**15 - 1
"""In minor units, so that every currency can say it."""

of_deals = ["created", "changed", "won", "lost", "reopened"]
of_orders = ["cancelled", "refunded"]
GOES_WITH = {
    "source_version": of_deals,
    "partner": of_deals,
    "products": of_deals,
    "amount": [*of_deals, "refunded"],
    "items": of_deals,
    "close_date": of_deals,
    "order_number": of_deals,
    "reason": ["lost"],
    "refund": of_orders,
}


@st.composite
def message(draw: st.DrawFn) -> dict[str, Any]:
    """Any event with any of the fields, each of them well formed."""
    currency = draw(st.sampled_from(["EUR", "JPY", "BHD"]))
    parts = draw(st.lists(st.integers(0, LARGEST), min_size=1, max_size=5).filter(lambda one: sum(one) <= LARGEST))
    amounts = [Money.of(part, currency).model_dump() for part in parts]
    well_formed = {
        "source_version": draw(st.integers(0, 2**63 - 1)),
        "partner": "p",
        "products": ["X"],
        "amount": Money.of(sum(parts), currency).model_dump(),
        "items": [{"product": f"product {number}", "amount": amount} for number, amount in enumerate(amounts)],
        "close_date": "2027-03-31",
        "order_number": "SO-1",
        "reason": "price",
        "refund": "CN-1",
    }
    chosen = draw(st.sets(st.sampled_from(sorted(well_formed))))
    told = {name: value for name, value in well_formed.items() if name in chosen}
    return {"event": draw(st.sampled_from([*of_deals, *of_orders])), "external_id": "O-1", **told}


def expected(body: dict[str, Any]) -> set[tuple[str, str]]:
    """What is wrong with it, field by field."""
    event, amount = body["event"], body.get("amount")
    found = {
        (name, "field.not_applicable") for name, events in GOES_WITH.items() if name in body and event not in events
    }
    if event in of_orders and "refund" not in body:
        found.add(("refund", "field.missing"))
    if event == "refunded" and amount is None:
        found.add(("amount", "field.missing"))
    if event == "refunded" and amount is not None and Money(**amount).minor == 0:
        found.add(("amount", "refund.nothing"))
    if event in of_deals and "items" in body and amount is None:
        found.add(("items", "items.currency"))
    return found


@given(message())
@example(
    {
        "event": "refunded",
        "external_id": "O-1",
        "items": [{"product": "X", "amount": {"amount": "1", "currency": "JPY"}}],
    }
)
def test_a_message_is_refused_for_exactly_what_is_wrong_with_it(body: dict[str, Any]) -> None:
    try:
        SUBMISSIONS.prepare(Sent(OPPORTUNITY, body, "k", "crm"), CALLER)
        found = set()
    except DealregError as error:
        found = {(one.field, one.code) for one in error.problems}
    assert found == expected(body)


@given(message().filter(lambda body: not expected(body)))
def test_what_is_taken_says_what_was_sent_and_the_log_reads_it_back(body: dict[str, Any]) -> None:
    read = OPPORTUNITY.body.model_validate_json(canonical(read_json(orjson.dumps(body))))
    event = read.event(Context("acme", None, "f" * 32, "crm"), {})
    fact = Fact("f" * 32, "acme", event, datetime(2026, 1, 1, tzinfo=UTC), "key:x")
    assert decode_fact(encode_fact(fact)).event == event
    noun = "order" if body["event"] in of_orders else "opportunity"
    assert event.type == f"{noun}.{body['event']}"
    written = event.model_dump(mode="json", exclude_none=True)
    told = {name: value for name, value in body.items() if name != "event"}
    assert {name: written[name] for name in told} == told


@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=6),
    st.integers(-3, 3).filter(bool),
    st.sampled_from(["JPY", "EUR", "BHD"]),
)
def test_items_that_miss_the_amount_by_a_unit_are_refused(parts: list[int], by: int, currency: str) -> None:
    total = sum(parts) + by
    assume(total >= 0)
    items = [{"product": "X", "amount": Money.of(part, currency).model_dump()} for part in parts]
    body = {"event": "won", "external_id": "O-1", "amount": Money.of(total, currency).model_dump(), "items": items}
    with pytest.raises(DealregError) as refused:
        SUBMISSIONS.prepare(Sent(OPPORTUNITY, body, "k", "crm"), CALLER)
    assert [(one.field, one.code) for one in refused.value.problems] == [("items", "items.sum")]
