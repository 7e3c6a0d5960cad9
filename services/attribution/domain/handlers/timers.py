"""Timers: what fires when a deadline falls due, and what becomes of one that cannot be fired."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.evolve_timers import timed
from services.attribution.domain.documents.keys import Key, Kind
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from services.attribution.domain.handlers import administration, protection, rewards
from shared.events.timer import TimerArmed, TimerFailed

FIRES: dict[Kind, Callable[[WorkingSet, str], None]] = {
    "registration": protection.fall_due,
    "reward": rewards.fall_due,
    "program": administration.fall_due,
}
"""What fires for each kind of document that has a deadline."""


class StillDue(Exception):
    """A timer that fired is due as before: it would fire for ever."""


def fire(working_set: WorkingSet, due: datetime, key: Key) -> None:
    """Decide one deadline of one document at the instant it falls due; raises `Missing`."""
    working_set.clock = max(working_set.clock, due)
    FIRES[key.kind](working_set, key.id)
    document = timed(working_set, key.subject)
    if document is not None and document.due is not None and document.due <= due:
        raise StillDue(key.subject)


def fail(working_set: WorkingSet, due: datetime, key: Key) -> None:
    """Disarm a timer that raised, so that neither it nor anything behind it in the queue of deadlines is stuck."""
    working_set.clock = max(working_set.clock, due)
    document = timed(working_set, key.subject)
    assert document is not None
    assert document.timer is not None
    sentence = f"The timer {document.timer} failed and is disarmed until it is armed again."
    evolve(working_set, TimerFailed(subject=key.subject, timer=document.timer, sentence=sentence))


def arm(working_set: WorkingSet, event: TimerArmed) -> None:
    """Arm a timer that had failed; where it is due, it fires right after this fact."""
    document = timed(working_set, event.subject)
    if document is None or event.timer not in document.disarmed:
        message = f"no timer {event.timer} of {event.subject} has failed; GET /v1/events lists timer.failed"
        raise FactRejected("timer.not_failed", message, status=409, field="timer")
    evolve(working_set, event)
