"""A won deal: the other claims on it end some at a time, and return where the win is taken back."""

from __future__ import annotations

from datetime import timedelta
from operator import attrgetter

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.amendments import refuse, waiting_for
from services.attribution.domain.handlers.deals import found_by, own_claims, reach, rivals
from services.attribution.domain.handlers.review import end_by, evaluate, won_by
from shared.events.deal import DealClosed, DealReopened

MOST_CLAIMS = 50
"""Claims that one firing ends or brings back: a popular deal's win must not hold up the vendor's next fact."""
_STEP = timedelta(microseconds=1)
"""A firing never falls due with the one before it: it would be taken for one that did nothing."""


def close(working_set: WorkingSet, id_: str) -> None:
    """End the undecided claims and held amendments that collide with the winner, in order of their place."""
    winner = working_set.registration(id_)
    others = [rival.claim for rival in rivals(working_set, winner)[0] if not rival.claim.holds]
    others = sorted((*others, *waiting_for(working_set, winner)), key=attrgetter("place"))
    for one in others[:MOST_CLAIMS]:
        if one.held is not None:
            refuse(working_set, one.id, "won_by_holder", won_by(winner))
        else:
            end_by(working_set, one, winner)
    left = len(others) > MOST_CLAIMS
    next_at = working_set.clock + _STEP if left else None
    evolve(working_set, DealClosed(registration=id_, claims=min(len(others), MOST_CLAIMS), next_at=next_at))


def reopen(working_set: WorkingSet, id_: str) -> None:
    """Bring back those whom a win has ended that was taken back, unless their partner has another live claim."""
    winner = working_set.registration(id_)
    ended = found_by(working_set, reach(working_set, winner), lambda one: one.ended_by == id_)
    returned, next_at = 0, None
    for one in ended:
        if own_claims(working_set, one):
            continue
        if returned == MOST_CLAIMS:
            next_at = working_set.clock + _STEP
            break
        returned += 1
        evaluate(working_set, one.id, promoted=True)
        working_set.stir(one.id)
    evolve(working_set, DealReopened(registration=id_, claims=returned, next_at=next_at))
