"""What opportunities add to the registration they belong to: how many are open, won, lost, and the won value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from services.projections.views.claim import PipelineRow
from services.projections.views.versions import replaced
from shared.errors import Corrupt
from shared.events import opportunity as o
from shared.events.base import Event

STATES: dict[type[Event], str] = {
    o.OpportunityCreated: "open",
    o.OpportunityWon: "won",
    o.OpportunityLost: "lost",
    o.OpportunityReopened: "open",
}
"""Messages that say how the deal stands; the others leave it."""
MESSAGES: tuple[type[Event], ...] = (*STATES, o.OpportunityChanged)


class Linked(NamedTuple):
    """An opportunity as the pipeline needs it: where it belongs, how it stands, what it is worth."""

    vendor: str
    opportunity_id: str
    registration_id: str | None
    state: str
    amount_minor: int | None
    currency: str | None


def followed(before: Linked | None, vendor: str, event: Any) -> Linked:
    """The opportunity after a CRM message or a decision about its link."""
    if isinstance(event, MESSAGES):
        message: Any = event
        row = before or Linked(vendor, message.opportunity, None, "open", None, None)
        row = replaced(row, state=STATES.get(type(event), row.state))
        if message.amount is not None:
            row = replaced(row, amount_minor=message.amount.minor, currency=message.amount.currency)
        return row
    if before is None:
        raise Corrupt(f"{event.type} concerns an opportunity that no message created")
    if isinstance(event, o.OpportunityLinked):
        return replaced(before, registration_id=event.registration)
    return replaced(before, registration_id=None)


def counted(row: PipelineRow, opportunity: Linked, sign: int) -> PipelineRow:
    """The registration with the opportunity added (`sign` 1) or taken away (-1)."""
    if opportunity.state == "open":
        return replaced(row, open_opportunities=row.open_opportunities + sign)
    if opportunity.state == "lost":
        return replaced(row, lost_opportunities=row.lost_opportunities + sign)
    won = dict(zip(row.won_currencies, row.won_minor, strict=True))
    if opportunity.currency is not None and opportunity.amount_minor is not None:
        value = won.get(opportunity.currency, Decimal(0)) + sign * opportunity.amount_minor
        won[opportunity.currency] = value
    kept = sorted((currency, minor) for currency, minor in won.items() if minor)
    return replaced(
        row,
        won_opportunities=row.won_opportunities + sign,
        won_currencies=[currency for currency, _ in kept],
        won_minor=[minor for _, minor in kept],
    )
