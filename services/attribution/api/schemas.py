"""Blind checks as they come over the wire, and as they are answered."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.attribution.domain.handlers.blind import SUPPOSED, Answer
from shared.events import registration
from shared.events.registration import RegistrationSubmitted
from shared.http.wire.deals import Customer, NamedPartner
from shared.http.wire.fields import Day, Identity, ProductNames, WirePart

EXAMPLE: dict[str, Any] = {
    "program": "hunting",
    "customer": {"legal_name": "Kanzlei Adler GmbH", "country": "DE", "tax_id": "DE136695976"},
    "products": ["GTX Pro"],
}


class BlindCheck(WirePart):
    """A deal as a registration would name it; nothing of it is kept but what `GET /v1/checks` shows."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    program: Identity
    partner: NamedPartner
    customer: Customer
    products: ProductNames
    close_date: Day | None = None

    def claim(self, partner: str) -> RegistrationSubmitted:
        """The registration that is only supposed."""
        return RegistrationSubmitted(
            registration=SUPPOSED,
            program=self.program,
            partner=partner,
            customer=registration.Customer(**vars(self.customer)),
            products=self.products,
            close_date=self.close_date,
        )


class CheckAnswer(BaseModel):
    """Whether the deal is claimed; nothing of the claim that it meets."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "answer": "needs_identifier",
                "settles": ["customer.tax_id", "customer.duns"],
                "as_of": "2026-11-24T09:00:00Z",
                "sentence": "Names alone do not settle it; give a valid customer.tax_id or customer.duns.",
            }
        }
    )

    answer: Answer = Field(
        description="`clear`: no live claim of another partner meets it. `likely_conflict`: a registration would "
        "probably wait or be left to a person. `needs_identifier`: names alone do not settle it."
    )
    settles: list[str] = Field(description="With `needs_identifier`, the fields any of which would settle it.")
    as_of: int | str = Field(
        description="The state that was looked at: the vendor's last entry; for a partner an instant (RFC 3339) by "
        "which everything decided was seen. What was accepted later, or waits to be decided, was not."
    )
    sentence: str


class CheckShown(BaseModel):
    """A check that was asked; of its customer only what tells one from another."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "check": "chk_5f0c2b6d8a1e4f7c9b3d2a1e0f4c6b8a",
                "at": "2026-11-24T09:00:00Z",
                "partner": "partner-7",
                "principal": "key:0d6e9c1b7a5f5c0e",
                "program": "hunting",
                "identifiers": ["tax_id"],
                "customer": "b1946ac92492d2347c6235b4d2611184",
                "answer": "clear",
            }
        }
    )

    check: str
    at: str
    partner: str
    principal: str | None = Field(description="Whose credential asked; for the vendor alone.")
    program: str
    identifiers: list[str] = Field(description="The kinds of valid identifiers that were given, not their values.")
    customer: str = Field(description="A keyed hash of the customer's name: equal for equal names of one vendor.")
    answer: str = Field(description="`clear`, `likely_conflict`, `needs_identifier`, or `refused` with a problem.")


class CheckPage(BaseModel):
    """Checks, the newest first."""

    items: list[CheckShown]
    next: str | None = Field(description="The next page, also in `Link`; null on the last one.")
