"""The decider's state: frozen documents, each a fold of the journal, found by kind and id."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from services.attribution.domain.derived import derived, derived_from
from services.attribution.domain.matching.identity import Identity, identity_of
from services.attribution.domain.state_money import Case as Case
from services.attribution.domain.state_money import Credit as Credit
from services.attribution.domain.state_money import Refund as Refund
from services.attribution.domain.state_money import Reward as Reward
from shared.events.lifecycle import LIVE_STATES, Life
from shared.events.money import Money
from shared.events.opportunity import OpportunityCreated
from shared.events.registration import Customer, RegistrationSubmitted
from shared.events.timer import Timer
from shared.events.vendor import VendorDocument

Kind = Literal[
    "vendor", "program", "partner", "registration", "opportunity", "key", "spelling", "credit", "reward", "case"
]


class Key(NamedTuple):
    """Where a document stands; unique within a vendor. A plain tuple: it is hashed for every read."""

    kind: Kind
    id: str

    @property
    def subject(self) -> str:
        """As deadlines are ordered and entries name it."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True)
class Vendor:
    """The vendor itself: `importing` until it went live, its document, the release that decides."""

    mode: Literal["live", "importing"]
    document: VendorDocument = field(default_factory=VendorDocument)
    retired: tuple[tuple[str, str], ...] = ()
    """Products that the catalogue no longer lists, with the lines that claims on them still belong to."""
    programs: tuple[str, ...] = ()
    release: str = ""
    normaliser: int = 0
    disarmed: tuple[str, ...] = ()
    """Subjects with a timer that failed: a later release arms them."""
    groups: bool = False
    """Whether a policy was ever published that takes companies of one group for one customer."""

    @derived
    def _spellings(self) -> dict[str, str]:
        found = {product.product.casefold(): product.product for product in self.document.products}
        aliases = ((alias, product.product) for product in self.document.products for alias in product.aliases)
        return {**{alias.casefold(): name for alias, name in aliases}, **found}

    @derived
    def _lines(self) -> dict[str, str]:
        return {**dict(self.retired), **{product.product: product.line for product in self.document.products}}

    def product(self, name: str) -> str | None:
        """The catalogue's spelling of a product or alias, or None where it is not in the catalogue."""
        return self._spellings.get(name.casefold())

    def lines(self, products: tuple[str, ...]) -> frozenset[str]:
        """The lines that the products belong to, or did while they were listed."""
        return frozenset(self._lines[product] for product in products if product in self._lines)

    def configured(self, document: VendorDocument) -> Vendor:
        """The vendor with the document in place of the old one."""
        listed = {product.product for product in document.products}
        retired = tuple(sorted((name, line) for name, line in self._lines.items() if name not in listed))
        return replace(self, document=document, retired=retired)


@dataclass(frozen=True, slots=True)
class Deal:
    """What a deal is recognised by, as registrations and opportunities state it."""

    identity: Identity
    products: tuple[str, ...]
    close_date: date | None = None
    customer: Customer | None = None
    """As it was written, for the comparison of names; None where nobody told of one."""


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One published version: its document as JSON text, and when it takes effect unless at once."""

    number: int
    document: str
    effective_at: datetime | None = None


@dataclass(frozen=True)
class Program:
    """A program: its published versions and the one in force, if any is yet."""

    id: str
    versions: tuple[PolicyVersion, ...] = ()
    in_force: int | None = None
    disarmed: tuple[str, ...] = ()

    @derived
    def documents(self) -> dict[int, str]:
        """Each version's document by its number."""
        return {version.number: version.document for version in self.versions}

    @property
    def timer(self) -> Timer:
        """Its only timer."""
        return "policy.effective"

    @property
    def due(self) -> datetime | None:
        """When the next published version takes effect."""
        if self.disarmed:
            return None
        return min((version.effective_at for version in self.versions if version.effective_at), default=None)


@dataclass(frozen=True)
class Partner:
    """A partner: its standing, its open registrations by program, claims whose turn came while suspended."""

    id: str
    name: str
    partner_type: str | None = None
    tier: str | None = None
    segments: tuple[tuple[str, str], ...] = ()
    suspended: bool = False
    open: tuple[tuple[str, int], ...] = ()
    paused: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    """Rewards whose hold was over while it was suspended."""

    def open_in(self, program: str) -> int:
        """How many of its registrations in the program are submitted through protected."""
        return dict(self.open).get(program, 0)


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
    policy_number: int | None = None
    """Pinned at complete submission."""
    tier: str | None = None
    products: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    completed_at: datetime | None = None
    order: int = 0
    """Sequence number of the complete submission: it settles the place among claims completed at one instant."""
    behind: tuple[str, ...] = ()
    lookalikes: tuple[str, ...] = ()
    verdicts: tuple[tuple[str, bool], ...] = ()
    fields: tuple[str, ...] = ()
    conflict: str | None = None
    original: str | None = None
    verified: tuple[str, ...] = ()
    """Pieces of evidence that a person found true."""
    confirm_by: datetime | None = None
    protected_from: datetime | None = None
    protected_until: datetime | None = None
    rates: int | None = None
    """The policy version whose reward rates count: pinned at approval."""
    extensions: int = 0
    extension_until: datetime | None = None
    """While a request waits for a person: protection goes on to here, if later than its own end."""
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
        customer = self.claim.customer
        return Deal(identity_of(customer), self.products, self.claim.close_date, customer)

    @derived_from("completed_at", "submitted_at", "order")
    def place(self) -> tuple[datetime, int]:
        """Its place among the claims of its deal: when it was first told completely, then the order of the journal."""
        return self.completed_at or self.submitted_at, self.order

    @derived_from("life")
    def live(self) -> bool:
        """Whether it stands in its deal's order: complete, and neither ended nor refused."""
        return self.state in LIVE_STATES

    @property
    def timer(self) -> Timer | None:
        """The timer that runs, if any."""
        if self.state == "protected":
            return "protection.end"
        return "confirmation" if self.life.hold == "confirmation" else None

    @property
    def due(self) -> datetime | None:
        """Its next deadline: the end of protection, or of the time to confirm."""
        if self.disarmed and self.timer in self.disarmed:
            return None
        if self.state == "protected" and self.protected_until is not None:
            return max(self.protected_until, self.extension_until or self.protected_until)
        return self.confirm_by if self.life.hold == "confirmation" else None


