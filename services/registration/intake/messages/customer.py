"""Messages of reviewers about customers: answer or revoke a match, merge, split."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from services.registration.intake.messages.message import Context, Message, Seals
from shared.errors import DealregError
from shared.events import customer, registration
from shared.events.base import Event, composed
from shared.http.wire.deals import Customer
from shared.http.wire.fields import Line

_WHY: Any = Field(default=None, description="The reason, for later readers. It is not sealed, so name no person.")
_TWO: dict[str, Any] = {
    "customer": {"legal_name": "Kanzlei Adler GmbH", "country": "DE", "tax_id": "DE136695976"},
    "other_customer": {"legal_name": "Adler Rechtsanwälte", "country": "DE", "domain": "adler.example"},
    "note": "the firm was renamed in 2026",
}


class MatchUnknown(DealregError):
    """The match id names no two registrations."""

    code = "match.unknown"
    status = 404


def _sides(match: str) -> tuple[str, str]:
    sides = customer.match_sides(match)
    if sides is None:
        raise MatchUnknown(f"there is no match {match}; see /v1/matches")
    return sides


class AnswerMatch(Message):
    """A reviewer's answer: do the two registrations have the same customer?"""

    model_config = ConfigDict(json_schema_extra={"example": {"same": False, "note": "two lawyers of one name"}})

    same: bool
    note: Line | None = _WHY

    def event(self, context: Context, sealed: Seals) -> Event:
        one, other = _sides(context.target)
        return registration.CustomerMatchDecided(registration=one, other=other, same=self.same, note=self.note)


class RevokeMatch(Message):
    """Revokes the answer to a match: the two customers are undecided again."""

    model_config = ConfigDict(json_schema_extra={"example": {"note": "answered the wrong one"}})

    note: Line | None = _WHY

    def event(self, context: Context, sealed: Seals) -> Event:
        one, other = _sides(context.target)
        return customer.CustomerMatchRevoked(registration=one, other=other, note=self.note)


class _Two(Message):
    model_config = ConfigDict(json_schema_extra={"example": _TWO})

    customer: Customer = Field(description="The customer as registered, with its identifiers.")
    other_customer: Customer
    note: Line | None = _WHY

    def _fields(self) -> dict[str, Any]:
        two = {name: composed(registration.Customer, **vars(getattr(self, name))) for name in _TWO if name != "note"}
        return {**two, "note": self.note}


class MergeCustomers(_Two):
    """A reviewer's decision: two customers are one from now on. Every claim on either is evaluated again."""

    def event(self, context: Context, sealed: Seals) -> Event:
        return customer.CustomerMerged(**self._fields())


class SplitCustomers(_Two):
    """A reviewer's decision: two customers are different companies from now on, whatever their names."""

    def event(self, context: Context, sealed: Seals) -> Event:
        return customer.CustomerSplit(**self._fields())
