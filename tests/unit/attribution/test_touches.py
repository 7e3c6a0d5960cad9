"""Touches: who worked a deal and when, and what part of the sourced role each of them earns."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.touches import touches_of
from services.attribution.domain.rules.weights import Touch, weights_of
from shared.events.registration import EvidenceVerified
from tests.unit.attribution.house import START, House, event


def touched(house: House, id_: str) -> list[tuple[str, bool, datetime]]:
    assert house.ledger.head is not None
    working_set = WorkingSet(house.ledger.documents, house.ledger.head.seq, house.ledger.head.clock)
    return [(touch.partner, touch.verified, touch.at) for touch in touches_of(working_set, house.registration(id_))]


def test_a_deals_touches_are_its_complete_claims_and_what_a_person_verified() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "B", day=1)
    house.submit("r3", "C", products=["Z"], day=1)
    house.evidence("r2", day=2)
    house.evidence("r2", day=3)
    verified = house.registration("r2").claim.evidence[1]
    house.when(event(EvidenceVerified, registration="r2", evidence=verified.evidence), day=4)
    shown = datetime.fromisoformat("2026-01-02T00:00+00:00")
    claims = [("A", False, START), ("B", True, shown), ("B", False, START + timedelta(days=1))]
    assert touched(house, "r1") == claims
    assert Key("registration", "r3") in house.ledger.documents


@pytest.mark.parametrize("count, first", [(1, Fraction(1)), (2, Fraction(1, 2)), (4, Fraction(2, 5))])
def test_position_based_gives_the_ends_forty_percent_each_once_there_is_a_middle(count: int, first: Fraction) -> None:
    touches = [Touch(START + timedelta(days=number), f"P{number}") for number in range(count)]
    weights = weights_of("position_based", touches, START + timedelta(days=10))
    assert weights[0] == ("P0", first)
    assert sum(weight for _, weight in weights) == 1
