"""Timers: what fires when a deadline falls due, and what becomes of one that cannot be fired."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.evolve_timers import timed
from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.kinds import Timed, next_timer
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from services.attribution.domain.handlers import administration, contest_closing, loss, protection, rewards, won_deal
from services.attribution.domain.handlers.queue import drain
from shared.errors import Unfoldable
from shared.events.timer import Timer, TimerArmed, TimerFailed

FIRES: dict[Timer, Callable[[WorkingSet, str], None]] = {
    "protection.end": protection.end,
    "lost.end": loss.end,
    "contest.close": contest_closing.close,
    "confirmation": protection.lapse,
    "won.close": won_deal.close,
    "won.return": won_deal.reopen,
    "reward.hold": rewards.fall_due,
    "policy.effective": administration.fall_due,
}
"""What each timer does to the document that has it, by the timer's name."""


class StillDue(Exception):
    """A timer that fired is due as before: it would fire for ever."""


def fire(working_set: WorkingSet, due: datetime, key: Key) -> None:
    """Decide one deadline of one document at the instant it falls due; raises `NeedsDocuments` and `StillDue`."""
    working_set.clock = max(working_set.clock, due)
    _, name = _next(working_set, key)
    FIRES[name](working_set, key.id)
    again = next_timer(_timed(working_set, key))
    if again is not None and again[1] == name and again[0] <= due:
        raise StillDue(f"{name} of {key.subject}")
    drain(working_set)


def fail(working_set: WorkingSet, due: datetime, key: Key) -> None:
    """Disarm a timer that raised, so that neither it nor anything behind it in the queue of deadlines is stuck."""
    working_set.clock = max(working_set.clock, due)
    _, name = _next(working_set, key)
    evolve(working_set, TimerFailed(subject=key.subject, timer=name))


def _next(working_set: WorkingSet, key: Key) -> tuple[datetime, Timer]:
    found = next_timer(_timed(working_set, key))
    if found is None:
        raise Unfoldable(f"{key.subject} has a deadline and no timer")
    return found


def _timed(working_set: WorkingSet, key: Key) -> Timed:
    found = timed(working_set, key.subject)
    if found is None:
        raise Unfoldable(f"{key.subject} has a deadline and does not exist")
    return found


def arm(working_set: WorkingSet, event: TimerArmed) -> None:
    """Arm a timer that had failed; where it is due, it fires right after this fact."""
    document = timed(working_set, event.subject)
    if document is None or event.timer not in document.disarmed:
        raise FactRejected("timer.not_failed", status=409, field="timer", timer=event.timer, subject=event.subject)
    evolve(working_set, event)
