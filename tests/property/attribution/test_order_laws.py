"""What is told of an order may come in any order: credit, rewards, balances and views come to the same (G5)."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.money import Credit
from services.attribution.domain.documents.opportunity import Opportunity
from services.projections.reconciliation import Books
from services.projections.views import OPPORTUNITIES, PIPELINE, REWARDS
from services.projections.views.pipeline import PipelineRows
from services.projections.views.versions import Versions
from shared.events.opportunity import LinkDecided
from shared.events.order import OrderCancelled, OrderRefunded
from shared.events.vendor import FactRefused
from tests.property.attribution.test_money_laws import sums
from tests.unit.attribution.house import House, event
from tests.unit.attribution.shop import MONEY, REBATE, usd

POLICIES = st.sampled_from(
    [
        MONEY,
        {**MONEY, "clawback": {"on": ["cancel"], "within_months": 12}},
        {name: value for name, value in MONEY.items() if name != "clawback"},
        {**MONEY, "rewards": [{**REBATE, "hold_days": 0}, {**REBATE, "name": "more", "pct": 3, "role": "fulfilled"}]},
    ]
)


class Told(NamedTuple):
    """One thing told: a message of the deal, a refund (`minor` 0: a cancellation), or a link by a person."""

    kind: str
    minor: int | None = None
    at: int | None = None
    """The CRM's own time, in days."""
    currency: str = "USD"


MESSAGES = st.lists(
    st.tuples(
        st.sampled_from(["won", "reopened", "won", "lost", "changed"]),
        st.none() | st.integers(10_000, 50_000),
        st.sampled_from(["USD", "USD", "USD", "JPY"]),
    ),
    min_size=1,
    max_size=5,
)
# Together at most what the least order is worth: what contradicts the order is refused, and another test's.
REFUNDS = st.lists(st.tuples(st.integers(1, 2_000), st.none() | st.integers(0, 12)), min_size=1, max_size=4)


def amount(told: Told) -> dict[str, str] | None:
    if told.minor is None:
        return None
    return usd(f"{told.minor // 100}.{told.minor % 100:02}") if told.currency == "USD" else {
        "amount": str(told.minor), "currency": told.currency,
    }  # fmt: skip


def tell(house: House, number: int, told: Told) -> bool:
    """Whether it was taken."""
    order: dict[str, Any] = {"opportunity": "o1", "connection": "crm", "external_id": "o1", "refund": f"f{number}"}
    time = None if told.at is None else f"2026-01-{told.at + 1:02}T00:00:00Z"
    if told.kind == "refund":
        kind = OrderRefunded if told.minor else OrderCancelled
        more = {"amount": amount(told)} if told.minor else {}
        events = house.when(event(kind, **order, **more, source_time=time), day=20)
    elif told.kind == "link":
        events = house.when(LinkDecided(opportunity="o1", registration="rB"), day=20)
    else:
        partner = {"partner": "A"} if told.kind != "created" else {}
        events = house.crm(told.kind, "o1", day=20, amount=amount(told), source_time=time, **partner)
    return not any(isinstance(one, FactRefused) for one in events)


def ended(policy: dict[str, Any], things: list[tuple[int, Told]]) -> dict[str, Any]:
    """How it all ends; a refund that was refused is told again at the end, as its refusal asks for."""
    house = House().open(policy)
    house.submit("rA", "A")
    house.submit("rB", "B", customer={"tax_id": "777", "legal_name": "Other"})
    refused = [(number, told) for number, told in things if not tell(house, number, told) and told.kind == "refund"]
    for number, told in refused:
        tell(house, number, told)
    house.wait_until(200)
    deal = house.ledger.documents[Key("opportunity", "o1")]
    assert isinstance(deal, Opportunity)
    credit = house.ledger.documents[Key("credit", "o1")]
    active = isinstance(credit, Credit) and credit.active
    books = Books({}, whole_facts=True)
    books.add(house.entries)
    assert books.unsettled() is None
    assert len({one.id for one in deal.refunds}) == len(deal.refunds)
    shown = shown_as(house)
    assert shown == (deal.status, deal.latest.amount and deal.latest.amount.minor, deal.refunded_minor)
    return {
        "status": deal.status,
        "amount": deal.latest.amount,
        # What contradicts the order is refused or waits, whichever was told first: it takes nothing.
        "counted": sorted((one.id, one.counted.amount) for one in deal.refunds if one.counted),
        "credit": (credit.registration, credit.value_minor, credit.shares) if active else None,  # type: ignore[union-attr]
        "balances": sums(house.entries, "held", "payable"),
        "rewards": left_of_rewards(house),
    }


