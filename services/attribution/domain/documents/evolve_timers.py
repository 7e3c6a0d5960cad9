"""Evolve, for timers: which of a document's timers are disarmed."""

from __future__ import annotations

from services.attribution.domain.documents.derived import replace
from services.attribution.domain.documents.keys import Kind
from services.attribution.domain.documents.kinds import Timed
from services.attribution.domain.documents.money import Reward
from services.attribution.domain.documents.program import Program
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import WorkingSet
from shared.errors import Unfoldable
from shared.events.timer import TimerArmed, TimerFailed
from shared.events.vendor import DeciderUpgraded

_CLASSES: dict[Kind, type[Registration] | type[Reward] | type[Program]] = {
    "registration": Registration,
    "reward": Reward,
    "program": Program,
}


def timed(working_set: WorkingSet, subject: str) -> Timed | None:
    """The document that has the timer, or None where there is none; raises `NeedsDocuments`."""
    kind, _, id_ = subject.partition(":")
    return working_set.find(_CLASSES[kind], kind, id_)  # type: ignore[index,arg-type]


def evolve_timer(working_set: WorkingSet, event: TimerFailed | TimerArmed) -> None:
    """The timer is disarmed, or armed again; the vendor lists whose timers are disarmed."""
    document = _timed(working_set, event.subject)
    others = tuple(name for name in document.disarmed if name != event.timer)
    disarmed = tuple(sorted((*others, event.timer))) if isinstance(event, TimerFailed) else others
    _disarm(working_set, event.subject, document, disarmed)
    listed = tuple(one for one in working_set.vendor.disarmed if one != event.subject)
    if disarmed:
        listed = tuple(sorted((*listed, event.subject)))
    working_set.put("vendor", "", replace(working_set.vendor, disarmed=listed))


def evolve_upgrade(working_set: WorkingSet, event: DeciderUpgraded) -> None:
    """Another release decides: what the last one could not fire is armed, in case this one can."""
    before = working_set.vendor
    disarmed = before.disarmed if before.release != event.release else ()
    now = replace(before, release=event.release, normaliser=event.normaliser)
    working_set.put("vendor", "", replace(now, disarmed=()) if disarmed else now)
    for subject in disarmed:
        document = _timed(working_set, subject)
        _disarm(working_set, subject, document, ())


def _timed(working_set: WorkingSet, subject: str) -> Timed:
    found = timed(working_set, subject)
    if found is None:
        raise Unfoldable(f"the journal names a timer of {subject}, which does not exist")
    return found


def _disarm(working_set: WorkingSet, subject: str, document: Timed, disarmed: tuple[str, ...]) -> None:
    kind, _, id_ = subject.partition(":")
    working_set.put(kind, id_, replace(document, disarmed=disarmed))  # type: ignore[arg-type]
