"""The shapes of answers about deals: opportunities, conflicts, and what became of a fact."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from services.projections.api.schemas import EventDocument, MoneyDocument, Page, SelectedFields
from services.projections.api.stale import MayBeStale


class ItemDocument(BaseModel):
    product: str
    amount: MoneyDocument


class RefundDocument(BaseModel):
    refund: str
    amount: MoneyDocument | None = Field(description="None: a cancellation of everything that is left.")
    state: Literal["waiting", "counted", "disregarded"]
    code: str | None = Field(description="Why it waits, or changes nothing.")
    counted: MoneyDocument | None = Field(description="What it takes of the amount, in its currency.")


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
    refunded: MoneyDocument | None = Field(description="What counts of its refunds, at most the amount.")
    refunds: list[RefundDocument] = Field(description="Every refund and cancellation told of it, in order.")
    close_date: date | None
    reason: str | None
    source_time: datetime | None
    source_version: int | None
    created_at: datetime
    closed_at: datetime | None
    holder: str | None = None
    seq: int | None = None


class OpportunityPage(Page):
    items: list[OpportunityDocument | SelectedFields]


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
    items: list[ConflictDocument | SelectedFields]


class MatchSide(BaseModel):
    """One of two registrations; without more than its number where the pipeline lacks it."""

    registration: str
    partner: str | None = None
    program: str | None = None
    state: str | None = None
    customer: dict[str, Any] | None = Field(None, description="As it is registered.")
    products: list[str] | None = None
    submitted_at: datetime | None = None
    protected_from: datetime | None = None
    protected_until: datetime | None = None


class TraitDocument(BaseModel):
    """One thing that matching saw in two customers."""

    name: str
    value: str


class LikenessDocument(BaseModel):
    """What makes the two customers alike."""

    registration: str
    band: Literal["same", "look"]
    rule: str
    permille: int = Field(description="How alike the names are, 0 to 1,000.")
    sentence: str
    evidence: list[TraitDocument] = Field(description="What matching saw.")


class MatchDocument(MayBeStale):
    match: str
    state: Literal["open", "decided", "lapsed"] = Field(
        description="`lapsed`: nobody needs the answer any more (`ended_by` says since which kind of entry), or it "
        "was taken back."
    )
    registration: str = Field(description="Whose customer is asked about.")
    other: str = Field(description="The protected registration that its customer may be the same as.")
    sides: list[MatchSide] = Field(
        description="`registration`, then `other`: as they are while it is open, as they were when it ended."
    )
    likeness: LikenessDocument | None
    policy: str | None
    asked: int = Field(description="How many times; 0 where somebody answered unasked.")
    asked_at: datetime | None
    decide_by: datetime | None
    overdue: bool
    same: bool | None
    decided_at: datetime | None
    decided_by: str | None
    note: str | None
    revoked_at: datetime | None = Field(description="When the last answer was taken back, if it was.")
    revoked_by: str | None
    ended_at: datetime | None
    ended_by: str | None
    seq: int


class MatchPage(Page):
    items: list[MatchDocument | SelectedFields]


class FactDocument(BaseModel):
    """What became of a fact."""

    fact: str
    state: Literal["decided"]
    entries: list[EventDocument]
