"""Rows of the feed: the vendor's entries, each partner's own, and what the fold remembers of who owns what.

An entry's content is kept once: as JSON where queries look into it, else compressed. A partner's row has content of its
own only where that partner may read less than the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from services.projections.views.audience import Owner

SEARCHED: frozenset[str] = frozenset({
    "clock.moved", "connection.configured", "connection.created", "connection.deleted", "connection.rotated",
    "credential.created", "credential.revoked", "credential.rotated", "endpoint.changed", "endpoint.created",
    "endpoint.deleted", "endpoint.disabled", "endpoint.enabled", "endpoint.replayed", "endpoint.rotated",
    "fact.refused", "identity.admitted", "identity.blocked", "partner.certified", "partner.changed", "partner.enrolled",
    "partner.reinstated", "partner.scored", "partner.suspended", "program.published", "program.withdrawn",
    "provider.configured", "provider.removed", "rates.published", "target.dropped", "target.set",
    "vendor.configured", "vendor.created", "vendor.went_live",
})  # fmt: skip
"""Types whose content queries look into: administration, and what was refused. A few in a thousand entries."""


class FeedRow(NamedTuple):
    """One entry for the vendor; `known_by` is the largest `known_at` so far, so an instant names one last entry."""

    vendor: str
    seq: int
    type: str
    version: int
    decision: bool
    clock: datetime
    known_at: datetime
    known_by: datetime
    cause: str
    principal: str | None
    subjects: list[str]
    data: str | None
    """The content as JSON, for the types in `SEARCHED`."""
    body: bytes | None
    """The content compressed, for all other types."""


class PartnerFeedRow(NamedTuple):
    """One entry for one partner, with its own number, because gaps in the vendor's would reveal rivals.

    What is None here is as in the vendor's row.
    """

    vendor: str
    partner: str
    n: int
    seq: int
    caused: bool
    """Whether the partner may know the fact that the entry came of."""
    subjects: list[str] | None
    data: str | None
    body: bytes | None


class VendorState(NamedTuple):
    """What the feed remembers of a vendor: the running `known_by`, and the last fact with the partner that read it."""

    vendor: str
    known_by: datetime
    cause: str
    audience: list[str]


@dataclass(slots=True)
class FeedRows:
    """State that a batch needs, and after the fold the state that changed and the rows to insert."""

    vendors: dict[str, VendorState] = field(default_factory=dict)
    owners: dict[tuple[str, str], Owner] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    feed: list[FeedRow] = field(default_factory=list)
    partner_feed: list[PartnerFeedRow] = field(default_factory=list)
