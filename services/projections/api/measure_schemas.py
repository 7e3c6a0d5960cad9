"""Response schemas of measures."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from services.projections.api.schemas import MoneyDocument, Page, SelectedFields
from services.projections.api.stale import MayBeStale


class MeasureGroup(BaseModel):
    """Registrations counted, as they stood at the day's end."""

    registrations: int
    open: int = Field(description="Not decided yet.")
    approved: int = Field(description="Ever approved, whatever became of them.")
    rejected: int
    withdrawn: int
    closed: int = Field(description="Ended without a verdict: the deal was lost, or somebody else won it.")
    active: int = Field(description="Protected at the day's end.")
    won: int = Field(description="Their protection ended with a win.")
    lost: int
    expired: int
    released: int
    revoked: int
    reviewed: int = Field(description="Waited for the vendor's people, and do no longer.")
    clock_running: int = Field(description="The vendor's people have a question about them, with a deadline.")
    clock_met: int = Field(description="The last such question ended before its deadline.")
    clock_missed: int
    conflicts: int = Field(description="Were ever in conflict with another claim; each counts by how its last ended.")
    conflicts_open: int
    conflicts_promoted: int
    conflicts_rejected: int
    conflicts_withdrawn: int
    conflicts_closed: int
    conflicts_no_longer_same_deal: int
    conflicts_holder_ended: int
    approved_pct: str | None = Field(description="Approved, of all registrations.", examples=["75.0"])
    won_pct: str | None = Field(description="Won, of all registrations.")
    win_rate_pct: str | None = Field(description="Won, of won and lost.")
    churn_pct: str | None = Field(description="Expired, released or revoked, of approved.")
    age_days: str | None = Field(description="Of the active ones, on average: days since protection began.")
    days_left: str | None = Field(description="Of the active ones, on average: days until protection ends.")
    cycle_days: str | None = Field(description="Of the won ones, on average: days from submission to win.")
    review_hours: str | None = Field(description="Of those reviewed, on average: hours for which they waited.")
    value: list[MoneyDocument] = Field(description="Registered amounts, one per currency.")
    approved_value: list[MoneyDocument]
    active_value: list[MoneyDocument]
    won_value: list[MoneyDocument] = Field(description="Registered amounts of those won; revenue has its own query.")
    average_size: list[MoneyDocument] = Field(description="Registered amount on average, one per currency.")


class KeyedGroup(MeasureGroup):
    key: str | None = Field(description="Null: customers without a country, or partners in no segment.")
    opens: str = Field(description="The list of these registrations; with `of`, of those that one number counts.")


class Measures(MayBeStale):
    group_by: str
    as_of: date = Field(description="The day as of whose end everything is counted.")
    time_zone: str = Field(description="The vendor's, whose midnights end days and months.")
    total: KeyedGroup
    groups: list[KeyedGroup]
    seq: int | None = None


class MeasuredDocument(MayBeStale):
    """A registration as measures count it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "registration": "reg_5d0f3a9be2b45f6c9d8e1a2b3c4d5e6f", "customer": "Globex GmbH", "partner": "acme",
                "program": "resale", "country": "DE", "products": ["GTX Basic"],
                "amount": {"amount": "1250.00", "currency": "EUR"}, "stage": "protected", "submitted_on": "2026-03-02",
                "approved_on": "2026-03-02", "protected_on": "2026-03-02", "protected_to": "2026-06-01",
                "ended_on": None, "conflict": None, "clock": None, "review_hours": None,
            }
        }
    )  # fmt: skip

    registration: str
    customer: str | None = Field(description="As it is named today.")
    partner: str
    program: str
    country: str | None
    products: list[str]
    amount: MoneyDocument | None
    stage: str = Field(description="Its state; `closed` for every review that ended without a verdict.")
    submitted_on: date
    approved_on: date | None
    protected_on: date | None
    protected_to: date | None
    ended_on: date | None
    conflict: str | None = Field(description="`open`, or how its last conflict ended.")
    clock: str | None
    review_hours: str | None


class MeasuredPage(Page):
    items: list[MeasuredDocument | SelectedFields]
    as_of: date


class RevenueGroup(BaseModel):
    """Shares of won deals by role, one amount per currency."""

    key: str | None = Field(description="Null: the vendor's own shares, or deals of no program.")
    sourced: list[MoneyDocument]
    influenced: list[MoneyDocument]
    fulfilled: list[MoneyDocument]
    unregistered: list[MoneyDocument] = Field(description="Value of products that no registration names.")
    opens: str | None = Field(description="The list of these shares. Null: deals of no program.")


class Revenue(MayBeStale):
    group_by: str
    as_of: date
    time_zone: str
    total: RevenueGroup
    groups: list[RevenueGroup]
    seq: int | None = None
