"""Rows of the feed: the vendor's entries, each partner's own, and what the fold remembers of who owns what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from services.projections.views.audience import Owner


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
    data: str


class PartnerFeedRow(NamedTuple):
    """One entry for one partner, with its own number, because gaps in the vendor's would reveal rivals."""

    vendor: str
    partner: str
    n: int
    seq: int
    type: str
    version: int
    decision: bool
    clock: datetime
    cause: str | None
    subjects: list[str]
    data: str


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
