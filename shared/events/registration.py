"""Registrations: what partners and reviewers report, and what the decider concludes about the review."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.events.base import (
    VENDOR_ONLY,
    Code,
    Day,
    Decision,
    Event,
    Id,
    Moment,
    Part,
    Short,
    distinct,
    subject,
)
from shared.events.likeness import Likeness
from shared.events.money import Money
from shared.events.sealed import Contact, Sealed
from shared.values.fields import CompanyNumber, Country, Domain

EvidenceKind = Literal["meeting", "demo", "poc", "site_survey", "proposal", "other"]
MOST_UNITS = 1_000_000_000
"""Units of one deal: every licence of the largest vendor, and a whole number that any column holds."""
MOST_MONTHS = 600
"""Months of one term: fifty years, longer than any contract of this trade."""
Units = Annotated[int, Field(ge=1, le=MOST_UNITS)]
Months = Annotated[int, Field(ge=1, le=MOST_MONTHS)]
ReviewVerdict = Literal[
    "approve", "reject", "action_required", "revoke", "grant_extension", "refuse_extension", "uphold_objection",
    "dismiss_objection",
]  # fmt: skip


class Customer(Part):
    """The end customer as the partner spells it; identifiers decide before names do."""

    legal_name: Short
    country: Country | None = None
    city: Short | None = None
    domain: Domain | None = None
    tax_id: CompanyNumber | None = None
    company_id: CompanyNumber | None = None
    duns: CompanyNumber | None = None
    lei: CompanyNumber | None = None
    sector: Short | None = None
    subsidiary_of: Short | None = None


class Evidence(Part):
    """One dated piece of pre-sales work."""

    evidence: Id
    kind: EvidenceKind
    on: Day
    note: Sealed | None = None


Products = Annotated[tuple[Short, ...], Field(min_length=1, max_length=100)]
FurtherCustomers = Annotated[tuple[Short, ...], Field(min_length=1, max_length=50)]


HoldReason = Literal[
    "incomplete",
    "conflict",
    "customer_match",
    "review",
    "too_many_candidates",
    "confirmation",
    "contest",
    "action_required",
    "unsettled",
]


class _OfRegistration(Event):
    registration: Id

    def subjects(self) -> tuple[str, ...]:
        return subject("registration", self.registration)


class RegistrationSubmitted(_OfRegistration):
    """A partner claimed a deal."""

    type: ClassVar[str] = "registration.submitted"

    program: Id
    partner: Id
    customer: Customer
    products: Products
    amount: Money | None = None
    list_amount: Money | None = None
    """The same deal at list prices."""
    units: Units | None = None
    """How many units are bought, all products together."""
    term_months: Months | None = None
    """How long the contract runs."""
    rfp_on: Day | None = None
    """The day on which the customer issued, or will issue, a request for proposals; absent where there is none."""
    further_customers: FurtherCustomers | None = None
    """Names of other end customers of the same deal."""
    close_date: Day | None = None
    site: Short | None = None
    workload: Short | None = None
    """What the customer runs on what it buys, where a program gives each workload to one partner; names no person."""
    subscription: Short | None = None
    """The vendor's number of the subscription, where a program gives each to one partner."""
    project: Short | None = None
    competitor: Short | None = None
    contact: Contact | None = None
    notes: Sealed | None = None
    evidence: tuple[Evidence, ...] = Field(default=(), max_length=50)
    external_id: Short | None = None

    def subjects(self) -> tuple[str, ...]:
        return (*super().subjects(), *subject("partner", self.partner))


class Patch(Part):
    """A merge patch of a registration: fields that were sent, null meaning removed; `customer` and `contact` merge."""

    customer: dict[str, str | None] | None = None
    products: Products | None = None
    amount: Money | None = None
    list_amount: Money | None = None
    """The same deal at list prices."""
    units: Units | None = None
    """How many units are bought, all products together."""
    term_months: Months | None = None
    """How long the contract runs."""
    rfp_on: Day | None = None
    """The day on which the customer issued, or will issue, a request for proposals; absent where there is none."""
    further_customers: FurtherCustomers | None = None
    """Names of other end customers of the same deal."""
    close_date: Day | None = None
    site: Short | None = None
    workload: Short | None = None
    """What the customer runs on what it buys, where a program gives each workload to one partner; names no person."""
    subscription: Short | None = None
    """The vendor's number of the subscription, where a program gives each to one partner."""
    project: Short | None = None
    competitor: Short | None = None
    contact: Contact | None = None
    notes: Sealed | None = None
    external_id: Short | None = None


class RegistrationAmended(_OfRegistration):
    """The partner amended its claim; refused unless the registration still has the revision it was based on."""

    type: ClassVar[str] = "registration.amended"

    expected_revision: int
    patch: Patch
    fields: tuple[str, ...]
    """The names of the patch's fields that were sent; a field named here and null in `patch` is removed."""
    correction: Short | None = None
    """Why the vendor corrects the claim: the change counts at once, whoever else is protected on the deal."""


class RegistrationWithdrawn(_OfRegistration):
    """The partner withdrew the claim."""

    type: ClassVar[str] = "registration.withdrawn"

    reason: Short | None = None


