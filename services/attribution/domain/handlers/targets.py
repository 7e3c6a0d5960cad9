"""What partners are to reach: targets set, replaced and dropped. What is reached, views count."""

from __future__ import annotations

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.partner import Partner
from services.attribution.domain.documents.working_set import FactRejected, WorkingSet
from shared.events.target import TargetDropped, TargetSet

MOST_TARGETS = 100
"""Of one partner, past ones included: they stay with it, so that what was reached can be read."""


def set_target(working_set: WorkingSet, event: TargetSet) -> None:
    """The partner has the target, in place of an earlier one of the name; a suspended partner keeps its targets."""
    partner = _enrolled(working_set, event.partner)
    if event.program is not None and working_set.find_program(event.program) is None:
        raise FactRejected("program.unknown", field="program", program=event.program)
    if event.product is not None:
        product = working_set.vendor.product(event.product)
        if product is None:
            raise FactRejected("product.unknown", field="product", product=event.product)
        # Measures know products by the catalogue's name, not by an alias.
        event = event if product == event.product else event.model_copy(update={"product": product})
    named = {name for name, _ in partner.targets}
    if event.name not in named and len(named) >= MOST_TARGETS:
        raise FactRejected("target.too_many", status=409, field="name", most=MOST_TARGETS)
    evolve(working_set, event)


def drop(working_set: WorkingSet, event: TargetDropped) -> None:
    """The partner has the target no longer."""
    partner = _enrolled(working_set, event.partner)
    if event.name not in {name for name, _ in partner.targets}:
        raise FactRejected("target.unknown", status=404, field="name", name=event.name)
    evolve(working_set, event)


def _enrolled(working_set: WorkingSet, id_: str) -> Partner:
    partner = working_set.find_partner(id_)
    if partner is None:
        raise FactRejected("partner.unknown", status=404, field="partner", partner=id_)
    return partner
