"""Eligibility: who may register at all."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shared.policy.parameters import DecimalText, Family
from shared.policy.references import Certification, PartnerType, Score, Territory, Tier
from shared.values.fields import Identifier, Line


class Eligibility(Family):
    """Who may register: empty lists and absent values ask for nothing."""

    partner_types: tuple[PartnerType, ...] = ()
    """Types that may register; empty: all."""
    min_tier: Tier | None = None
    """Lowest tier that may register, by the order of the vendor document's `tiers`."""
    min_score: dict[Score, DecimalText] = Field(default={}, max_length=20)
    """Least scores by name, e.g. `{index: 1.0}`, of those that the vendor document lists; the partner needs all."""
    certifications: Annotated[tuple[Certification, ...], Field(max_length=50)] = ()
    """Certifications that the partner needs, all of them, on the day on which the claim is judged."""
    segments: dict[Identifier, Annotated[tuple[Line, ...], Field(min_length=1, max_length=100)]] = Field(
        default={}, max_length=50
    )
    """Segments that may register, e.g. `{region: [DACH, MEA]}`: of each name, the partner's is one of these."""
    territories: Annotated[tuple[Territory, ...], Field(max_length=300)] = ()
    """Territories of the vendor document in which the customer must be; empty: all. Needs `customer.country` in
    `required_fields`."""
    own_territory: bool = False
    """Only customers in a territory of the partner's own; needs `customer.country` in `required_fields`."""
    max_open_registrations: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Open registrations of one partner in this program, submitted through protected, held ones and the new one
    included; checked when a claim is first judged."""
