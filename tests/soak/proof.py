"""What must be true after a soak, recounted from the journal alone: G1, G2, G3 and G5.

That views and documents agree with the journal (G4, G6) is what `dealreg verify` says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.errors import Corrupt
from shared.events.conflict import ConflictDetected
from shared.events.envelope import Entry
from shared.events.ledger import Posted
from shared.events.lifecycle import TRANSITIONS, Life, after
from shared.events.registration import RegistrationSubmitted
from shared.events.vendor import FactRefused
from shared.log.port import EventLog, partition_of
from tests.crash.work import entries_of
from tests.soak.traffic import Traffic

Deal = tuple[str | None, tuple[str, ...]]
"""Customer and products: in this traffic two claims are the same deal where both are equal, and nowhere else."""
NEVER_REFUSED = "registration.submitted"
"""Each claim of this traffic is one that a vendor must take, whatever it decides of it then."""


@dataclass(slots=True)
class Account:
    """One vendor's journal, entry after entry."""

    vendor: str
    wanted: dict[str, str]
    """Accepted facts that have had no effect yet, with what they are."""
    broken: list[str] = field(default_factory=list)
    effects: Counter[str] = field(default_factory=Counter)
    """What is counted of the run: entries, conflicts, refusals by code."""
    _had: set[str] = field(default_factory=set)
    _lives: dict[str, Life] = field(default_factory=dict)
    _deals: dict[str, Deal] = field(default_factory=dict)
    _holders: dict[Deal, str] = field(default_factory=dict)
    _balances: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, entry: Entry) -> None:
        """The next entry; what it breaks is noted."""
        event = entry.event
        self.effects["entries"] += 1
        if event.own:
            self._had_effect(entry)
        if isinstance(event, ConflictDetected):
            self.effects["conflicts"] += 1
        if type(event) in TRANSITIONS:
            self._lives_on(entry)
        if isinstance(event, Posted):
            self._post(entry, event)

    def close(self) -> None:
        """Nothing more comes."""
        for fact, kind in list(self.wanted.items())[:3]:
            self._break("G1", f"{kind} {fact} was accepted and is not in the journal ({len(self.wanted)} such)")
        for currency in {currency for _, currency in self._balances}:
            found = {name: total for (name, of), total in self._balances.items() if of == currency and total}
            # Everything earned passes through `accrued` and stands in another account.
            if "accrued" in found or sum(found.values(), 0):
                self._break("G5", f"the books do not balance in {currency}: {found}")

    def _had_effect(self, entry: Entry) -> None:
        if entry.cause in self._had:
            self._break("G2", f"fact {entry.cause} has a second effect, entry {entry.seq}")
        self._had.add(entry.cause)
        kind = self.wanted.pop(entry.cause, None)
        if isinstance(entry.event, FactRefused):
            self.effects[f"refused {entry.event.code}"] += 1
            if entry.event.fact_type == NEVER_REFUSED:
                self._break("G1", f"the claim of fact {entry.cause} was refused: {entry.event.code}")
        elif kind is not None:
            self.effects[kind] += 1

    def _lives_on(self, entry: Entry) -> None:
        event = entry.event
        id_: str = event.registration  # type: ignore[attr-defined]
        if isinstance(event, RegistrationSubmitted):
            self._deals[id_] = (event.customer.tax_id, event.products)
        life = self._lives[id_] = after(self._lives.get(id_), event)
        deal = self._deals[id_]
        holder = self._holders.get(deal)
        if life.state != "protected":
            if holder == id_:
                del self._holders[deal]
        elif holder not in (None, id_):
            self._break("G3", f"entry {entry.seq}: {id_} is protected while {holder} holds the same deal")
        else:
            self._holders[deal] = id_

    def _post(self, entry: Entry, event: Posted) -> None:
        self.effects["postings"] += len(event.postings)
        sums: Counter[str] = Counter()
        for posting in event.postings:
            sums[posting.currency] += posting.amount_minor
            self._balances[posting.account, posting.currency] += posting.amount_minor
        if any(sums.values()):
            self._break("G5", f"the postings of entry {entry.seq} sum to {dict(sums)}")

    def _break(self, guarantee: str, what: str) -> None:
        self.broken.append(f"{guarantee}, {self.vendor}: {what}")


@dataclass(frozen=True, slots=True)
class Proof:
    """What the journal says."""

    broken: tuple[str, ...]
    effects: Counter[str]


async def proof(log: EventLog, traffics: Sequence[Traffic]) -> Proof:
    """Each vendor's journal read from its beginning, one after the other."""
    broken: list[str] = []
    effects: Counter[str] = Counter()
    for traffic in traffics:
        account = Account(traffic.account.vendor, dict(traffic.facts()))
        try:
            async for entry in entries_of(log, partition_of(account.vendor, log.partitions)):
                if entry.vendor == account.vendor:
                    account.add(entry)
            account.close()
        except (AssertionError, Corrupt) as error:
            account.broken.append(f"G4, {account.vendor}: {error}")
        broken += account.broken
        effects += account.effects
    return Proof(tuple(broken), effects)
