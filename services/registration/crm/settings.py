"""Settings of a connection to a native CRM: what its stages and fields mean. They are data."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from shared.http.wire.fields import Identity, Line, WirePart
from shared.values import exponent_of

Stage = Literal["open", "won", "lost", "ignored"]
MAX_NAMED = 1_000
"""Stages, and spellings of partners, of one connection."""
KEEP_DAYS = 30
"""How long bodies are kept unless the connection states another time."""

Reference = Annotated[str, StringConstraints(pattern=r"^(deal|company)\.[A-Za-z0-9_]{1,100}$")]
"""A property of the deal or of its company, such as `deal.amount`."""
Property = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,100}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class FieldMapping(WirePart):
    """Where each field of an opportunity message is found in the CRM. Fields that are left out are not told."""

    partner: Reference | None = None
    registration: Reference | None = None
    amount: Reference | None = "deal.amount"
    currency: Reference | None = "deal.deal_currency_code"
    close_date: Reference | None = "deal.closedate"
    products: Reference | None = Field(None, description="Products, separated by semicolons as HubSpot separates them.")
    order_number: Reference | None = Field(None, description="Number of the customer's order, for finance.")
    reason: Reference | None = Field(None, description="Why the deal was lost.")
    refund: Reference | None = Field(None, description="The id of a refund; each id counts once.")
    refund_amount: Reference | None = Field(None, description="What the refund with that id pays back.")
    legal_name: Reference | None = "company.name"
    country: Reference | None = None
    city: Reference | None = None
    domain: Reference | None = "company.domain"
    tax_id: Reference | None = None
    company_id: Reference | None = None
    duns: Reference | None = None
    lei: Reference | None = None


class LineItemMapping(WirePart):
    """The properties of a line item that say product and amount."""

    product: Property = "name"
    amount: Property = "amount"


class HubSpotSettings(WirePart):
    """How one HubSpot account is read."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "kind": "hubspot",
                "target_url": "https://deals.example/v1/crm/crm_5f0c2b6d8a1e4f7c/hubspot",
                "portal": 50112233,
                "app": 4400123,
                "stages": {"appointmentscheduled": "open", "closedwon": "won", "closedlost": "lost"},
                "fields": {"partner": "deal.partner", "registration": "deal.dealreg_registration"},
                "partners": {"Nordlicht IT GmbH": "nordlicht"},
            }
        }
    )

    kind: Literal["hubspot"]
    target_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s?#]{1,500}$")] = Field(
        description="The address that HubSpot calls, exactly as its app states it, without a query. It is signed."
    )
    portal: Annotated[int, Field(ge=1, le=2**53)] = Field(description="The id of the HubSpot account (`portalId`).")
    app: Annotated[int, Field(ge=1, le=2**53)] = Field(
        description="The id of the app (`appId`). What it changes itself is an echo, which is dropped."
    )
    stages: Annotated[dict[Line, Stage], Field(min_length=1, max_length=MAX_NAMED)] = Field(
        description="Each stage by its internal name. Whether an open deal is `created`, `changed` or `reopened` "
        "follows from what was told before."
    )
    pipelines: Annotated[tuple[Line, ...], Field(max_length=100)] = Field(
        (), description="Only deals of these pipelines; all where none is named."
    )
    fields: FieldMapping = FieldMapping()
    line_items: LineItemMapping | None = Field(None, description="Read line items as the items of the purchase.")
    partners: Annotated[dict[Line, Identity], Field(max_length=MAX_NAMED)] = Field(
        default_factory=dict, description="The id of a partner by what the CRM calls it. Other values must be ids."
    )
    partner_required: bool = Field(False, description="A deal without partner is listed as unusable.")
    default_currency: Currency | None = Field(None, description="Where a deal names none.")
    own_sources: Annotated[tuple[Line, ...], Field(max_length=100)] = Field(
        (), description="Further values of `sourceId` whose changes are echoes of our own writes."
    )
    contacts: bool = Field(
        True,
        description="Know the contacts of deals, by a keyed hash of their address, so that a privacy deletion "
        "also erases the person here.",
    )
    keep_days: Annotated[int, Field(ge=1, le=365)] = Field(
        KEEP_DAYS, description="Sealed bodies are deleted after so many days."
    )
    reconcile_hours: Annotated[int, Field(ge=0, le=720)] = Field(
        24, description="Hours between two comparisons with the CRM; 0 compares only when asked."
    )
    reconcile_days: Annotated[int, Field(ge=1, le=90)] = Field(
        7, description="Beside open deals, those changed in so many days are compared."
    )

    @field_validator("default_currency")
    @classmethod
    def _currency_exists(cls, given: str | None) -> str | None:
        if given is not None and exponent_of(given) is None:
            raise PydanticCustomError("money.currency", "currency is not in ISO 4217; use a code such as EUR")
        return given

    @property
    def company_properties(self) -> list[str]:
        """The properties of companies that are read."""
        return self._properties("company")

    @property
    def deal_properties(self) -> list[str]:
        """The properties of deals that are read: those that are mapped, and those that every reading needs."""
        return sorted({*self._properties("deal"), "dealstage", "pipeline", "hs_lastmodifieddate"})

    def _properties(self, of: str) -> list[str]:
        named = [one for one in self.fields.model_dump().values() if one is not None]
        return sorted({one.partition(".")[2] for one in named if one.startswith(f"{of}.")})

    def is_own(self, source: object) -> bool:
        """Whether a change by this source is an echo of our own write."""
        return str(source) in (str(self.app), *self.own_sources)
