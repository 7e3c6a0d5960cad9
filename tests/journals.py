"""Journals written by hand: entries of a vendor numbered and chained as the decider does, without deciding anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.events import conflict as c
from shared.events import opportunity as o
from shared.events import protection as p
from shared.events import registration as r
from shared.events.base import Event
from shared.events.codec import encode_entry
from shared.events.credit import CreditAssigned, Share
from shared.events.envelope import GENESIS, Entry
from shared.events.money import Money
from shared.log.port import Record, StoredRecord

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
NINETY_DAYS = timedelta(days=90)


@dataclass
class Journal:
    """One vendor's journal; every entry added is one minute after the one before unless told otherwise."""

    vendor: str = "maven"
    start: datetime = START
    entries: list[Entry] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    _facts: int = 0

    @property
    def seq(self) -> int:
        return len(self.entries)

    @property
    def clock(self) -> datetime:
        return self.entries[-1].clock if self.entries else self.start

    def add(
        self,
        event: Event,
        *,
        cause: str | None = None,
        clock: datetime | None = None,
        known_at: datetime | None = None,
        principal: str | None = "key:vendor",
    ) -> Entry:
        """The event as the next entry; a decision has the last fact as cause, a fact is its own."""
        if cause is None:
            self._facts += event.kind == "fact"
            cause = f"fact-{self.vendor}-{self._facts}"
        at = clock or self.clock + timedelta(minutes=1)
        previous = self.entries[-1].hash if self.entries else GENESIS
        entry, record = encode_entry(
            vendor=self.vendor,
            seq=self.seq + 1,
            event=event,
            cause=cause,
            clock=at,
            known_at=known_at or at,
            subjects=event.subjects(),
            principal=principal if event.kind == "fact" else None,
            previous=previous,
        )
        self.entries.append(entry)
        self.records.append(record)
        return entry

    def submit(self, registration: str, partner: str = "acme", **fields: Any) -> Entry:
        return self.add(submitted(registration, partner, **fields), cause=registration.removeprefix("reg_"))

    def complete(self, registration: str, **fields: Any) -> Entry:
        return self.add(completed(registration, **fields))

    def protect(
        self, registration: str, until: datetime | None = None, cause: str | None = None, **fields: Any
    ) -> Entry:
        at = self.clock + timedelta(minutes=1)
        return self.add(
            r.RegistrationApproved(
                policy="demo/1",
                registration=registration,
                protected_from=at,
                protected_until=until or at + NINETY_DAYS,
                **{"promoted": False, **fields},
            ),
            clock=at,
            cause=cause,
        )

    def wait_behind(
        self, registration: str, *holders: str, conflict: str = "con_1", partner: str = "acme", **more: Any
    ) -> Entry:
        opponents = tuple(
            c.Opponent(registration=one, partner=partner, keys=("tax_id:1",), products=("GTX Basic",))
            for one in holders
        )
        self.add(
            c.ConflictDetected(
                policy="demo/1",
                conflict=conflict,
                registration=registration,
                opponents=opponents,
            )
        )
        return self.add(
            r.RegistrationHeld(
                policy="demo/1",
                registration=registration,
                reason="conflict",
                behind=holders,
                **more,
            )
        )

    def ask(self, registration: str, *lookalikes: str, until: datetime | None = None) -> Entry:
        """A person is asked whether its customer is that of any of these."""
        return self.add(
            r.RegistrationHeld(
                policy="demo/1",
                registration=registration,
                reason="customer_match",
                lookalikes=lookalikes,
                until=until,
            )
        )

    def expire(self, registration: str, **fields: Any) -> Entry:
        return self.add(p.ProtectionExpired(registration=registration), **fields)

    def opportunity(self, opportunity: str, registration: str | None = None, **fields: Any) -> Entry:
        entry = self.add(message(o.OpportunityCreated, opportunity, **fields))
        return self.link(opportunity, registration) if registration else entry

    def link(self, opportunity: str, registration: str, previous: str | None = None) -> Entry:
        return self.add(
            o.OpportunityLinked(opportunity=opportunity, registration=registration, previous=previous, by="number")
        )

    def win(self, opportunity: str, registration: str | None, case: Any = "protected", **fields: Any) -> Entry:
        self.add(message(o.OpportunityWon, opportunity, **fields))
        return self.add(o.OpportunityClassified(opportunity=opportunity, registration=registration, case=case))

    def convert(self, registration: str, opportunity: str) -> Entry:
        return self.add(p.ProtectionConverted(registration=registration, opportunity=opportunity))


def submitted(registration: str, partner: str = "acme", **fields: Any) -> r.RegistrationSubmitted:
    content: dict[str, Any] = {
        "program": "demo",
        "customer": r.Customer(legal_name="Globex GmbH", country="DE"),
        "products": ("GTX Basic",),
        "amount": Money.of(55_000, "USD"),
        "close_date": date(2026, 6, 30),
    }
    return r.RegistrationSubmitted(registration=registration, partner=partner, **{**content, **fields})


def completed(registration: str, **fields: Any) -> r.RegistrationCompleted:
    content: dict[str, Any] = {
        "policy": "demo/1",
        "policy_number": 1,
        "products": ("GTX Basic",),
        "keys": ("name:globex",),
    }
    return r.RegistrationCompleted(registration=registration, **{**content, **fields})


def message(kind: type[Any], opportunity: str, **fields: Any) -> Any:
    return kind(opportunity=opportunity, connection="crm", external_id=opportunity.upper(), **fields)


def stored(records: list[Record], first_offset: int = 0) -> list[StoredRecord]:
    """Records as a log of one partition has them."""
    return [StoredRecord(first_offset + place, one.key, one.headers, one.value) for place, one in enumerate(records)]


def ordinary_deals(vendor: str, deals: int) -> Journal:
    """So many deals, each registered, protected, won, credited and converted: nine entries a deal."""
    journal = Journal(vendor)
    for number in range(deals):
        registration, opportunity = f"reg_{vendor}{number:06d}", f"opp_{vendor}{number:06d}"
        partner = f"partner-{number % 30}"
        journal.submit(registration, partner, customer=r.Customer(legal_name=f"Customer {number % 85}"))
        journal.complete(registration)
        journal.protect(registration)
        journal.opportunity(opportunity, registration, partner=partner)
        amount = Money.of(50_000 + number, "USD")
        journal.win(opportunity, registration, amount=amount)
        journal.add(
            CreditAssigned(
                opportunity=opportunity, registration=registration, number=1, effective_at=journal.clock,
                value=amount, model="registered", case="protected",
                shares=(Share(role="sourced", partner=partner, portion="1/1", amount=amount),),
            )
        )  # fmt: skip
        journal.convert(registration, opportunity)
    return journal


def batches(entries: list[Entry], *sizes: int) -> Iterator[list[Entry]]:
    """The entries cut into batches of these sizes, the last size repeating."""
    start, place = 0, 0
    while start < len(entries):
        size = sizes[min(place, len(sizes) - 1)]
        yield entries[start : start + size]
        start, place = start + size, place + 1
