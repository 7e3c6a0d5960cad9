"""Opportunities as a CRM tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from services.attribution.domain.documents.money import Refund
from shared.errors import known
from shared.events.money import Money
from shared.events.opportunity import OpportunityCreated

_IDENTIFYING = frozenset({"opportunity", "connection", "external_id"})


@dataclass(frozen=True)
class Opportunity:
    """The deal as a CRM sees it: the newest word on each field, its outcome, and what it is linked to."""

    id: str
    latest: OpportunityCreated
    """Every field as last told, whatever the kind of message."""
    status: Literal["open", "won", "lost"] = "open"
    registration: str | None = None
    case: str | None = None
    holder: str | None = None
    """The rival's registration that held the deal at the win."""
    winner: str | None = None
    """The partner that won, where it is not the registration's."""
    shared_with: tuple[str, ...] = ()
    """The other registrations that held the deal at the win and share in it."""
    breach: str | None = None
    """The case that the win opened."""
    keys: tuple[str, ...] = ()
    """While unlinked: where it is listed for later registrations."""
    by_person: bool = False
    """Whether a person said what it is linked to, or that it belongs nowhere."""
    said_winner: str | None = None
    """The partner whose win it is by that person's word."""
    refunds: tuple[Refund, ...] = ()
    """Every refund and cancellation told of it, in the order of telling: each counts once."""
    values: tuple[Money, ...] = ()
    """While it is won: the value last told in each currency, the latest last."""
    taken_back_at: datetime | None = None
    """When its last win was taken back, by the CRM's own clock: refunds up to then are that win's."""

    @property
    def fields(self) -> dict[str, Any]:
        """Every field by name as last told, None where untold."""
        return vars(self.latest)

    @property
    def value(self) -> Money:
        """What it is worth, where that must be known; raises `Unfoldable`."""
        return known(self.latest.amount, f"amount of opportunity {self.id!r}")

    @property
    def stands(self) -> Literal["open", "won", "lost"] | None:
        """Its state for the next message; None while refunds alone were told, and no message of the deal itself."""
        heard = not self.refunds or any(
            value is not None for name, value in self.fields.items() if name not in _IDENTIFYING
        )
        return self.status if heard or self.status != "open" else None

    @property
    def refunded_minor(self) -> int:
        """What of the value is gone again, in its currency; it stays so when the win is linked elsewhere."""
        counted = sum(refund.counted.minor for refund in self.refunds if refund.counted is not None)
        return min(counted, self.latest.amount.minor) if counted and self.latest.amount is not None else 0