class RegistrationConfirmed(_OfRegistration):
    """A waiter whose turn came confirmed that it still wants the deal."""

    type: ClassVar[str] = "registration.confirmed"


class EvidenceAdded(_OfRegistration):
    """Dated pre-sales work was added to the registration."""

    type: ClassVar[str] = "evidence.added"

    evidence: Evidence


class EvidenceVerified(_OfRegistration):
    """A reviewer verified the evidence."""

    type: ClassVar[str] = "evidence.verified"

    evidence: Id


class EvidenceRefuted(_OfRegistration):
    """A reviewer refuted the evidence."""

    type: ClassVar[str] = "evidence.refuted"

    evidence: Id


class ExtensionRequested(_OfRegistration):
    """The holder asks for more time."""

    type: ClassVar[str] = "extension.requested"

    reason: Sealed | None = None


class ObjectionRaised(_OfRegistration):
    """The holder objects to the loss that the CRM reported: a reviewer decides, and protection continues until then."""

    type: ClassVar[str] = "objection.raised"

    reason: Sealed | None = None


class ReviewDecided(_OfRegistration):
    """A reviewer decided what the rules left open; `verdict` says what."""

    type: ClassVar[str] = "review.decided"

    verdict: ReviewVerdict
    code: Code | None = None
    message: Sealed | None = None
    """What the partner reads beside the verdict."""
    note: Sealed | None = None
    """For the vendor alone."""
    fields: tuple[str, ...] = Field(default=(), max_length=30)
    """With `action_required`: what the partner is asked for, the only fields that it may then change."""


class CustomerMatchDecided(_OfRegistration):
    """A reviewer's decision: are the customers of two registrations the same company?"""

    type: ClassVar[str] = "customer.match_decided"

    other: Id
    same: bool
    note: Short | None = None
    """Why, for whoever asks later; it is not sealed, so it names no person."""

    def subjects(self) -> tuple[str, ...]:
        return subject("registration", self.registration, self.other)


class _Concluded(Decision):
    registration: Id

    def subjects(self) -> tuple[str, ...]:
        return subject("registration", self.registration)


class RegistrationCompleted(_Concluded):
    """All fields that the policy requires are present: the claim has priority from now on."""

    type: ClassVar[str] = "registration.completed"

    policy_number: int
    tier: str | None = None
    products: tuple[Short, ...]
    """As the vendor's catalogue spells them."""
    keys: tuple[str, ...]
    """What the customer is found by: identifiers and the name's normal form, as `kind:value`."""
    alike: tuple[str, ...] = Field(default=(), json_schema_extra=VENDOR_ONLY)
    """Told once, with the first claim on a name: keys of earlier names that may be the same company's."""
    accepted_at: Moment | None = None
    """When the completing fact was first accepted, if it was resent later: the claim keeps that place."""


class RegistrationRecognised(_Concluded):
    """A change of what its deal is recognised by gave the claim new keys and a new place in the queue."""

    type: ClassVar[str] = "registration.recognised"

    products: tuple[Short, ...]
    keys: tuple[str, ...]
    alike: tuple[str, ...] = Field(default=(), json_schema_extra=VENDOR_ONLY)
    """As in `registration.completed`."""
    accepted_at: Moment | None = None
    """As in `registration.completed`."""


class RegistrationHeld(_Concluded):
    """The claim is undecided: it waits behind a holder, for missing fields, or for a reviewer."""

    type: ClassVar[str] = "registration.held"

    reason: HoldReason
    missing: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    until: Moment | None = None
    behind: tuple[Id, ...] = Field(default=(), json_schema_extra=VENDOR_ONLY)
    """Protected registrations of the same deal that this claim waits for."""
    lookalikes: tuple[Id, ...] = Field(default=(), json_schema_extra=VENDOR_ONLY)
    """Registrations whose customer may be the same; a person decides."""
    likeness: tuple[Likeness, ...] = Field(default=(), json_schema_extra=VENDOR_ONLY)
    """Of each of the lookalikes, in the same order."""

    def subjects(self) -> tuple[str, ...]:
        return distinct((*super().subjects(), *subject("registration", *self.behind, *self.lookalikes)))


class RegistrationApproved(_Concluded):
    """The claim was approved: it is protected from `protected_from` until `protected_until` (exclusive)."""

    type: ClassVar[str] = "registration.approved"

    protected_from: Moment
    protected_until: Moment
    promoted: bool
    """True where it waited behind a holder that ended."""
    rates: int | None = None
    """The policy version whose reward rates count for it from here on."""


class RegistrationRejected(_Concluded):
    """The claim was rejected; `original` is the partner's own live claim on the deal, if that is the reason."""

    type: ClassVar[str] = "registration.rejected"

    code: Code
    original: Id | None = None

    def subjects(self) -> tuple[str, ...]:
        return subject("registration", self.registration, self.original)


class RegistrationClosed(_Concluded):
    """A claim that was never protected ended without a verdict: its deal was lost or others won it."""

    type: ClassVar[str] = "registration.closed"

    code: Literal["opportunity_lost", "won_unprotected", "won_by_holder", "confirmation_lapsed"]
    holder: Id | None = Field(default=None, json_schema_extra=VENDOR_ONLY)
    """The registration that won the deal, where that ended it."""
    holds_until: Moment | None = None
    """Until when that one keeps others out."""
