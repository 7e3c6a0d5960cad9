"""Parts of a request that describe a deal: customer and partner."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from shared.errors import DealregError
from shared.http.wire.fields import CompanyNumber, Country, Domain, Identity, Line, WirePart


class PartnerNotYours(DealregError):
    """A partner's credential named another partner."""

    code = "partner.not_yours"
    status = 403


class Customer(WirePart):
    """The end customer, as you spell it. Identifiers (tax_id, duns, lei, company_id, domain) count before names."""

    legal_name: Line
    country: Country | None = None
    city: Line | None = None
    domain: Domain | None = None
    tax_id: CompanyNumber | None = None
    company_id: CompanyNumber | None = None
    duns: CompanyNumber | None = None
    lei: CompanyNumber | None = None
    sector: Line | None = None
    subsidiary_of: Line | None = None


def _partner_is_known(partner: str | None, info: ValidationInfo) -> str | None:
    bound = (info.context or {}).get("partner")
    if partner is None and bound is None:
        raise PydanticCustomError("field.missing", "is required because your credential is not bound to a partner")
    return partner


NamedPartner = Annotated[
    Identity | None,
    AfterValidator(_partner_is_known),
    Field(
        default=None,
        validate_default=True,
        description="Required unless the credential is bound to a partner; then it is that partner.",
    ),
]
"""The partner that a body names; validated with the context `{"partner": the one that the credential is bound to}`."""


def claimant(named: str | None, bound: str | None) -> str:
    """Return the claiming partner; raise `PartnerNotYours` if the credential is bound to another."""
    if bound is not None and named not in (None, bound):
        raise PartnerNotYours(f"this credential is bound to partner {bound}")
    return named or bound or ""
