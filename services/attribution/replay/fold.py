"""A fold: a vendor's facts decided one after the other by the decider of production, and nothing written."""

from __future__ import annotations

import heapq
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from services.attribution.decoded import Decoded
from services.attribution.domain.documents.keys import THE_VENDOR, Key, Kind
from services.attribution.domain.documents.kinds import Document
from services.attribution.domain.documents.money import Credit, Reward
from services.attribution.domain.documents.opportunity import Opportunity
from services.attribution.domain.documents.program import Program
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.vendor import Vendor
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.faults import Fault, Halted
from services.attribution.replay import trail
from services.attribution.replay.candidate import Candidate, stand_in, unfit
from services.attribution.replay.outcomes import Line, Refused, Registered, registered, sortable
from services.attribution.replay.spill import CACHED_DOCUMENTS, Documents, Spill
from services.attribution.vendor_batch import VendorBatch, _deadlines, touches_of
from services.attribution.written import Head
from shared.errors import Corrupt, Invalid
from shared.events.base import Decision, Event
from shared.events.case import CaseResolved
from shared.events.credit import CreditAssigned, CreditReversed
from shared.events.envelope import GENESIS, Fact
from shared.events.ledger import Posted
from shared.events.program import ProgramPublished
from shared.events.vendor import ClockTicked, FactRefused
from shared.values.written import rfc3339

