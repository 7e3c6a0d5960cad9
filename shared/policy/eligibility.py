"""Eligibility: who may register at all."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from shared.policy.parameters import Family
from shared.policy.references import PartnerType, Tier


class Eligibility(Family):
    """Who may register: empty lists and absent values ask for nothing."""

    partner_types: tuple[PartnerType, ...] = ()
    """Types that may register; empty: all."""
    min_tier: Tier | None = None
    """Lowest tier that may register, by the order of the vendor document's `tiers`."""
    max_open_registrations: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Open registrations of one partner in this program, submitted through protected, held ones and the new one
    included; checked when a claim is first judged."""