def declared(view: Any, house: House) -> list[Any]:
    return [one for one in house.entries if one.event.type in view.declares]


def shown_as(house: House) -> tuple[str, int | None, int]:
    """State, amount and what is refunded as the views say; both that have the opportunity say the same."""
    row = OPPORTUNITIES.fold(Versions({}), declared(OPPORTUNITIES, house)).current["acme", "o1"]
    rows = PIPELINE.fold(PipelineRows(Versions({}), {}), declared(PIPELINE, house))
    linked = rows.opportunities.get(("acme", "o1"))
    if linked is not None:
        assert (linked.state, linked.amount_minor, linked.currency) == (row.state, row.amount_minor, row.currency)
        assert linked.registration_id == row.registration_id
    return row.state, row.amount_minor, row.refunded_minor


def left_of_rewards(house: House) -> dict[tuple[str, int], int]:
    found: dict[tuple[str, int], int] = {}
    for row in REWARDS.fold(Versions({}), declared(REWARDS, house)).current.values():
        found[row.partner, row.name] = found.get((row.partner, row.name), 0) + row.left_minor
    return {key: left for key, left in found.items() if left}


@settings(max_examples=400)
@given(POLICIES, MESSAGES, REFUNDS, st.booleans(), st.booleans(), st.data())
def test_refunds_and_links_may_be_told_at_any_time(
    policy: dict[str, Any], messages: list[Any], refunds: list[Any], cancelled: bool, linked: bool, data: st.DataObject
) -> None:
    # The CRM dates its messages by their order, at odd days; refunds by even ones, or not at all.
    dated = [Told(kind, minor, 2 * place + 1, currency) for place, (kind, minor, currency) in enumerate(messages)]
    taken_back = any(one.kind in ("lost", "reopened") for one in dated)
    others = [Told("refund", minor, 2 * (at or 0) if taken_back or at is not None else None) for minor, at in refunds]
    if cancelled:
        others.append(Told("refund", 0, 24))
    if linked:
        others.append(Told("link"))
    # Whatever a link meets must be there: a person links what the CRM has told of.
    first, later = dated[:1], dated[1:]
    orders = []
    for _ in range(2):
        things = list(enumerate(others, 1))
        mixed: list[tuple[int, Told]] = []
        rest = list(enumerate(later, 100))
        before = [one for one in things if one[1].kind != "link" and data.draw(st.booleans())]
        things = [one for one in data.draw(st.permutations(things)) if one not in before]
        while things or rest:
            take_rest = rest and (not things or data.draw(st.booleans()))
            mixed.append(rest.pop(0) if take_rest else things.pop(0))
        orders.append(ended(policy, [*before, *enumerate(first, 99), *mixed]))
    assert orders[0] == orders[1]


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("minor", [None, 70_000])
def test_an_undated_creation_may_come_at_any_time(place: int, minor: int | None) -> None:
    things = [Told("changed", 20_000), Told("won", 30_000), Told("refund", 1_000)]
    things.insert(place, Told("created", minor))
    found = ended(MONEY, list(enumerate(things)))
    assert (found["status"], found["amount"].minor, found["credit"][1]) == ("won", 30_000, 29_000)
    assert found["balances"] == {("A", "USD"): -2_900}
