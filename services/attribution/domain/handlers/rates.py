"""Exchange rates: published, and looked up for the amounts that a policy compares across currencies."""

from __future__ import annotations

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.rates import Rates
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import WorkingSet
from shared.events.rates import RatesPublished
from shared.policy.schema import Policy


def publish(working_set: WorkingSet, event: RatesPublished) -> None:
    """The rates are known; what was decided before stays decided."""
    evolve(working_set, event)


def rates_for(working_set: WorkingSet, claim: Registration, policy: Policy) -> tuple[Rates, ...]:
    """The rates that judging the claim may need: none unless an amount of it is in another currency."""
    least = policy.gates.min_amount
    if least is None:
        return ()
    amount = least.amount_of(claim.claim)
    if amount is None or amount.currency == least.currency:
        return ()
    bases = working_set.vendor.bases
    working_set.require("rates", bases)
    found = (working_set.find(Rates, "rates", base) for base in bases)
    return tuple(one for one in found if one is not None)
