"""Registrations, and the deal that each is recognised by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.attribution.domain.documents.derived import derived_from
from services.attribution.domain.matching.identity import Identity, identity_of
from shared.events.lifecycle import LIVE_STATES, Life
from shared.events.registration import Customer, Patch, RegistrationSubmitted
from shared.events.timer import Timer


@dataclass(frozen=True, slots=True)
class Deal:
    """What a deal is recognised by, as registrations and opportunities state it."""

    identity: Identity
    products: tuple[str, ...]
    close_date: date | None = None
    customer: Customer | None = None
    """As it was written, for the comparison of names; None where nobody told of one."""
    site: str | None = None
    workload: str | None = None
    subscription: str | None = None


def deal_of_claim(claim: RegistrationSubmitted, products: tuple[str, ...]) -> Deal:
    """The deal of a claim, with its products as the catalogue spells them."""
    customer = claim.customer
    identity, close_date = identity_of(customer), claim.close_date
    return Deal(identity, products, close_date, customer, claim.site, claim.workload, claim.subscription)


@dataclass(frozen=True, slots=True)
class HeldAmendment:
    """A patch of a protected claim that waits for its turn on a rival's deal."""

    patch: Patch
    fields: tuple[str, ...]
    products: tuple[str, ...]
    keys: tuple[str, ...]
    at: datetime
    """When it was made: its place is that of a submission at this time."""
    order: int
    """Sequence number of its entry."""


@dataclass(frozen=True)
class Registration:
    """A claim: what it says, its life, its place in the order, its protection and its links."""

    id: str
    program: str
    partner: str
    claim: RegistrationSubmitted
    life: Life
    submitted_at: datetime
    revision: int = 1
    patches: int = 0
    """Patches that were held and not taken: the next amendment's `expected_revision` counts them."""
    held: HeldAmendment | None = None
    """The amendment that waits; only once it is taken, the claim says what it does."""
    policy_number: int | None = None
    """Pinned at complete submission."""
    tier: str | None = None
    products: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    completed_at: datetime | None = None
    order: int = 0
    """Sequence number of the complete submission: it settles the place among claims completed at one instant."""
    asks: tuple[str, ...] = ()
    """Clauses that asked for a person when it was last judged: rules alone could not approve it."""
    behind: tuple[str, ...] = ()
    lookalikes: tuple[str, ...] = ()
    verdicts: tuple[tuple[str, bool], ...] = ()
    fields: tuple[str, ...] = ()
    conflict: str | None = None
    original: str | None = None
    verified: tuple[str, ...] = ()
    """Pieces of evidence that a person found true."""
    confirm_by: datetime | None = None
    contest_until: datetime | None = None
    """When the contest window of its deal closes, or closed: it is in one window at most, unless its place changes."""
    protected_from: datetime | None = None
    protected_until: datetime | None = None
    ended_at: datetime | None = None
    """When its protection ended, unless that was taken back."""
    rates: int | None = None
    """The policy version whose reward rates count: pinned at approval."""
    extensions: int = 0
    extension_until: datetime | None = None
    """While a request waits for a person: protection goes on to here, if later than its own end."""
    holds_until: datetime | None = None
    """Until when it keeps others out though it is converted: its policy closes a won deal."""
    closes_at: datetime | None = None
    """When the next of those whom its win ends do."""
    ended_others: bool = False
    """Whether its win ended any: they return where it is taken back."""
    returns_at: datetime | None = None
    ended_by: str | None = None
    """The registration whose win ended it."""
    found_until: datetime | None = None
    """Until when that one finds it, if its win is taken back."""
    loss: str | None = None
    """The lost opportunity by which protection ends at `loss_until`, unless the partner objects."""
    loss_until: datetime | None = None
    objected: bool = False
    """Its partner objects to the loss: protection goes on until a person decides, at most to its own end."""
    open: tuple[str, ...] = ()
    won: tuple[str, ...] = ()
    disarmed: tuple[str, ...] = ()
    """Timers that failed: they are not due until they are armed again."""

    @derived_from("life")
    def state(self) -> str:
        """One word for review and protection together."""
        return self.life.state

    @derived_from("claim", "products")
    def deal(self) -> Deal:
        """What its deal is recognised by."""
        return deal_of_claim(self.claim, self.products)

    @derived_from("completed_at", "submitted_at", "order")
    def place(self) -> tuple[datetime, int]:
        """Its place among the claims of its deal: when it was first told completely, then the order of the journal."""
        return self.completed_at or self.submitted_at, self.order

    @property
    def expected_revision(self) -> int:
        """What the next amendment must be based on."""
        return self.revision + self.patches

    @derived_from("keys", "held")
    def listed_keys(self) -> tuple[str, ...]:
        """Where it is found: under its customer's keys, and under those that its held amendment would give it."""
        return self.keys if self.held is None else tuple(dict.fromkeys((*self.keys, *self.held.keys)))

    @derived_from("life")
    def live(self) -> bool:
        """Whether it stands in its deal's order: complete, and neither ended nor refused."""
        return self.state in LIVE_STATES

    @derived_from("life", "holds_until")
    def holds(self) -> bool:
        """Whether it keeps others out: protected, or a win that closes its deal. How long, its listing says."""
        return self.state == "protected" or (self.state == "converted" and self.holds_until is not None)

    @property
    def timers(self) -> dict[Timer, datetime]:
        """Its deadlines by name, whether armed or not."""
        found: dict[Timer, datetime] = {}
        if self.closes_at is not None:
            found["won.close"] = self.closes_at
        if self.returns_at is not None:
            found["won.return"] = self.returns_at
        if self.state == "protected" and self.protected_until is not None:
            found["protection.end"] = max(self.protected_until, self.extension_until or self.protected_until)
            if self.loss_until is not None and not self.objected:
                found["lost.end"] = self.loss_until
        elif self.life.hold == "contest" and self.contest_until is not None:
            found["contest.close"] = self.contest_until
        elif self.life.hold == "confirmation" and self.confirm_by is not None:
            found["confirmation"] = self.confirm_by
        return found
