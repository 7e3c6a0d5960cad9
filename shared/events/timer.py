"""Timers: a deadline that could not be fired, and one that a person arms again."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from shared.events.base import Decision, Event

Timer = Literal[
    "protection.end", "lost.end", "contest.close", "confirmation", "won.close", "won.return", "reward.hold",
    "policy.effective",
]  # fmt: skip
"""Every kind of deadline, by name."""
Timed = Annotated[str, StringConstraints(pattern=r"^(registration|reward|program):[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$")]
"""Whose timer it is, as entries name their subjects."""


class TimerFailed(Decision):
    """Deciding a due timer failed twice: it is disarmed until a reviewer or a later release arms it."""

    type: ClassVar[str] = "timer.failed"

    subject: Timed
    timer: Timer

    def subjects(self) -> tuple[str, ...]:
        return (self.subject,)


class TimerArmed(Event):
    """A reviewer armed a failed timer again. It fires at once if it is due."""

    type: ClassVar[str] = "timer.armed"

    subject: Timed
    timer: Timer

    def subjects(self) -> tuple[str, ...]:
        return (self.subject,)
