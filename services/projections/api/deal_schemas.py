"""Response schemas about deals: opportunities, conflicts, matches and facts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.projections.api.schemas import (
    DecisionDocument,
    EventDocument,
    FindingDocument,
    HolderDocument,
    MoneyDocument,
    Page,
    SelectedFields,
)
from services.projections.api.stale import MayBeStale


class ItemDocument(BaseModel):
    product: str
    amount: MoneyDocument


class RefundDocument(BaseModel):
    refund: str
    amount: MoneyDocument | None = Field(description="Null for a cancellation of everything that remains.")
    state: Literal["waiting", "counted", "disregarded"]
    code: str | None = Field(description="Why it waits, or why it changes nothing.")
    counted: MoneyDocument | None = Field(description="How much of the amount it takes back.")


class OpportunityDocument(MayBeStale):
    opportunity: str
    connection: str
    external_id: str
    state: Literal["open", "won", "lost"]
    partner: str | None
    registration: str | None
    linked_by: str | None
    unlinked_code: str | None
    case: str | None = Field(
        description="How its win counts (protected, further, late, breach, unprotected or unlinked)."
    )
    customer: dict[str, Any] | None
    products: list[str]
    amount: MoneyDocument | None
    items: list[ItemDocument] | None = Field(description="The items that make up the amount, if the CRM sent them.")
    refunded: MoneyDocument | None = Field(description="Total of the refunds that count; at most the amount.")
    refunds: list[RefundDocument] = Field(description="Every refund and cancellation reported for it, in order.")
    close_date: date | None
    reason: str | None
    source_time: datetime | None
    source_version: int | None
    order_number: str | None
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
    customer: str | None = Field(None, description="The claim's customer, as registered.")
    behind: list[HolderDocument] = Field(
        [], description="What the claim waits for now. Those it met at first are the `opponents`; they may have ended."
    )
    contested: bool
    outcome: str | None
    policy: str | None
    detected_at: datetime
    resolved_at: datetime | None
    opponents: list[OpponentDocument] | None = Field(None, description="For the vendor only.")
    sentence: str | None = Field(None, description="What was told of it last.")
    findings: list[FindingDocument] = Field([], description="The clauses by which it began.")
    seq: int | None = None


class ConflictPage(Page):
    items: list[ConflictDocument | SelectedFields]


class ConflictExplanation(MayBeStale):
    """Why two claims met, which one went first, and what became of it."""

    conflict: str
    state: Literal["open", "resolved"]
    outcome: str | None
    registration: str
    sentence: str | None
    decisions: list[DecisionDocument] = Field(
        description="Its own entries, and the decisions on the claim that were made with them."
    )
    opponents: list[OpponentDocument] | None = Field(None, description="For the vendor only.")
    seq: int | None = None


class OpportunityExplanation(MayBeStale):
    """Every decision on an opportunity: what it is linked to, how its win counts, what refunds change."""

    opportunity: str
    state: Literal["open", "won", "lost"]
    case: str | None
    registration: str | None
    sentence: str | None
    decisions: list[DecisionDocument]


class MatchSide(BaseModel):
    """One of the two registrations. Only its id, if the pipeline does not have it yet."""

    registration: str
    partner: str | None = None
    program: str | None = None
    state: str | None = None
    customer: dict[str, Any] | None = Field(None, description="The customer, as registered.")
    products: list[str] | None = None
    submitted_at: datetime | None = None
    protected_from: datetime | None = None
    protected_until: datetime | None = None


class TraitDocument(BaseModel):
    """One thing that matching saw in two customers."""

    name: str
    value: str


class LikenessDocument(BaseModel):
    """Why the two customers may be the same company."""

    registration: str
    band: Literal["same", "look"]
    rule: str
    permille: int = Field(description="Similarity of the names, 0 to 1,000.")
    sentence: str
    evidence: list[TraitDocument] = Field(description="What matching saw.")


class MatchDocument(MayBeStale):
    match: str
    state: Literal["open", "decided", "lapsed"] = Field(
        description="`lapsed`: the answer is no longer needed (`ended_by` names the kind of entry that ended it), or "
        "it was revoked."
    )
    registration: str = Field(description="The registration whose customer is in question.")
    other: str = Field(description="The protected registration whose customer may be the same company.")
    sides: list[MatchSide] = Field(
        description="`registration`, then `other`: the current data while the match is open, then the data when it "
        "ended."
    )
    likeness: LikenessDocument | None
    policy: str | None
    asked: int = Field(
        description="How many times the question was asked. 0 if a reviewer answered without being asked."
    )
    asked_at: datetime | None
    decide_by: datetime | None
    overdue: bool
    same: bool | None
    decided_at: datetime | None
    decided_by: str | None
    note: str | None
    revoked_at: datetime | None = Field(description="When the last answer was revoked, if it was.")
    revoked_by: str | None
    ended_at: datetime | None
    ended_by: str | None
    seq: int


class MatchPage(Page):
    items: list[MatchDocument | SelectedFields]


class FactDocument(BaseModel):
    """The outcome of a request."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "fact": "0d6e9c1b7a5f5c0e9b1f6a1d2c3b4a59",
                "state": "decided",
                "entries": [
                    {
                        "position": 42,
                        "type": "partner.enrolled",
                        "version": 1,
                        "decision": False,
                        "clock": "2026-03-31T09:00:00Z",
                        "cause": "0d6e9c1b7a5f5c0e9b1f6a1d2c3b4a59",
                        "subjects": ["partner:partner-7"],
                        "data": {"partner": "partner-7", "name": "Nordlicht"},
                        "known_at": "2026-03-31T09:00:00.120000Z",
                        "principal": "order-desk",
                    }
                ],
            }
        }
    )

    fact: str
    state: Literal["decided"]
    entries: list[EventDocument]
