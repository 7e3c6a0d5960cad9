"""Given / when / then for the decider: facts in, journal out, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import orjson

from services.attribution.domain.state import Document, Key, Registration
from services.attribution.ledger import Ledger, Pause
from shared.events.base import Event
from shared.events.codec import decode_entry
from shared.events.envelope import Entry, Fact
from shared.events.opportunity import (
    OpportunityCreated,
    OpportunityLost,
    OpportunityReopened,
    OpportunityWon,
)
from shared.events.partner import PartnerEnrolled
from shared.events.program import ProgramPublished
from shared.events.registration import RegistrationSubmitted
from shared.events.vendor import VendorConfigured, VendorCreated
from shared.policy.reading import read_policy

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
ROOM = 500
One = TypeVar("One", bound=Event)

DOCUMENT = {
    "products": [
        {"product": "X", "line": "hardware", "aliases": ["X-One"]},
        {"product": "Y", "line": "hardware"},
        {"product": "Z", "line": "services"},
    ],
    "partner_types": ["reseller", "distributor"],
    "tiers": ["silver", "gold"],
    "calendars": {"DE": {"holidays": ["2026-04-03", "2026-04-06"]}},
}
POLICY: dict[str, Any] = {"program": "hunting", "version": 1, "protection": {"days": 90}}


class Everything(dict[Key, Document | None]):
    """All documents there are: what is not here does not exist."""

    def __missing__(self, key: Key) -> None:
        return None

    def __contains__(self, key: object) -> bool:
        return True


@dataclass
class House:
    """A vendor whose facts are decided in memory, each a number of days after `START`."""

    ledger: Ledger = field(default_factory=lambda: Ledger("acme", None, Everything()))
    count: int = 0
    entries: list[Entry] = field(default_factory=list)
    taken: list[Fact] = field(default_factory=list)

    def when(
        self, event: Event, *, day: float = 0, partner: str | None = None, at: datetime | None = None
    ) -> list[Event]:
        """The fact decided; what it, and deadlines before it, wrote."""
        self.count += 1
        moment = at or START + timedelta(days=day)
        fact = Fact(
            id=f"fact{self.count}", vendor="acme", event=event, recorded_at=moment, principal="test",
            partner=partner, importing=True,
        )  # fmt: skip
        return self.take(fact)

    def take(self, fact: Fact) -> list[Event]:
        self.taken.append(fact)
        before = len(self.entries)
        while True:
            self.ledger.begin(self.ledger.deadlines, self.ledger.handled, None)
            try:
                self.ledger.take(fact, b"", "test", ROOM)
                break
            except Pause:
                self._keep()
        self._keep()
        return [entry.event for entry in self.entries[before:]]

    def _keep(self) -> None:
        self.entries += [decode_entry(record) for record in self.ledger.records]

    def wait_until(self, day: float) -> list[Event]:
        """Time passes: an entry that changes nothing else moves the clock."""
        return self.when(PartnerEnrolled(partner=f"bystander{self.count}", name="Bystander"), day=day)[:-1]

    def open(self, policy: Mapping[str, Any] = POLICY, *, partners: str = "A B C D") -> House:
        """A vendor with products, partners and one program in force."""
        self.when(VendorCreated(name="Acme", mode="importing"))
        self.when(event(VendorConfigured, document=DOCUMENT))
        for partner in partners.split():
            self.when(PartnerEnrolled(partner=partner, name=partner, tier="silver", partner_type="reseller"))
        return self.publish(policy)

    def publish(self, policy: Mapping[str, Any], *, day: float = 0) -> House:
        document = read_policy(orjson.dumps({**POLICY, **policy})).model_dump(mode="json")
        program = {"program": document["program"], "number": document["version"], "policy": document}
        self.when(event(ProgramPublished, **program), day=day)
        return self

    def submit(self, id_: str, partner: str, *, day: float = 0, **more: Any) -> list[Event]:
        """The partner claims product X at the customer with tax id 123, unless told otherwise."""
        customer = {"legal_name": "Nile Trading", "country": "EG", "tax_id": "123", **more.pop("customer", {})}
        customer = {name: value for name, value in customer.items() if value is not None}
        claim = {"registration": id_, "program": "hunting", "partner": partner, "products": ["X"], **more}
        return self.when(event(RegistrationSubmitted, customer=customer, **claim), day=day, partner=partner)

    def crm(self, kind: str, id_: str, *, day: float = 0, **more: Any) -> list[Event]:
        """The CRM tells of an opportunity of the same customer and product, unless told otherwise."""
        cls = {
            "created": OpportunityCreated,
            "won": OpportunityWon,
            "lost": OpportunityLost,
            "reopened": OpportunityReopened,
        }
        customer = {"legal_name": "Nile Trading", "country": "EG", "tax_id": "123"}
        told = {"opportunity": id_, "connection": "crm", "external_id": id_, "customer": customer, "products": ["X"]}
        return self.when(event(cls[kind], **{**told, **more}), day=day)

    def registration(self, id_: str) -> Registration:
        found = self.ledger.documents[Key("registration", id_)]
        assert isinstance(found, Registration), f"{id_} does not exist"
        return found

    def state(self, id_: str) -> str:
        return self.registration(id_).state

    def states(self, *ids: str) -> list[str]:
        return [self.state(id_) for id_ in ids]


def event(cls: type[One], **fields: Any) -> One:
    """The event as it would be read from the log."""
    return cls.model_validate_json(orjson.dumps(fields))


def only(events: list[Event], cls: type[One]) -> One:
    """The one event of that class."""
    found = [one for one in events if isinstance(one, cls)]
    assert len(found) == 1, [one.type for one in events]
    return found[0]


def types(events: list[Event]) -> list[str]:
    return [one.type for one in events]
