"""A contest window that closes: its claims are judged, the one that goes first by their order first."""

from __future__ import annotations

from operator import attrgetter

from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.contest import is_open
from services.attribution.domain.handlers.deals import rivals
from services.attribution.domain.handlers.ranking import in_order
from services.attribution.domain.handlers.review import evaluate

MOST_CLAIMS = 50
"""Claims that one firing judges; the rest have the same timer each, and whoever is ahead of them keeps its place."""


def close(working_set: WorkingSet, id_: str) -> None:
    """Judge the claim whose window closes, and before it those of its window that go before it.

    A claim that is ahead keeps its place until it is judged itself, so that the order of firing decides nothing; judged
    in their own order, though, waiters stand behind the winner alone.
    """
    claim = working_set.registration(id_)
    others = [rival.claim for rival in rivals(working_set, claim)[0] if _closes(working_set, rival.claim)]
    first = in_order(working_set, sorted((claim, *others), key=attrgetter("place")))[:MOST_CLAIMS]
    for one in dict.fromkeys((*(one.id for one in first), id_)):
        now = working_set.registration(one)
        if is_open(now):
            evaluate(working_set, one, promoted=now.conflict is not None)
        if working_set.registration(one).life.hold != "conflict":
            working_set.stir(one)


def _closes(working_set: WorkingSet, claim: Registration) -> bool:
    return is_open(claim) and claim.contest_until is not None and claim.contest_until <= working_set.clock
