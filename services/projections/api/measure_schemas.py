"""Response schemas of measures."""

from __future__ import annotations

from datetime import date
from typing import Literal

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


class TargetDocument(MayBeStale):
    """What a partner is to reach within a period, and how far it is at the day's end."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "partner": "acme", "name": "fy26-q1", "measure": "won_value", "program": "resale", "product": None,
                "first_day": "2026-01-01", "last_day": "2026-03-31", "state": "running", "days": 90, "days_left": 45,
                "amount": {"amount": "250000.00", "currency": "EUR"}, "count": None,
                "reached_amount": {"amount": "150000.00", "currency": "EUR"}, "reached_count": 3, "share": "0.6000",
                "expected_amount": {"amount": "125000.00", "currency": "EUR"}, "expected_count": None,
                "other_amounts": [{"amount": "9000.00", "currency": "USD"}], "without_amount": 0,
                "opens": "/v1/measures/registrations?partner=acme&program=resale&currency=EUR&of=won"
                "&reached_from=2026-01-01&reached_to=2026-03-31&as_of=2026-02-14",
            }
        }
    )  # fmt: skip

    partner: str
    name: str
    measure: str = Field(description="The number of `GET /v1/measures` that is to be reached.")
    program: str | None = Field(description="Only registrations of this program count.")
    product: str | None = Field(description="Only registrations with this product count, each whole.")
    first_day: date
    last_day: date
    state: Literal["coming", "running", "over"] = Field(description="Where the day is in the period.")
    days: int = Field(description="Of the period, first and last included.")
    days_left: int = Field(description="Of the period, after the day.")
    amount: MoneyDocument | None = Field(description="The target, of a measure that sums amounts.")
    count: int | None = Field(description="The target, of a measure that counts registrations.")
    reached_amount: MoneyDocument | None = Field(description="In the target's currency alone.")
    reached_count: int = Field(description="The registrations that are counted, or whose amounts are summed.")
    share: str = Field(description="Reached, of the target; above 1 where it is exceeded.", examples=["0.6000"])
    expected_amount: MoneyDocument | None = Field(
        description="The target's part that falls on the days up to this one, each day as much as any other."
    )
    expected_count: str | None = Field(description="The same of a count, to a tenth.", examples=["12.5"])
    other_amounts: list[MoneyDocument] = Field(
        description="Of registrations that would count were they in the target's currency; never converted."
    )
    without_amount: int = Field(description="Registrations that would count if they stated an amount.")
    opens: str = Field(description="The list of the registrations that `reached_count` counts.")


class TargetPage(Page):
    items: list[TargetDocument | SelectedFields]
    as_of: date = Field(description="The day as of whose end everything is counted.")
    time_zone: str


class MeasuredPage(Page):
    items: list[MeasuredDocument | SelectedFields]
    as_of: date


class RevenueGroup(BaseModel):
    """Shares of won deals by role, one amount per currency."""

    key: str | None = Field(
        description="Null: the vendor's own shares, partners in no segment, or deals of which the caller knows no "
        "program, product or country."
    )
    sourced: list[MoneyDocument]
    influenced: list[MoneyDocument]
    fulfilled: list[MoneyDocument]
    unregistered: list[MoneyDocument] = Field(description="Value of products that no registration names.")
    opens: str | None = Field(description="The list of these shares. Null: deals of no program or product.")


class Revenue(MayBeStale):
    group_by: str
    as_of: date
    time_zone: str
    total: RevenueGroup
    groups: list[RevenueGroup]
    seq: int | None = None
