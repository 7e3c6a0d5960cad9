"""Response schemas."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.projections.api.stale import MayBeStale
from shared.events.base import Operator, Outcome
from shared.events.lifecycle import State

_MONEY: dict[str, Any] = {"amount": "1250.00", "currency": "EUR"}


_REGISTRATION: dict[str, Any] = {
    "registration": "reg_5d0f3a9be2b45f6c9d8e1a2b3c4d5e6f", "revision": 1, "external_id": "PRM-7",
    "state": "protected", "review": "approved", "protection": "protected", "hold": None, "end_code": None,
    "program": "resale", "policy": "resale/1", "partner": "acme", "tier": "gold",
    "customer": {"legal_name": "Globex GmbH", "country": "DE"}, "products": ["GTX Basic"],
    "amount": _MONEY, "list_amount": None, "units": 40, "term_months": 36, "rfp_on": None, "further_customers": [],
    "close_date": "2026-06-30", "site": None, "workload": None, "subscription": None, "project": None,
    "competitor": None,
    "submitted_at": "2026-03-02T09:00:00Z", "completed_at": "2026-03-02T09:00:00Z",
    "protected_from": "2026-03-02T09:00:00Z", "protected_until": "2026-06-01T00:00:00Z", "days_left": 61,
    "promoted": False, "extensions": 0, "extension_until": None, "extension_to": None, "loss_until": None,
    "objected": False, "confirm_by": None, "contest_until": None, "ended_at": None,
    "missing": [], "open_fields": [], "behind": [], "amendment": None, "original": None,
    "opportunities": {"open": 1, "won": 0, "lost": 0, "won_value": []}, "lookalikes": [], "seq": 42,
}  # fmt: skip
_OFFERED: dict[str, Any] = {"extension_offered": True, "objection_offered": False}
_PERSONAL: dict[str, Any] = {
    "contact": {"name": "Jana Adler", "email": "jana@adler.example"},
    "notes": None,
    "evidence": [{"evidence": "ev_5f0c2b6d8a1e4f7c9b3d2a1e0f4c6b8a", "kind": "demo", "on": "2026-02-12"}],
}


class MoneyDocument(BaseModel):
    """An amount as a decimal string and its ISO 4217 currency."""

    amount: str = Field(examples=["1250.00"])
    currency: str = Field(examples=["EUR"])


class CustomerDocument(BaseModel):
    legal_name: str
    country: str | None = None
    city: str | None = None
    domain: str | None = None
    tax_id: str | None = None
    company_id: str | None = None
    duns: str | None = None
    lei: str | None = None
    sector: str | None = None
    subsidiary_of: str | None = None


class HolderDocument(BaseModel):
    """The registration that this one waits for. A partner sees only its dates."""

    registration: str | None = None
    partner: str | None = None
    protected_from: datetime | None
    protected_until: datetime | None


class AmendmentDocument(BaseModel):
    """A held amendment. Personal texts in it are shown with the single registration alone."""

    since: datetime = Field(description="When it was made, which is its place in the queue of that deal.")
    fields: list[str] = Field(description="What was sent; a field that `patch` lacks is to be removed.")
    patch: dict[str, Any]


class OpportunityCounts(BaseModel):
    open: int
    won: int
    lost: int
    won_value: list[MoneyDocument] = Field(description="One amount per currency.")


class RegistrationDocument(MayBeStale):
    """A registration, as lists show it."""

    model_config = ConfigDict(json_schema_extra={"example": _REGISTRATION})

    registration: str
    revision: int = Field(description="The revision to send in `If-Match` with an amendment. A held one counts.")
    external_id: str | None
    state: State
    review: str
    protection: str | None
    hold: str | None = Field(description="Why the registration is not decided yet.")
    end_code: str | None
    program: str
    policy: str | None = Field(description="Program and policy version that decided it.")
    partner: str
    tier: str | None
    customer: CustomerDocument
    products: list[str]
    amount: MoneyDocument | None
    list_amount: MoneyDocument | None = Field(description="The same deal at list prices.")
    units: int | None
    term_months: int | None
    rfp_on: date | None = Field(description="When the customer issues a request for proposals; null if it issues none.")
    further_customers: list[str] = Field(description="Other end customers of the same deal.")
    close_date: date | None
    site: str | None
    workload: str | None
    subscription: str | None
    project: str | None
    competitor: str | None
    submitted_at: datetime
    completed_at: datetime | None
    protected_from: datetime | None
    protected_until: datetime | None = Field(description="The first instant that is no longer protected.")
    days_left: int | None = Field(
        description="Days from now. For a vendor that imports its history: from its own clock."
    )
    promoted: bool
    extensions: int
    extension_until: datetime | None = Field(description="While an extension is asked for: decided by then.")
    extension_to: datetime | None = Field(
        description="While an extension is asked for: when protection would end if it is granted."
    )
    loss_until: datetime | None = Field(
        description="The CRM reported the deal lost: protection ends here, unless the partner objects before."
    )
    objected: bool = Field(
        description="The partner objects to the loss: protection continues until a reviewer decides."
    )
    confirm_by: datetime | None
    contest_until: datetime | None = Field(
        description="Rules wait until here for other claims on the deal, and then decide between all of them."
    )
    ended_at: datetime | None
    missing: list[str]
    open_fields: list[str] = Field(
        description="With `action_required`: what is still asked for, the only fields that may change."
    )
    behind: list[HolderDocument]
    amendment: AmendmentDocument | None = Field(
        description="An amendment that waits for its turn on another partner's deal; the claim stays as it was."
    )
    original: str | None
    opportunities: OpportunityCounts
    lookalikes: list[str] | None = Field(None, description="For the vendor only.")
    seq: int | None = Field(None, description="Number of the entry that last changed it. For the vendor only.")


class ContactDocument(BaseModel):
    name: str | None = None
    email: str | None = None
    phone: str | None = None


class EvidenceDocument(BaseModel):
    evidence: str
    kind: str
    on: date
    note: str | None = None
    verdict: Literal["verified", "refuted"] | None = Field(None, description="A reviewer's verdict on it.")


class RegistrationDetail(RegistrationDocument):
    """A registration with its personal fields and what its partner may ask for. Those of an erased person are null."""

    model_config = ConfigDict(json_schema_extra={"example": {**_REGISTRATION, **_OFFERED, **_PERSONAL}})

    extension_offered: bool = Field(
        description="Whether an extension can be asked for: the deal is protected, none is asked for, and the version "
        "of the program that decided it has some left. Evidence that the version requires may be missing still. A "
        "request after the end, where the program takes one, is not counted here."
    )
    objection_offered: bool = Field(
        description="Whether the partner can object: a loss is reported, and it has not objected yet."
    )

    contact: ContactDocument | None
    notes: str | None
    evidence: list[EvidenceDocument]


class Pending(BaseModel):
    """The request is accepted and not decided yet."""

    state: Literal["pending"] = "pending"


class Page(MayBeStale):
    """Fields of every page of a list beside its items."""

    next: str | None = Field(description="Path of the next page; null on the last page.")
    seq: int | None = Field(None, description="The journal entry as of which all pages are read. For the vendor only.")


class SelectedFields(MayBeStale):
    """An item with only the fields that the parameter `fields` names."""

    model_config = ConfigDict(extra="allow")


class PipelinePage(Page):
    items: list[RegistrationDocument | SelectedFields]


class SummaryGroup(BaseModel):
    key: str | None
    registrations: int
    amounts: list[MoneyDocument] | None = Field(
        None, description="One amount per currency. Absent with `amounts=false`, as is `won_value`."
    )
    won_value: list[MoneyDocument] | None = None


class Summary(MayBeStale):
    group_by: str
    groups: list[SummaryGroup]
    seq: int | None = None


class EventDocument(BaseModel):
    """One journal entry. A partner's feed has numbers of its own."""

    position: int = Field(
        description="Number without gaps: the vendor's sequence number, or the number in the partner's own feed."
    )
    type: str = Field(examples=["registration.approved"])
    version: int
    decision: bool
    clock: datetime
    cause: str | None = Field(description="The fact that caused it. Null if that fact belongs to another partner.")
    subjects: list[str]
    data: dict[str, Any]
    known_at: datetime | None = Field(None, description="For the vendor only.")
    principal: str | None = None


