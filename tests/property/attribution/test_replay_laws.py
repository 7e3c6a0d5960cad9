"""Replays over random histories: a candidate that says what is published changes nothing, whatever happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.attribution.documents import to_json
from services.attribution.domain.documents.kinds import KINDS
from services.attribution.domain.documents.registration import Registration
from services.attribution.replay.candidate import Candidate
from tests.property.attribution.histories import Step, Story, histories, policies
from tests.replaying import folded, policy_of, replayed
from tests.unit.attribution.house import START, House

bounded = settings(max_examples=40)


def told(hunting: dict[str, Any], teaming: dict[str, Any], steps: list[Step], spare: dict[str, Any]) -> House:
    story = Story(hunting, teaming, spare=spare)
    for step in steps:
        story.tell(step)
    return story.house


@bounded
@given(policies(), policies(), histories, st.none() | st.integers(0, 60))
def test_a_candidate_that_says_what_is_published_changes_nothing(
    hunting: dict[str, Any], teaming: dict[str, Any], steps: list[Step], day: int | None
) -> None:
    house = told(hunting, teaming, steps, spare=hunting)
    last = house.ledger.head
    assert last is not None
    since = None if day is None else min(START + timedelta(days=day), last.clock)
    found, totals = replayed(house, policy_of(hunting), since)
    assert found == []
    assert totals.registrations == sum(isinstance(one, Registration) for one in house.ledger.documents.values())


@bounded
@given(policies(), policies(), histories)
def test_a_fold_that_sets_documents_aside_comes_to_what_the_engine_decided(
    hunting: dict[str, Any], teaming: dict[str, Any], steps: list[Step]
) -> None:
    house = told(hunting, teaming, steps, spare=teaming)
    fold = folded(house, cached=3)
    for kind in KINDS:
        documents = house.ledger.documents.items()
        decided = {key.id: to_json(kind, one) for key, one in documents if key.kind == kind and one is not None}
        assert [to_json(kind, one) for one in fold.every(kind)] == [decided[id_] for id_ in sorted(decided)]


@bounded
@given(policies(), policies(), histories, policies(), st.integers(0, 60))
def test_what_a_candidate_moves_is_the_same_however_little_memory_there_is(
    hunting: dict[str, Any], teaming: dict[str, Any], steps: list[Step], other: dict[str, Any], day: int
) -> None:
    house = told(hunting, teaming, steps, spare=teaming)
    last = house.ledger.head
    assert last is not None
    since = min(START + timedelta(days=day), last.clock)
    assert replayed(house, policy_of(other), since) == replayed(house, policy_of(other), since, cached=3)
    assert folded(house, Candidate(policy_of(other), since)).moved_by_publishing(Candidate(policy_of(other))) == []
