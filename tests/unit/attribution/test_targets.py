"""Targets as the decider takes them: set, replaced, dropped, and each way in which one is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from services.attribution.domain.handlers.targets import MOST_TARGETS
from services.registration.intake.messages.message import Context
from services.registration.intake.messages.target import SetTarget
from shared.events.base import Event
from shared.events.money import Money
from shared.events.partner import PartnerSuspended
from shared.events.target import TargetDropped, TargetSet
from shared.events.vendor import FactRefused
from tests.unit.attribution.house import House

BODY: dict[str, Any] = {
    "name": "q1", "measure": "won_value", "amount": {"amount": "1000.00", "currency": "EUR"},
    "first_day": "2026-01-01", "last_day": "2026-03-31",
}  # fmt: skip


def wanted(name: str = "q1", partner: str = "A", **more: Any) -> TargetSet:
    period = {"first_day": date(2026, 1, 1), "last_day": date(2026, 3, 31)}
    return TargetSet(**{"partner": partner, "name": name, "measure": "won", "count": 5, **period, **more})


def names(house: House, partner: str = "A") -> list[str]:
    return [name for name, _ in house.partner(partner).targets]


def refused(found: list[Event]) -> tuple[str, str]:
    [one] = found
    assert isinstance(one, FactRefused), found
    [error] = one.errors
    assert error.code == one.code
    return one.code, error.field


def test_a_target_is_set_replaced_under_its_name_and_dropped() -> None:
    house = House().open()
    house.when(wanted("q1"))
    house.when(wanted("q2"))
    first = house.partner("A").targets
    assert names(house) == ["q1", "q2"]
    house.when(wanted("q1", count=6))
    assert names(house) == ["q1", "q2"]
    assert house.partner("A").targets != first
    house.when(TargetDropped(partner="A", name="q1"))
    assert (names(house), names(house, "B")) == (["q2"], [])
    house.when(wanted("q1"))
    assert house.partner("A").targets == first


def test_periods_may_overlap_and_be_past_and_a_suspended_partner_keeps_its_targets() -> None:
    house = House().open()
    house.when(PartnerSuspended(partner="A", reason="audit"))
    house.when(wanted("year", last_day=date(2026, 12, 31)))
    house.when(wanted("q1"))
    house.when(wanted("long-ago", first_day=date(2020, 1, 1), last_day=date(2020, 1, 1)))
    assert names(house) == ["long-ago", "q1", "year"]


def test_a_product_is_kept_as_the_catalogue_spells_it() -> None:
    house = House().open()
    [entry] = house.when(wanted(product="x-one", program="hunting"))
    assert isinstance(entry, TargetSet)
    assert entry.product == "X"


@pytest.mark.parametrize(
    "fact, code, field",
    [
        (wanted(partner="nobody"), "partner.unknown", "partner"),
        (wanted(program="nothing"), "program.unknown", "program"),
        (wanted(product="nothing"), "product.unknown", "product"),
        (TargetDropped(partner="A", name="q9"), "target.unknown", "name"),
        (TargetDropped(partner="nobody", name="q9"), "partner.unknown", "partner"),
    ],
)
def test_what_the_vendor_does_not_know_is_refused_by_field(fact: Event, code: str, field: str) -> None:
    house = House().open()
    assert refused(house.when(fact)) == (code, field)
    assert names(house) == []


def test_a_partner_has_so_many_targets_and_no_more() -> None:
    house = House().open()
    for number in range(MOST_TARGETS):
        house.when(wanted(f"t{number}"))
    assert refused(house.when(wanted("one-more"))) == ("target.too_many", "name")
    [replaced] = house.when(wanted("t7", count=9))
    assert isinstance(replaced, TargetSet)
    house.when(TargetDropped(partner="A", name="t3"))
    house.when(wanted("one-more"))
    assert len(names(house)) == MOST_TARGETS


@pytest.mark.parametrize(
    "change, field, code",
    [
        ({"measure": "profit"}, "measure", "literal_error"),
        ({"measure": "active_value"}, "measure", "literal_error"),
        ({"amount": {"amount": "0.00", "currency": "EUR"}}, "amount", "number.out_of_range"),
        ({"amount": {"amount": "-5.00", "currency": "EUR"}}, "amount", "money.negative"),
        ({"amount": {"amount": "5.001", "currency": "EUR"}}, "amount", "money.decimals"),
        ({"amount": {"amount": "9" * 30, "currency": "EUR"}}, "amount", "money.too_large"),
        ({"amount": {"amount": "5.00", "currency": "XXY"}}, "amount", "money.currency"),
        ({"amount": {"amount": 5, "currency": "EUR"}}, "amount", "money.not_decimal"),
        ({"amount": None}, "amount", "field.missing"),
        ({"count": 5}, "count", "field.not_applicable"),
        ({"measure": "won"}, "count", "field.missing"),
        ({"measure": "won", "amount": None, "count": 0}, "count", "greater_than_equal"),
        ({"measure": "won", "amount": None, "count": 1_000_001}, "count", "less_than_equal"),
        ({"measure": "won", "amount": None, "count": 1.5}, "count", "int_type"),
        ({"last_day": "2025-12-31"}, "last_day", "date.out_of_range"),
        ({"last_day": "2031-01-02"}, "last_day", "date.out_of_range"),
        ({"last_day": "2026-02-30"}, "last_day", "date.impossible"),
        ({"name": "two words"}, "name", "text.pattern"),
    ],
)
def test_each_mistake_of_a_body_is_one_error_at_its_field(change: dict[str, Any], field: str, code: str) -> None:
    body = {name: value for name, value in {**BODY, **change}.items() if value is not None}
    with pytest.raises(ValidationError) as raised:
        SetTarget.model_validate_json(orjson.dumps(body))
    found = [(str(one["loc"][0]), one["type"]) for one in raised.value.errors()]
    assert (field, code) in found
    assert len(found) == 1 or change.get("measure") == "won", found


def test_the_longest_period_and_one_day_are_allowed() -> None:
    for last in ("2026-01-01", "2031-01-01"):
        SetTarget.model_validate_json(orjson.dumps({**BODY, "last_day": last}))


def test_a_body_becomes_the_fact_of_the_partner_that_the_path_names() -> None:
    body = SetTarget.model_validate_json(orjson.dumps(BODY))
    event = body.event(Context("acme", None, "f1", "p-1"), {})
    assert isinstance(event, TargetSet)
    assert (event.partner, event.amount, event.subjects()) == (
        "p-1", Money(amount="1000.00", currency="EUR"), ("partner:p-1",)
    )  # fmt: skip
