"""A blind check says of a claim what the decider then finds of it, whatever happened before."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.attribution.domain.documents.derived import replace
from services.attribution.domain.documents.keys import THE_VENDOR
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.blind import CheckAnswer, find, identifiers_of
from services.attribution.domain.handlers.deals import rivals
from services.attribution.scenarios.engine import Documents
from shared.events.registration import RegistrationSubmitted
from tests.property.attribution.histories import Step, Story, histories, numbers, policies
from tests.unit.attribution.house import House

HELD_BY_RIVALS = frozenset({"conflict", "customer_match", "too_many_candidates"})
claims = st.lists(st.builds(Step, st.just("submit"), st.just(0), numbers, numbers, numbers), min_size=1, max_size=6)


def book_of(house: House) -> WorkingSet:
    """The house as it stands, once its history is told."""
    documents, head = Documents(house.ledger.documents), house.ledger.head
    documents[THE_VENDOR] = replace(house.vendor, mode="live")
    assert head is not None
    return WorkingSet(documents, head.seq, head.clock)


@settings(max_examples=60)
@given(policies(), policies(), histories, claims)
def test_a_check_agrees_with_the_decision(
    hunting: dict[str, Any], teaming: dict[str, Any], steps: list[Step], asked: list[Step]
) -> None:
    story = Story(hunting, teaming, spare=teaming)
    for step in steps:
        story.tell(step)
    for step in asked:
        before = book_of(story.house)
        story.tell(step)
        id_ = story.registrations[-1]
        taken = story.house.find(id_)
        fact = story.house.taken[-1].event
        assert isinstance(fact, RegistrationSubmitted)
        found = find(before, fact)
        if taken is None:
            assert not isinstance(found, CheckAnswer)
            continue
        assert isinstance(found, CheckAnswer)
        if not identifiers_of(fact.customer):
            assert found.answer == "needs_identifier"
            continue
        if taken.life.end_code == "duplicate_of_own":
            assert found.own is not None
        if taken.live:
            assert found.own is None
        if taken.life.hold in HELD_BY_RIVALS:
            assert found.answer != "clear"
        if taken.completed_at is None or not taken.live:
            continue
        same, alike = rivals(book_of(story.house), taken)
        assert (found.answer == "clear") == (not same and not alike)
        assert not same or found.answer == "likely_conflict"