_IDENTIFYING = frozenset({"opportunity", "connection", "external_id"})


@dataclass(frozen=True)
class Opportunity:
    """The deal as a CRM sees it: the newest word on each field, its outcome, and what it is linked to."""

    id: str
    latest: OpportunityCreated
    """Every field as last told, whatever the kind of message."""
    status: Literal["open", "won", "lost"] = "open"
    registration: str | None = None
    case: str | None = None
    holder: str | None = None
    """The rival's registration that held the deal at the win."""
    breach: str | None = None
    """The case that the win opened."""
    keys: tuple[str, ...] = ()
    """While unlinked: where it is listed for later registrations."""
    by_person: bool = False
    """Whether a person said what it is linked to, or that it belongs nowhere."""
    refunds: tuple[Refund, ...] = ()
    """Every refund and cancellation told of it, in the order of telling: each counts once."""
    values: tuple[Money, ...] = ()
    """While it is won: the value last told in each currency, the latest last."""
    taken_back_at: datetime | None = None
    """When its last win was taken back, by the CRM's own clock: refunds up to then are that win's."""

    @property
    def fields(self) -> dict[str, Any]:
        """Every field by name as last told, None where untold."""
        return vars(self.latest)

    @property
    def stands(self) -> Literal["open", "won", "lost"] | None:
        """Its state for the next message; None while refunds alone were told, and no message of the deal itself."""
        heard = not self.refunds or any(
            value is not None for name, value in self.fields.items() if name not in _IDENTIFYING
        )
        return self.status if heard or self.status != "open" else None

    @property
    def refunded_minor(self) -> int:
        """What of the value is gone again, in its currency; it stays so when the win is linked elsewhere."""
        counted = sum(refund.counted.minor for refund in self.refunds if refund.counted is not None)
        return min(counted, self.latest.amount.minor) if counted and self.latest.amount is not None else 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A registration under a customer key; an ended one is kept while a win could still concern it."""

    registration: str
    partner: str
    live: bool
    open: bool = False
    """Whether opportunities linked to it are open: they follow to the partner's next claim."""
    keep_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said of two customers, listed under the name of the first."""

    customer: Identity
    other: Identity
    same: bool
    whole: bool = False
    """Said of the customers themselves, not of two claims: it goes before what was said of any two claims before."""

    def about(self, one: Identity, another: Identity) -> bool:
        """Whether it is on these two, as seen from the first."""
        return self.customer == one and self.other == another


@dataclass(frozen=True)
class KeyList:
    """What is found under one customer key: registrations, unlinked open opportunities, people's answers."""

    registrations: tuple[Listed, ...] = ()
    opportunities: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    written: str | None = None
    """Under a name's key, the name as it was first written: from then on it stands among the spellings."""
    read: int = 0
    """The normaliser that found the names like it."""
    alike: tuple[str, ...] = ()
    """Keys of other names that may be the same company's."""


@dataclass(frozen=True)
class Spellings:
    """The names under one candidate key: what a new name is compared with. Each as its key and as it was written."""

    names: tuple[tuple[str, str], ...] = ()
    crowded: bool = False
    """Whether so many names came under the key that it tells nothing, and lists none."""


Document = Vendor | Program | Partner | Registration | Opportunity | KeyList | Spellings | Credit | Reward | Case
KINDS: dict[Kind, type[Document]] = {
    "vendor": Vendor, "program": Program, "partner": Partner, "registration": Registration, "opportunity": Opportunity,
    "key": KeyList, "spelling": Spellings, "credit": Credit, "reward": Reward, "case": Case,
}  # fmt: skip
THE_VENDOR = Key("vendor", "")
TIMED: frozenset[Kind] = frozenset(kind for kind, cls in KINDS.items() if hasattr(cls, "due"))
"""Kinds of documents that can have a deadline."""


def due_of(document: Document | None) -> datetime | None:
    """The document's next deadline, if it has one."""
    return document.due if isinstance(document, Registration | Program | Reward) else None
