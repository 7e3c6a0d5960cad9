"""What people say of customers: an answer on two claims and taking it back, two customers merged or split.

Whatever is said counts from its entry on, and every live claim on the two customers is looked at again, in order.
"""

from __future__ import annotations

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from services.attribution.domain.handlers.amendments import amended_deal
from services.attribution.domain.handlers.claims import claim_of, recheck
from services.attribution.domain.handlers.deals import between, found_by, reach
from services.attribution.domain.matching.identity import Identity, by_identifiers, identity_of
from shared.events.customer import CustomerMatchRevoked, CustomerMerged, CustomerSplit
from shared.events.registration import CustomerMatchDecided

Said = CustomerMatchDecided | CustomerMatchRevoked | CustomerMerged | CustomerSplit


def handle(working_set: WorkingSet, event: Said) -> None:
    """What a person said of two customers holds, if the rules leave room for it."""
    if isinstance(event, CustomerMerged | CustomerSplit):
        one, other = identity_of(event.customer), identity_of(event.other_customer)
        _assert_two(one, other, split=isinstance(event, CustomerSplit))
        _say(working_set, event, (one, other), ())
        return
    if event.registration == event.other:
        raise FactRejected("match.self", field="other")
    mine, theirs = claim_of(working_set, event.registration), claim_of(working_set, event.other)
    if isinstance(event, CustomerMatchRevoked) and theirs.id not in dict(mine.verdicts):
        raise FactRejected("match.not_decided", status=409)
    _say(working_set, event, (mine.deal.identity, theirs.deal.identity), (mine.id, theirs.id))


def _assert_two(one: Identity, other: Identity, *, split: bool) -> None:
    if one == other:
        raise FactRejected("customer.identical", field="other_customer")
    verdict = by_identifiers(one, other)
    if split and verdict is not None and verdict.answer == "same":
        raise FactRejected("customer.identifiers_equal", field="other_customer", keys=list(verdict.keys))


def _say(working_set: WorkingSet, event: Said, customers: tuple[Identity, Identity], named: tuple[str, ...]) -> None:
    keys = dict.fromkeys(key for one in customers for key in one.keys)
    listed = found_by(working_set, keys, lambda one: one.live)
    concerned = [one for one in listed if one.deal.identity in customers or _amends(working_set, one, customers)]
    reached = {one.id: reach(working_set, one) for one in concerned}
    evolve(working_set, event)
    # First the claims that turn out not to conflict: a drained queue would treat them as promoted waiters.
    wronged = [id_ for id_ in reached if _waits_for_another_deal(working_set, working_set.registration(id_))]
    for id_ in dict.fromkeys((*wronged, *named)):
        if working_set.registration(id_).live:
            recheck(working_set, id_, moved=True, former=reached.pop(id_, ()))
    for id_, former in reached.items():
        working_set.stir(id_, former)


def _amends(working_set: WorkingSet, claim: Registration, customers: tuple[Identity, Identity]) -> bool:
    """Whether its held amendment is on one of the customers."""
    deal = amended_deal(working_set, claim)
    return deal is not None and deal.identity in customers


def _waits_for_another_deal(working_set: WorkingSet, claim: Registration) -> bool:
    """Whether it stands behind a claim that has turned out to be on another deal."""
    waits = claim.life.hold == "conflict"
    return waits and any(
        between(working_set, claim, working_set.registration(id_)).answer != "same" for id_ in claim.behind
    )
