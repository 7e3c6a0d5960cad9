"""What holds after every fact, whatever came before; each law recounts what the decider keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

from services.attribution.domain.documents.customer import KeyList
from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.kinds import Document, due_of
from services.attribution.domain.documents.opportunity import Opportunity
from services.attribution.domain.documents.partner import Partner
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.deals import between, rivals
from services.attribution.domain.handlers.ranking import blockers, contender
from services.attribution.domain.rules.order import excludes
from services.attribution.scenarios.engine import Documents
from shared.events.envelope import GENESIS, Entry
from shared.events.lifecycle import OPEN_STATES
from shared.events.protection import ExtensionRefused, ProtectionExpired, ProtectionResumed
from shared.events.registration import RegistrationApproved
from tests.unit.attribution.house import House

Some = TypeVar("Some", bound=Document)
ENTERS = (RegistrationApproved, ProtectionResumed)


class Refold:
    """The journal evolved into an empty book, entry by entry, watched at each."""

    def __init__(self) -> None:
        self.documents: dict[Key, Document | None] = Documents()
        self.last: Entry | None = None

    def add(self, entry: Entry) -> None:
        """The next entry follows the last one, and may be written on what stands."""
        before = self.last
        assert entry.seq == (before.seq + 1 if before else 1)
        assert entry.previous == (before.hash if before else GENESIS)
        assert before is None or entry.clock >= before.clock
        self._no_more_than_may_hold_it(entry)
        self._no_rule_approves_in_a_window(entry)
        self._ends_when_due(entry)
        working_set = WorkingSet(self.documents, entry.seq - 1, entry.clock)
        evolve(working_set, entry.event)
        self.documents.update(working_set.changes)
        self.last = entry

    def _no_more_than_may_hold_it(self, entry: Entry) -> None:
        """G3: no claim enters protection while as many of the same deal are as the smallest limit of them lets hold."""
        if not isinstance(entry.event, ENTERS):
            return
        working_set = WorkingSet(self.documents, entry.seq - 1, entry.clock)
        claim = working_set.registration(entry.event.registration)
        held = []
        for other in every(self.documents, Registration):
            own_elsewhere = other.partner == claim.partner and other.program != claim.program
            if other.state == "protected" and not own_elsewhere and other.id != claim.id:
                same = between(working_set, claim, other).answer == "same"
                if same and not both_stand_alone(working_set, claim, other):
                    assert other.partner != claim.partner, (claim.id, other.id)
                    held.append(other)
        assert len(held) < limit_of(working_set, claim, *held), (claim.id, [other.id for other in held])

    def _no_rule_approves_in_a_window(self, entry: Entry) -> None:
        """No rule approves a claim before its contest window closes, nor one that may join a rival's open window."""
        event = entry.event
        if not isinstance(event, RegistrationApproved) or event.findings[-1].clause == "always.person":
            return
        working_set = WorkingSet(self.documents, entry.seq - 1, entry.clock)
        claim = working_set.registration(event.registration)
        assert claim.contest_until is None or claim.contest_until <= entry.clock, claim.id
        invited = claim.life.hold == "confirmation"
        for other in every(self.documents, Registration) if claim.contest_until is None and not invited else ():
            # A window whose timer failed is over by its time, though its claims still wait for the timer.
            still = other.contest_until is not None and other.contest_until > entry.clock
            if still and other.life.hold == "contest" and other.partner != claim.partner:
                same = between(working_set, claim, other).answer == "same"
                assert not same or both_stand_alone(working_set, claim, other), (claim.id, other.id)

    def _ends_when_due(self, entry: Entry) -> None:
        if not isinstance(entry.event, ProtectionExpired):
            return
        ending = self.documents[Key("registration", entry.event.registration)]
        assert isinstance(ending, Registration)
        assert self.last is not None
        refused = isinstance(self.last.event, ExtensionRefused) and self.last.event.code != "extension.undecided"
        if ending.state == "protected" and not refused:
            due = due_of(ending) or ending.protected_until
            assert due is not None
            if isinstance(self.last.event, ExtensionRefused):  # undecided to its last instant
                assert entry.clock == self.last.clock
            else:
                assert entry.clock == max(due, self.last.clock)


def limit_of(working_set: WorkingSet, *claims: Registration) -> float:
    """How many may hold a deal, by the strictest of the policies."""
    stated = [working_set.policy(one).exclusivity for one in claims]
    return min((rules.max or 1) if rules.mode == "one" else float("inf") for rules in stated)


def both_stand_alone(working_set: WorkingSet, *claims: Registration) -> bool:
    return all(working_set.policy(one).exclusivity.mode == "none" for one in claims)


def every(documents: Mapping[Key, Document | None], cls: type[Some]) -> list[Some]:
    return [one for one in documents.values() if isinstance(one, cls)]


