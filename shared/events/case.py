"""Cases: what rules leave to a person after a win, with what they hold meanwhile."""

from __future__ import annotations

from typing import ClassVar, Literal

from shared.events.base import Decision, Event, Id, Short, distinct, subject


class CaseOpened(Decision):
    """A win by a partner that does not hold the deal: the holder's rewards wait for a person."""

    type: ClassVar[str] = "case.opened"

    case: Id
    kind_of_case: Literal["breach"]
    opportunity: Id
    registration: Id
    """The holder's."""
    winner: Id | None = None
    """The registration that the won opportunity belongs to."""

    def subjects(self) -> tuple[str, ...]:
        linked = subject("registration", self.registration, self.winner)
        return distinct((*subject("case", self.case), *subject("opportunity", self.opportunity), *linked))


class CaseResolved(Event):
    """A person decides: what the case holds is released, or reversed."""

    type: ClassVar[str] = "case.resolved"

    case: Id
    verdict: Literal["release", "reverse"]
    reason: Short

    def subjects(self) -> tuple[str, ...]:
        return subject("case", self.case)


class CaseClosed(Decision):
    """The case holds nothing any more: a person resolved it, or the win it rests on was taken back."""

    type: ClassVar[str] = "case.closed"

    case: Id
    opportunity: Id
    registration: Id
    outcome: Literal["released", "reversed", "win_taken_back"]

    def subjects(self) -> tuple[str, ...]:
        linked = subject("registration", self.registration)
        return distinct((*subject("case", self.case), *subject("opportunity", self.opportunity), *linked))
