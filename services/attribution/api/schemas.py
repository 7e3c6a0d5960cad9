"""Requests and responses of blind checks."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.attribution.domain.handlers.blind import SUPPOSED, Answer
from shared.events import registration
from shared.events.registration import RegistrationSubmitted
from shared.http.wire.deals import Customer, NamedPartner
from shared.http.wire.fields import Day, Identity, Line, ProductNames, WirePart

EXAMPLE: dict[str, Any] = {
    "program": "hunting",
    "customer": {"legal_name": "Kanzlei Adler GmbH", "country": "DE", "tax_id": "DE136695976"},
    "products": ["GTX Pro"],
}


class BlindCheck(WirePart):
    """A deal, described as in a registration. Only what `GET /v1/checks` shows is stored."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    program: Identity
    partner: NamedPartner
    customer: Customer
    products: ProductNames
    close_date: Day | None = None
    site: Line | None = None
    workload: Line | None = None
    subscription: Line | None = None

    def claim(self, partner: str) -> RegistrationSubmitted:
        """Return the hypothetical registration."""
        return RegistrationSubmitted(
            registration=SUPPOSED,
            program=self.program,
            partner=partner,
            customer=registration.Customer(**vars(self.customer)),
            products=self.products,
            close_date=self.close_date,
            site=self.site,
            workload=self.workload,
            subscription=self.subscription,
        )


class CheckAnswer(BaseModel):
    """Whether the deal is claimed. Says nothing about the existing claim."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "answer": "needs_identifier",
                "settles": ["customer.tax_id", "customer.duns"],
                "own": None,
                "as_of": "2026-11-24T09:00:00Z",
                "sentence": "Names alone do not settle it; give a valid customer.tax_id or customer.duns.",
            }
        }
    )

    answer: Answer = Field(
        description="`clear`: no live claim of another partner matches. `likely_conflict`: a registration would "
        "probably wait, or need a review. `needs_identifier`: names alone do not settle it."
    )
    settles: list[str] = Field(description="With `needs_identifier`: fields, any one of which would settle it.")
    own: str | None = Field(
        description="The partner's own registration of this deal: another one would be rejected as its duplicate."
    )
    as_of: int | str = Field(
        description="The state that was checked. For the vendor: the number of its last journal entry. For a partner: "
        "an instant (RFC 3339); the check saw everything decided by then, and nothing accepted later."
    )
    sentence: str


class CheckShown(BaseModel):
    """A blind check that was asked. The customer is hashed."""

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
    principal: str | None = Field(description="The principal that asked. For the vendor only.")
    program: str
    identifiers: list[str] = Field(description="The kinds of valid identifiers that were sent, not their values.")
    customer: str = Field(
        description="A keyed hash of the customer's name. Equal names of the same vendor have equal hashes."
    )
    answer: str = Field(description="`clear`, `likely_conflict`, `needs_identifier`, or `refused` with a problem.")


class CheckPage(BaseModel):
    """A page of checks, newest first."""

    items: list[CheckShown]
    next: str | None = Field(description="Path of the next page, also in `Link`; null on the last page.")
