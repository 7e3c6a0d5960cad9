"""Whatever happens, each view says of a thing what the decider holds of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from tests.agreement import disagreements
from tests.property.attribution.histories import Step, histories, policies
from tests.property.attribution.test_histories import bounded, told
from tests.property.attribution.test_money_laws import POLICIES, STEPS, Shop


@bounded
@given(policies(), policies(), histories)
def test_views_agree_with_the_decider_over_any_history(
    hunting: dict[str, Any], teaming: dict[str, Any], steps: list[Step]
) -> None:
    *_, house = told(hunting, teaming, steps)
    assert disagreements(house.ledger.documents, house.entries) == []


@bounded
@given(POLICIES, STEPS)
def test_views_agree_with_the_decider_on_money(policy: dict[str, Any], steps: list[Any]) -> None:
    shop = Shop(policy)
    for step in steps:
        shop.take(step)
    assert disagreements(shop.house.ledger.documents, shop.house.entries) == []


@pytest.mark.parametrize("kind", ["created", "changed"])
@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_views_agree_on_what_is_told_after_the_outcome(outcome: str, kind: str) -> None:
    shop = Shop({})
    for step in (("submit", "o1", "A", 100, "USD", 1), (outcome, "o1", "A", 100, "USD", 1)):
        shop.take(step)
    shop.house.crm(kind, "o1", day=shop.day, partner="A", amount={"amount": "7.00", "currency": "USD"})
    assert shop.house.opportunity("o1").status == outcome
    assert disagreements(shop.house.ledger.documents, shop.house.entries) == []
