"""The working set of one fact: what it may read, and the entries it writes, each seen by the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn, TypeVar

from services.attribution.domain.documents.customer import KeyList, Spellings
from services.attribution.domain.documents.keys import THE_VENDOR, Key, Kind, key_of
from services.attribution.domain.documents.kinds import Document
from services.attribution.domain.documents.money import Case, Credit, Reward
from services.attribution.domain.documents.opportunity import Opportunity
from services.attribution.domain.documents.partner import Partner
from services.attribution.domain.documents.program import Program
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.vendor import Vendor
from shared.errors import Unfoldable, known
from shared.events.base import Event, Value
from shared.policy.schema import Policy

Some = TypeVar("Some", bound=Document)
_NOTHING = KeyList()
_UNSPELLED = Spellings()


class NeedsDocuments(Exception):
    """The working set lacks these documents: load them and decide the fact anew."""

    def __init__(self, keys: Iterable[Key]) -> None:
        super().__init__("documents are not loaded")
        self.keys = tuple(keys)


class FactRejected(Exception):
    """The fact cannot be taken; it becomes a numbered `fact.refused` and changes nothing."""

    def __init__(self, code: str, *, status: int = 422, field: str = "", **params: Value) -> None:
        super().__init__(code)
        self.code, self.status, self.field, self.params = code, status, field, params
        """`params` are what the code's message needs."""
        self.others: tuple[FactRejected, ...] = ()
        """What else is wrong with the fact, where one look finds several things."""


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An entry before it is chained: its number, its event and the clock it was written at."""

    seq: int
    event: Event
    clock: datetime


Mark = tuple[int, int, dict[Key, Document], dict[str, tuple[str, ...]]]


class WorkingSet:
    """One vendor's documents as one fact sees them: loaded ones below, this fact's changes above.

    `loaded` holds None for a document known not to exist. Reading what is neither raises `NeedsDocuments`,
    and the changes are dropped with it, so a fact is decided wholly or not at all.
    """

    def __init__(self, loaded: Mapping[Key, Document | None], last_seq: int, clock: datetime) -> None:
        self._loaded = loaded
        self.changes: dict[Key, Document] = {}
        self.lines: list[PendingEvent] = []
        self.last_seq = last_seq
        self.clock = clock
        self.accepted_at: datetime | None = None
        """When the fact was first accepted, where it is told again after its decision failed."""
        self.sender: str | None = None
        """The partner whose credential sent the fact; None for the vendor's own."""
        self.release = ""
        """The release that decides."""
        self.found: dict[tuple[str, tuple[str, ...], datetime], tuple[Registration, tuple[Registration, ...]]] = {}
        """Candidates looked for since the last change, by claim, former keys and clock: it is asked several times."""
        self.stirred: dict[str, tuple[str, ...]] = {}
        """Claims whose standing changed since the queues were last moved, each with the keys that it left."""
        self._vendor: Vendor | None = None
        self._pinned: dict[tuple[str, int | None], Policy] = {}

    def find(self, cls: type[Some], kind: Kind, id_: str) -> Some | None:
        """The document, or None where there is none; raises `NeedsDocuments`."""
        # A plain pair equals the key and costs a third of making one: nothing is called more often.
        key: Key = (kind, id_)  # type: ignore[assignment]
        document = self.changes.get(key)
        if document is None:
            try:
                document = self._loaded[key]
            except KeyError:
                raise NeedsDocuments((Key(kind, id_),)) from None
            if document is None:
                return None
        assert isinstance(document, cls)
        return document

    def require(self, kind: Kind, ids: Iterable[str]) -> None:
        """All documents loaded at once, so that one more load is enough; raises `NeedsDocuments`."""
        changes, loaded = self.changes, self._loaded
        pairs: list[Key] = [(kind, id_) for id_ in dict.fromkeys(ids)]  # type: ignore[misc]
        absent = [pair for pair in pairs if pair not in changes and pair not in loaded]
        if absent:
            raise NeedsDocuments(Key(*pair) for pair in absent)

    @property
    def vendor(self) -> Vendor:
        """The vendor; facts are admitted once it was created."""
        if self._vendor is None:
            self._vendor = known(self.find(Vendor, "vendor", THE_VENDOR.id), "vendor")
        return self._vendor

    def find_partner(self, id_: str) -> Partner | None:
        """The partner, if enrolled."""
        return self.find(Partner, "partner", id_)

    def find_program(self, id_: str) -> Program | None:
        """The program, if any version of it was published."""
        return self.find(Program, "program", id_)

    def find_registration(self, id_: str) -> Registration | None:
        """The registration, if submitted."""
        return self.find(Registration, "registration", id_)

    def find_opportunity(self, id_: str) -> Opportunity | None:
        """The opportunity, if a CRM reported it."""
        return self.find(Opportunity, "opportunity", id_)

    def find_credit(self, id_: str) -> Credit | None:
        """The credit, the opportunity's, if its win was ever shared out."""
        return self.find(Credit, "credit", id_)

    def find_reward(self, id_: str) -> Reward | None:
        """The reward, if accrued."""
        return self.find(Reward, "reward", id_)

    def find_case(self, id_: str) -> Case | None:
        """The case, if opened."""
        return self.find(Case, "case", id_)

    def partner(self, id_: str) -> Partner:
        """The partner, which the journal says exists; raises `Unfoldable`."""
        return self.find(Partner, "partner", id_) or _absent("partner", id_)

    def program(self, id_: str) -> Program:
        """The program, which the journal says exists; raises `Unfoldable`."""
        return self.find(Program, "program", id_) or _absent("program", id_)

    def registration(self, id_: str) -> Registration:
        """The registration, which the journal says exists; raises `Unfoldable`."""
        changed = self.changes.get(("registration", id_))  # type: ignore[call-overload]
        if changed is not None:  # as nearly always: it is asked for after every entry that changes it
            return changed  # type: ignore[no-any-return]
        return self.find(Registration, "registration", id_) or _absent("registration", id_)

    def opportunity(self, id_: str) -> Opportunity:
        """The opportunity, which the journal says exists; raises `Unfoldable`."""
        return self.find(Opportunity, "opportunity", id_) or _absent("opportunity", id_)

    def credit(self, id_: str) -> Credit:
        """The credit, which the journal says exists; raises `Unfoldable`."""
        return self.find(Credit, "credit", id_) or _absent("credit", id_)

    def reward(self, id_: str) -> Reward:
        """The reward, which the journal says exists; raises `Unfoldable`."""
        return self.find(Reward, "reward", id_) or _absent("reward", id_)

    def case(self, id_: str) -> Case:
        """The case, which the journal says exists; raises `Unfoldable`."""
        return self.find(Case, "case", id_) or _absent("case", id_)

    def key_lists(self, keys: Iterable[str]) -> list[KeyList]:
        """What stands under each of the customer keys; raises `NeedsDocuments` with all that are not loaded."""
        return self._all("key", keys, _NOTHING)

    def key_list(self, key: str) -> KeyList:
        """What stands under a customer key."""
        return self.find(KeyList, "key", key) or _NOTHING

    def spellings(self, keys: Iterable[str]) -> list[Spellings]:
        """The names under each of the candidate keys; raises `NeedsDocuments` with all that are not loaded."""
        return self._all("spelling", keys, _UNSPELLED)

    def _all(self, kind: Kind, ids: Iterable[str], otherwise: Some) -> list[Some]:
        found, absent = [], []
        changes, loaded = self.changes, self._loaded
        for id_ in ids:
            key: Key = (kind, id_)  # type: ignore[assignment]
            document = changes.get(key)
            if document is None:
                try:
                    document = loaded[key]
                except KeyError:
                    absent.append(Key(kind, id_))
                    continue
            found.append(otherwise if document is None else document)
        if absent:
            raise NeedsDocuments(dict.fromkeys(absent))
        return found  # type: ignore[return-value]

    def policy(self, registration: Registration) -> Policy:
        """The policy that the registration pinned, or the one in force while it is incomplete."""
        pinned = registration.program, registration.policy_number
        known = self._pinned.get(pinned)
        if known is None:
            program = self.program(registration.program)
            known = self.policy_version(program, registration.policy_number or program.in_force)
            if registration.policy_number is not None:
                self._pinned[pinned] = known  # a published version stays as it is
        return known

    def label(self, registration: Registration) -> str:
        """`program/version` of the policy that decides the claim."""
        number = registration.policy_number
        if number is None:
            program = self.find_program(registration.program)
            number = program.in_force if program else None
        return f"{registration.program}/{number}"

    def policy_version(self, program: Program, number: int | None) -> Policy:
        """The published version of that number, parsed."""
        return _parsed(program.documents[known(number, f"version of program {program.id!r} in force")])

    def stir(self, registration: str, former: Iterable[str] = ()) -> None:
        """Note that the claim's standing changed, so that its deal's queue is moved; `former` are keys it left."""
        self.stirred[registration] = tuple(dict.fromkeys((*self.stirred.get(registration, ()), *former)))

    def mark(self) -> Mark:
        """Where the working set stands, for `rollback_to`."""
        return self.last_seq, len(self.lines), dict(self.changes), dict(self.stirred)

    def rollback_to(self, mark: Mark) -> None:
        """Whatever was written or noted since the mark never was."""
        self.last_seq, lines, self.changes, self.stirred = mark
        self._vendor = None
        del self.lines[lines:]
        self.found.clear()

    def put(self, kind: Kind, id_: str, document: Document) -> None:
        """The document replaced for what follows; called by `evolve` alone."""
        self.changes[key_of(kind, id_)] = document
        if kind == "vendor":
            self._vendor = None
        self.found.clear()

    def put_all(self, kind: Kind, documents: Mapping[str, Document]) -> None:
        """As `put`, for documents of a kind that nothing is derived from."""
        self.changes.update({key_of(kind, id_): document for id_, document in documents.items()})


def _absent(kind: Kind, id_: str) -> NoReturn:
    raise Unfoldable(f"the journal names {kind} {id_!r}, which does not exist")


_POLICIES: dict[str, Policy] = {}
_MOST_POLICIES = 2_000


def _parsed(document: str) -> Policy:
    # Parsing is a function of the text, so remembering it changes no outcome.
    policy = _POLICIES.get(document)
    if policy is None:
        if len(_POLICIES) >= _MOST_POLICIES:
            _POLICIES.clear()
        policy = _POLICIES[document] = Policy.model_validate_json(document)
    return policy