class EventPage(BaseModel):
    items: list[EventDocument]
    next: str = Field(description="Where to continue. Also set if there is nothing more yet.")


class HistoryEntry(EventDocument):
    """An entry about a registration, and what it says."""

    sentence: str


class HistoryPage(BaseModel):
    items: list[HistoryEntry]
    next: str | None


class NeedDocument(BaseModel):
    """What would have changed a finding: this input, so compared with this value."""

    input: str
    operator: Operator
    value: str | int | bool | list[str] | None
    sentence: str


class FindingDocument(BaseModel):
    """One clause as it was applied: branch on `code`, show `sentence`."""

    clause: str = Field(description="A path of the policy, or `always.…`: a rule of the product itself.")
    outcome: Outcome
    code: str
    sentence: str
    inputs: dict[str, Any] = Field(description="What the clause saw, as far as the caller may read it.")
    needs: list[NeedDocument] = Field(description="What would have changed the result; empty where nothing would.")
    rivals: list[str] | None = Field(None, description="For the vendor alone; the first ten.")
    rival_count: int | None = Field(None, description="For the vendor alone: all of them.")
    against: str | None = Field(None, description="For the vendor alone: the rivals by name, as a sentence.")


class DecisionDocument(BaseModel):
    """One decision about the registration."""

    position: int
    type: str
    at: datetime
    policy: str | None
    sentence: str
    findings: list[FindingDocument]
    outcome: dict[str, Any]


class RivalDocument(BaseModel):
    """A rival claim on the same deal. For the vendor only."""

    conflict: str
    registration: str
    partner: str | None
    role: Literal["holder", "claimant"]
    outcome: str | None
    keys: list[str]
    products: list[str]


class Explanation(BaseModel):
    """Every decision on a registration, with policy, rules and reasons."""

    registration: str
    state: State
    policy: str | None
    sentence: str | None
    decisions: list[DecisionDocument]
    behind: list[HolderDocument]
    rivals: list[RivalDocument] | None = None
