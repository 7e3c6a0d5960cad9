"""The shapes of answers about deals: opportunities, conflicts, and what became of a fact."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from services.projections.api.schemas import EventDocument, MoneyDocument, Page
from services.projections.api.stale import MayBeStale


class ItemDocument(BaseModel):
    product: str
    amount: MoneyDocument


class OpportunityDocument(MayBeStale):
    opportunity: str
    connection: str
    external_id: str
    state: Literal["open", "won", "lost"]
    partner: str | None
    registration: str | None
    linked_by: str | None
    unlinked_code: str | None
    case: str | None = Field(description="How its win counts: a row of the won table.")
    customer: dict[str, Any] | None
    products: list[str]
    amount: MoneyDocument | None
    items: list[ItemDocument] | None = Field(description="The lines that the amount is made of, where the CRM tells.")
    close_date: date | None
    reason: str | None
    source_time: datetime | None
    source_version: int | None
    created_at: datetime
    closed_at: datetime | None
    holder: str | None = None
    seq: int | None = None


class OpportunityPage(Page):
    items: list[OpportunityDocument]


class OpponentDocument(BaseModel):
    registration: str
    partner: str
    keys: list[str]
    products: list[str]


class ConflictDocument(MayBeStale):
    conflict: str
    state: Literal["open", "resolved"]
    registration: str
    partner: str | None
    contested: bool
    outcome: str | None
    policy: str | None
    detected_at: datetime
    resolved_at: datetime | None
    opponents: list[OpponentDocument] | None = Field(None, description="For the vendor alone.")
    seq: int | None = None


class ConflictPage(Page):
    items: list[ConflictDocument]


class FactDocument(BaseModel):
    """What became of a fact."""

    fact: str
    state: Literal["decided"]
    entries: list[EventDocument]
