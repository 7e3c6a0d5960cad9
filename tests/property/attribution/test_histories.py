"""Whatever happens to a vendor, in any order, the rules hold after each fact and the journal tells it all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings

from services.attribution.documents import from_json, to_json
from services.attribution.domain.documents.keys import Key
from services.attribution.vendor_batch import VendorBatch
from shared.events.base import Event
from shared.events.envelope import Fact
from tests.property.attribution.histories import Step, Story, histories, policies
from tests.property.attribution.laws import Refold, hold_in
from tests.unit.attribution.house import House

bounded = settings(max_examples=60)
some = settings(bounded, max_examples=25)


def told(hunting: dict[str, Any], teaming: dict[str, Any], steps: list[Step]) -> Iterator[House]:
    """The house after its opening and after each step."""
    story = Story(hunting, teaming, spare=teaming)
    yield story.house
    for step in steps:
        story.tell(step)
        yield story.house


@bounded
@given(policies(), policies(), histories)
def test_the_rules_hold_after_every_fact_and_the_journal_refolds_to_the_same_documents(
    hunting: dict[str, Any], teaming: dict[str, Any], steps: list[Step]
) -> None:
    refold = Refold()
    folded = 0
    for house in told(hunting, teaming, steps):
        for entry in house.entries[folded:]:
            refold.add(entry)
        folded = len(house.entries)
        hold_in(house)
    assert refold.documents == house.ledger.documents


class Distant(House):
    """A house whose documents are JSON in a database: none is at hand when a fact comes."""

    def __init__(self) -> None:
        super().__init__(VendorBatch("acme", None, {}))
        self.stored: dict[Key, str] = {}

    def load(self, keys: tuple[Key, ...]) -> None:
        for key in keys:
            assert key not in self.ledger.documents
            body = self.stored.get(key)
            self.ledger.documents[key] = None if body is None else from_json(key.kind, body)

    def take(self, fact: Fact) -> list[Event]:
        events = super().take(fact)
        self.stored |= {key: to_json(key.kind, document) for key, document in self.ledger.changed.items()}
        self.ledger.documents.clear()
        return events


@some
@given(policies(), policies(), histories)
def test_the_same_facts_give_the_same_journal_whatever_is_loaded(
    hunting: dict[str, Any], teaming: dict[str, Any], steps: list[Step]
) -> None:
    *_, house = told(hunting, teaming, steps)
    for other in (House(), Distant()):
        for fact in house.taken:
            other.take(fact)
        # Entries before hashes: they say what differs.
        for mine, theirs in zip(house.entries, other.entries, strict=True):
            assert (theirs.event, theirs.clock, theirs.hash) == (mine.event, mine.clock, mine.hash)
