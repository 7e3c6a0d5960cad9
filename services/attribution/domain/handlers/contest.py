"""Contest windows: claims on one deal that come within a time after the first are decided together, by their order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from services.attribution.domain.documents.calendar import after_period, calendar_of
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.deals import Rival
from shared.events.base import Finding
from shared.values.written import rfc3339

CONTEST = "conflict.contest_window"
"""The clause by which a claim waits for others to come."""


def is_open(claim: Registration) -> bool:
    """Whether the claim waits for its window to close, or for the timer that closes it."""
    return claim.life.hold == "contest"


def window(working_set: WorkingSet, claim: Registration, same: Sequence[Rival], *, opens: bool) -> datetime | None:
    """When the window closes in which the claim is compared; None where rules may decide it now.

    It stays in the window that it is or was in. Else it joins the one of the rival that came first of those in an open
    one, whatever its own policy says; and `opens` one, counted from its complete submission, where its policy has any.
    """
    until = claim.contest_until
    if until is None:
        until = _joined(same) or (_opened(working_set, claim) if opens else None)
    return until if until is not None and working_set.clock < until else None


def _joined(same: Sequence[Rival]) -> datetime | None:
    rivals = [rival.claim for rival in same if is_open(rival.claim)]
    return min(rivals, key=attrgetter("place")).contest_until if rivals else None


def _opened(working_set: WorkingSet, claim: Registration) -> datetime | None:
    policy = working_set.policy(claim)
    period = policy.conflict.contest_window
    if period == "none":
        return None
    return after_period(claim.place[0], period, policy.zone, calendar_of(working_set.vendor.document, policy.calendar))


def compared(until: datetime) -> Finding:
    """A window that is open as a finding: until when others may come."""
    return Finding(clause=CONTEST, outcome="missing", code=CONTEST, inputs={"until": rfc3339(until)})
