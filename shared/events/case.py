"""Cases: what rules leave to a person after a win, with what they hold meanwhile."""

from __future__ import annotations

from typing import ClassVar, Literal

from shared.events.base import Decision, Event, Id, Short, distinct, subject


class CaseOpened(Decision):
    """A partner that does not hold the deal won it: the holder's rewards wait for a reviewer."""

    type: ClassVar[str] = "case.opened"

    case: Id
    kind_of_case: Literal["breach"]
    opportunity: Id
    registration: Id
    """The holder's registration."""
    winner: Id | None = None
    """The registration that the won opportunity belongs to."""

    def subjects(self) -> tuple[str, ...]:
        linked = subject("registration", self.registration, self.winner)
        return distinct((*subject("case", self.case), *subject("opportunity", self.opportunity), *linked))


class CaseResolved(Event):
    """A reviewer decided the case: what it holds is released or reversed."""

    type: ClassVar[str] = "case.resolved"

    case: Id
    verdict: Literal["release", "reverse"]
    reason: Short

    def subjects(self) -> tuple[str, ...]:
        return subject("case", self.case)


class CaseClosed(Decision):
    """The case no longer holds anything: a reviewer resolved it, or its win was reversed."""

    type: ClassVar[str] = "case.closed"

    case: Id
    opportunity: Id
    registration: Id
    outcome: Literal["released", "reversed", "win_taken_back"]

    def subjects(self) -> tuple[str, ...]:
        linked = subject("registration", self.registration)
        return distinct((*subject("case", self.case), *subject("opportunity", self.opportunity), *linked))
