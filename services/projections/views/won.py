"""What opportunities add to the registration they belong to: how many are open, won, lost, and the won value."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from services.projections.views.claim import PipelineRow
from services.projections.views.versions import replaced
from shared.errors import Corrupt
from shared.events import opportunity as o
from shared.events.opportunity_state import MESSAGES, after, told


class Linked(NamedTuple):
    """An opportunity as the pipeline needs it: where it belongs, how it stands, what it is worth."""

    vendor: str
    opportunity_id: str
    registration_id: str | None
    state: str
    amount_minor: int | None
    currency: str | None
    source_time: datetime | None
    source_version: int | None

    @property
    def known(self) -> dict[str, Any]:
        """Return the fields reported before, as far as the pipeline keeps them."""
        return {"amount": self.amount_minor, "source_time": self.source_time, "source_version": self.source_version}


def followed(before: Linked | None, vendor: str, event: Any) -> Linked:
    """The opportunity after a CRM message or a decision about its link."""
    if isinstance(event, MESSAGES):
        message: Any = event
        state = after(before.state if before else None, event)  # type: ignore[arg-type]
        row = before or Linked(vendor, message.opportunity, None, state, None, None, None, None)
        given = told(event, before.known if before else {})
        if (amount := given.get("amount")) is not None:
            row = replaced(row, amount_minor=amount.minor, currency=amount.currency)
        dated = {name: given[name] for name in ("source_time", "source_version") if name in given}
        return replaced(row, state=state, **dated)
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