def hold_in(house: House) -> None:
    """All laws of one moment."""
    documents = house.ledger.documents
    assert house.ledger.head is not None
    working_set = WorkingSet(documents, house.ledger.head.seq, house.ledger.head.clock)
    claims = every(documents, Registration)
    for claim in claims:
        _stands_behind_those_that_keep_it_out(working_set, claim)
        _is_lost_by_what_it_still_has(documents, claim)
        assert bool(claim.fields) == (claim.state == "action_required"), f"{claim.id} is asked for {claim.fields}"
    _partners_count(documents, claims)
    _lists_list(documents, claims)
    _opportunities_count(documents, claims)
    for document in documents.values():
        due = due_of(document)
        assert due is None or due > house.ledger.head.clock, document


def _stands_behind_those_that_keep_it_out(working_set: WorkingSet, claim: Registration) -> None:
    if not claim.live:
        assert not claim.behind
        assert claim.conflict is None
        return
    same, _ = rivals(working_set, claim)
    if claim.state == "protected":
        held = [one.claim for one in same if one.claim.state == "protected"]
        too_many = bool(held) and len(held) >= limit_of(working_set, claim, *held)
        # More that met while protected than may hold a deal are in an open conflict; nobody else is in one.
        assert claim.conflict is None or too_many, claim.id
        assert not too_many or any(one.conflict for one in (claim, *held)), claim.id
        return
    ahead = [rival.claim.id for rival, _ in blockers(working_set, contender(working_set, claim), same)]
    partner = working_set.partner(claim.partner)
    match claim.life.hold:
        case "conflict":
            assert set(claim.behind) == set(ahead), claim.id
            assert claim.behind or partner.suspended, f"{claim.id} waits behind nobody"
        case "review":
            assert not ahead, f"{claim.id} is with a person while {ahead} keep it out"
        case "customer_match" | "contest":
            holders = [rival.claim for rival in same if excludes(rival.claim)]
            free = len(holders) < limit_of(working_set, claim, *holders)
            assert free, f"{claim.id} is with a person while {holders} hold its deal"
        case "confirmation":
            held = [one.claim for one in same if one.claim.state == "protected"]
            assert len(held) < limit_of(working_set, claim, *held), claim.id


def _is_lost_by_what_it_still_has(documents: Mapping[Key, Document | None], claim: Registration) -> None:
    """A loss is pending only while the claim is protected, the lost opportunity is its own and no other one lives."""
    if claim.loss is None:
        assert claim.loss_until is None
        assert not claim.objected
        return
    lost = documents[Key("opportunity", claim.loss)]
    assert isinstance(lost, Opportunity)
    assert (claim.state, lost.status, lost.registration) == ("protected", "lost", claim.id)
    assert not claim.open
    assert not claim.won


def _partners_count(documents: Mapping[Key, Document | None], claims: list[Registration]) -> None:
    for partner in every(documents, Partner):
        mine = [claim for claim in claims if claim.partner == partner.id]
        count = Counter(claim.program for claim in mine if claim.state in OPEN_STATES)
        assert dict(partner.open) == dict(count), partner.id
        assert all(one.state == "protected" for one in mine if one.held is not None), partner.id
        held = {one.id for one in mine if one.held is not None}
        paused = held | {one.id for one in mine if one.life.hold == "conflict" and not one.behind}
        assert set(partner.paused) == paused, partner.id


def _lists_list(documents: Mapping[Key, Document | None], claims: list[Registration]) -> None:
    keys = {key for claim in claims for key in claim.listed_keys}
    keys |= {key.id for key, found in documents.items() if isinstance(found, KeyList)}
    opportunities = every(documents, Opportunity)
    for key in keys:
        listed = documents[Key("key", key)]
        assert isinstance(listed, KeyList), key
        by_id = {one.registration: one for one in listed.registrations}
        assert len(by_id) == len(listed.registrations)
        live = {claim.id for claim in claims if key in claim.listed_keys and claim.live}
        assert {id_ for id_, one in by_id.items() if one.live} == live, key
        for claim in claims:
            if key in claim.listed_keys and claim.open:
                assert by_id[claim.id].open, (key, claim.id)
            if claim.id in by_id:
                assert key in claim.listed_keys, (key, claim.id)
        assert set(listed.opportunities) == {one.id for one in opportunities if key in one.keys}, key


def _opportunities_count(documents: Mapping[Key, Document | None], claims: list[Registration]) -> None:
    opportunities = every(documents, Opportunity)
    for claim in claims:
        linked = [one for one in opportunities if one.registration == claim.id]
        assert set(claim.open) == {one.id for one in linked if one.status == "open"}, claim.id
        assert set(claim.won) == {one.id for one in linked if one.status == "won"}, claim.id
        assert len(claim.open) == len(set(claim.open))
    for one in opportunities:
        assert one.registration is None or not one.keys, one.id