HOUSE = "house"
_LINES = """
SELECT kind, subject, partner, name, currency, sum(minor), min(earned), max(registration) FROM line
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""


@dataclass(slots=True)
class Deciding(VendorBatch):
    """A vendor whose entries are noted instead of chained: nobody reads their hashes, and they cost a third."""

    spill: Spill = field(default_factory=Spill)
    place: int = 0
    """Of the fact in the log."""
    steps: list[tuple[str, str]] = field(default_factory=list)
    written: list[Event] = field(default_factory=list)
    """What the last fact led to."""

    def _write(self, working_set: WorkingSet, fact: Fact) -> None:
        deadlines = _deadlines(working_set.changes)
        known_at = max(self.head.known_at, fact.known_at) if self.head else fact.known_at
        for line in working_set.lines:
            event = line.event
            if (subject := trail.subject_of(event)) is not None:
                assert isinstance(event, Decision)
                self.steps.append((subject, trail.written(event)))
            self.written.append(event)
        self.head = Head(working_set.last_seq, GENESIS, working_set.clock, known_at)
        self.documents.update(working_set.changes)
        assert isinstance(self.documents, Documents)
        self.documents.changed(working_set.changes)
        for deadline in deadlines:
            heapq.heappush(self.deadlines, deadline)


class Fold:
    """Takes the vendor's facts in the order of the log, under what was published or under a candidate.

    `until` is where time stops (exclusive); without it, time passes to `now` where the vendor is live. `cases` says
    which opportunity a breach case is of, since its id derives from a number that a candidate may move.
    """

    def __init__(
        self,
        vendor: str,
        candidate: Candidate | None = None,
        *,
        release: str,
        until: datetime | None = None,
        now: datetime | None = None,
        cases: Mapping[str, str] | None = None,
        cached: int = CACHED_DOCUMENTS,
    ) -> None:
        self.facts = 0
        self._candidate, self._release, self._until, self._now = candidate, release, until, now
        self._cases = cases or {}
        self._spill = Spill()
        self._documents = Documents(self._spill, cached)
        self._batch = Deciding(vendor, None, self._documents, spill=self._spill)
        self._refused: list[tuple[int, str]] = []
        self._shift: int | None = None if candidate is not None and candidate.since is not None else 0
        """How far numbers of versions moved once the candidate took its place; None until then."""
        self._last_refusal: tuple[datetime, FactRefused] | None = None

    @property
    def clock(self) -> datetime | None:
        """The vendor's clock; None before its first fact."""
        return self._batch.head.clock if self._batch.head else None

    def take(self, decoded: Iterable[Decoded]) -> bool:
        """Decide the facts; False once one lies at `until` or beyond, which is not decided any more."""
        for one in decoded:
            ticks = isinstance(one.fact.event, ClockTicked) and one.refused is None and one.failed is None
            if ticks:
                continue  # deadlines fire before the next fact anyway, and the candidate's are others
            if self._until is not None and one.fact.recorded_at >= self._until:
                return False
            if self._spill.first(one.fact.id):
                self._decide(one)
        self._keep()
        return True

    def finish(self) -> None:
        """Let time pass to `until`, and have everything ready to be read; raises `CandidateUnfit`."""
        end = self._until - timedelta(microseconds=1) if self._until is not None else self._now
        if end is not None and self._batch.head is not None and (self._until is not None or self._mode == "live"):
            self._tick(max(end, self._batch.head.clock))
        self._assert_in_force()
        self._keep()
        self._spill.add("line", self._money())
        self._spill.ask("CREATE INDEX step_of ON step (subject)")

    def _decide(self, one: Decoded) -> None:
        batch, self.facts = self._batch, self.facts + 1
        batch.place = one.record.offset
        fact = self._as_if(one.fact)
        batch.written.clear()
        batch.suspects = batch.skipped = ()
        while True:
            try:
                if one.failed is not None:
                    batch.give_up(fact, b"", one.type, one.failed)
                elif one.refused is not None:
                    batch.refuse(fact, b"", one.refused, fact_type=one.type, touches=())
                else:
                    batch.take(fact, b"", self._release, sys.maxsize)
                break
            except Fault as fault:
                self._conclude(fault)
            except Halted as halted:
                raise Corrupt(f"the replay of {halted.vendor} stops: {halted.reason}") from halted
        for event in batch.written:
            if isinstance(event, FactRefused) and event.fact == fact.id:
                self._note_refusal(event, fact)

    def _conclude(self, fault: Fault) -> None:
        """Have what raised refused or disarmed; an import that would wait for an operator goes on here."""
        self._batch.suspects = self._batch.skipped = (*self._batch.suspects, fault.subject)

    def _note_refusal(self, event: FactRefused, fact: Fact) -> None:
        touches = event.touches or touches_of(fact)
        told = [fact.id, event.fact_type, event.code, touches[0] if touches else "", rfc3339(fact.recorded_at)]
        self._refused.append((self._batch.place, orjson.dumps(told).decode()))
        if stand_in(fact.event, self._candidate):
            self._last_refusal = fact.recorded_at, event

    def _as_if(self, fact: Fact) -> Fact:
        """The fact as it meets the candidate: other versions give way to it, and cases are found by their wins."""
        candidate = self._candidate
        if candidate is not None and self._shift is None and fact.recorded_at >= (candidate.since or fact.recorded_at):
            assert candidate.since is not None
            self._take_force(candidate, candidate.since)
        if candidate is not None and self._shift is not None and stand_in(fact.event, candidate):
            assert isinstance(fact.event, ProgramPublished)
            clock = max(self.clock or fact.recorded_at, fact.recorded_at)
            return replace(fact, event=candidate.in_place_of(fact.event, clock, shift=self._shift))
        if isinstance(fact.event, CaseResolved) and self._documents[Key("case", fact.event.case)] is None:
            won = self._documents[Key("opportunity", self._cases.get(fact.event.case, ""))]
            if isinstance(won, Opportunity) and won.breach is not None:
                return replace(fact, event=fact.event.model_copy(update={"case": won.breach}))
        return fact

    def _take_force(self, candidate: Candidate, since: datetime) -> None:
        """Put the candidate in force at its instant, after the deadlines before it; versions still to come give way."""
        self._shift = 0
        if self._batch.head is None:
            return
        self._tick(max(since, self._batch.head.clock))
        vendor, program = self._documents[THE_VENDOR], self._documents[Key("program", candidate.program)]
        if isinstance(vendor, Vendor) and isinstance(program, Program) and program.versions:
            changed = candidate.takes_force(program, vendor, since)
            self._shift = 1
            self._documents.update(changed)
            self._documents.changed(changed)

    def _tick(self, at: datetime) -> None:
        """Fire every deadline due by then."""
        assert self.clock is not None
        self._batch.written.clear()
        self._batch.suspects = self._batch.skipped = ()
        tick = Fact("replay", self._batch.vendor, ClockTicked(), at, "clock", appended_at=at)
        while True:
            try:
                self._batch.take(tick, b"", self._release, sys.maxsize)
                return
            except Fault as fault:
                self._conclude(fault)
            except Halted as halted:
                raise Corrupt(f"the replay of {halted.vendor} stops: {halted.reason}") from halted

    def _assert_in_force(self) -> None:
        candidate = self._candidate
        if candidate is None:
            return
        program = self._documents[Key("program", candidate.program)]
        if isinstance(program, Program) and program.in_force is not None and self._shift is not None:
            return
        if self._last_refusal is not None:
            at, refused = self._last_refusal
            raise unfit(at, refused.errors[0].model_dump())
        if self._shift is None:
            assert candidate.since is not None
            raise Invalid(
                f"the candidate takes force at {rfc3339(candidate.since)}, after the last fact: name an earlier "
                "instant with --from"
            )
        raise Invalid(f"no version of program {candidate.program} took effect before the end of the period")

    def _keep(self) -> None:
        """Set aside what was noted, so that memory does not grow with the history."""
        self._spill.add("step", self._batch.steps)
        self._spill.add("refused", self._refused)
        self._batch.steps.clear()
        self._refused.clear()
        self._batch.handled.clear()
        self._documents.trim()

    def _money(self) -> Iterator[tuple[Any, ...]]:
        for credit in self.every("credit"):
            assert isinstance(credit, Credit)
            for share in credit.shares if credit.active else ():
                owner, at = share.partner or HOUSE, sortable(credit.effective_at)
                yield (
                    "credit", credit.opportunity, owner, share.role, share.amount.currency, share.amount.minor, at,
                    credit.registration,
                )  # fmt: skip
        for reward in self.every("reward"):
            assert isinstance(reward, Reward)
            about = reward.opportunity or reward.registration
            yield (
                "reward", about, reward.partner, reward.name, reward.currency, reward.left_minor,
                sortable(reward.effective_at), reward.registration,
            )  # fmt: skip

    def every(self, kind: Kind) -> Iterator[Document]:
        """Every document of the kind, by id."""
        self._documents.write(kind)
        return self._spill.every(kind)

    def registrations(self) -> Iterator[Registered]:
        """Every registration as it stands, by id."""
        for one in self.every("registration"):
            assert isinstance(one, Registration)
            yield registered(one)

    def lines(self) -> Iterator[Line]:
        """Every line of credit and rewards that stands, in the order of their keys."""
        return (Line(*row) for row in self._spill.ask(_LINES))

    def refusals(self) -> Iterator[Refused]:
        """Every refused fact, in the order of the log."""
        for place, told in self._spill.ask("SELECT place, told FROM refused ORDER BY place"):
            yield Refused(place, *orjson.loads(told))

    def trails(self, subjects: Iterable[str]) -> dict[str, list[trail.Step]]:
        """The decisions on each of the subjects, in order."""
        ask = "SELECT told FROM step WHERE subject = ? ORDER BY rowid"
        return {one: [trail.read(told) for (told,) in self._spill.ask(ask, (one,))] for one in subjects}

    def moved_by_publishing(self, candidate: Candidate) -> list[str]:
        """Publish the candidate after everything else: the entries of money that the publication itself writes."""
        if self._batch.head is None:
            return []
        program = self._documents[Key("program", candidate.program)]
        event = candidate.published_after(program.newest if isinstance(program, Program) else 0)
        self._batch.written.clear()
        at = self._batch.head.clock
        fact = Fact("replay", self._batch.vendor, event, at, "replay", importing=self._mode == "importing")
        self._batch.take(fact, b"", self._release, sys.maxsize)
        money = (Posted, CreditAssigned, CreditReversed)
        return [", ".join((one.type, *one.subjects())) for one in self._batch.written if isinstance(one, money)]

    @property
    def _mode(self) -> str:
        vendor = self._documents[THE_VENDOR]
        return vendor.mode if isinstance(vendor, Vendor) else "live"

    def close(self) -> None:
        self._spill.close()
