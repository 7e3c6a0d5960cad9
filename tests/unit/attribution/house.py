"""Speak to the decider in a few words; the engine of the scenario files drives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import orjson

from services.attribution.domain.documents.customer import KeyList
from services.attribution.domain.documents.keys import THE_VENDOR, Key
from services.attribution.domain.documents.opportunity import Opportunity
from services.attribution.domain.documents.partner import Partner
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.vendor import Vendor
from services.attribution.scenarios.engine import Engine
from shared.events.base import Event
from shared.events.customer import CustomerMatchRevoked, CustomerMerged, CustomerSplit
from shared.events.opportunity import (
    LinkDecided,
    OpportunityChanged,
    OpportunityCreated,
    OpportunityLost,
    OpportunityReopened,
    OpportunityWon,
)
from shared.events.partner import PartnerEnrolled, PartnerReinstated, PartnerSuspended
from shared.events.program import ProgramPublished
from shared.events.registration import (
    CustomerMatchDecided,
    EvidenceAdded,
    ExtensionRequested,
    RegistrationAmended,
    RegistrationConfirmed,
    RegistrationSubmitted,
    RegistrationWithdrawn,
    ReviewDecided,
)
from shared.events.vendor import VendorConfigured, VendorCreated
from shared.policy.reading import read_policy

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
MESSAGES: dict[str, type[Event]] = {
    "created": OpportunityCreated,
    "changed": OpportunityChanged,
    "won": OpportunityWon,
    "lost": OpportunityLost,
    "reopened": OpportunityReopened,
}
One = TypeVar("One", bound=Event)

DOCUMENT: dict[str, Any] = {
    "products": [
        {"product": "X", "line": "hardware", "aliases": ["X-One"]},
        {"product": "Y", "line": "hardware"},
        {"product": "Z", "line": "services"},
    ],
    "partner_types": ["reseller", "distributor"],
    "tiers": ["silver", "gold"],
    "scores": ["index"],
    "certifications": ["Pro"],
    "territories": {"DACH": ["DE", "AT", "CH"], "Nile": ["EG", "SD"]},
    "calendars": {"DE": {"holidays": ["2026-04-03", "2026-04-06"]}},
}
POLICY: dict[str, Any] = {"program": "hunting", "version": 1, "protection": {"days": 90}}


@dataclass
class House(Engine):
    """A vendor whose history is imported, each fact a number of days after `START`; lines of speech for its facts."""

    def when(
        self, event: Event, *, day: float = 0, partner: str | None = None, at: datetime | None = None
    ) -> list[Event]:
        """The fact decided; what it, and deadlines before it, wrote."""
        return self.decide(event, at or START + timedelta(days=day), partner=partner, importing=True)

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
        customer = {"legal_name": "Nile Trading", "country": "EG", "tax_id": "204829305", **more.pop("customer", {})}
        customer = {name: value for name, value in customer.items() if value is not None}
        claim = {"registration": id_, "program": "hunting", "partner": partner, "products": ["X"], **more}
        return self.when(event(RegistrationSubmitted, customer=customer, **claim), day=day, partner=partner)

    def crm(self, kind: str, id_: str, *, day: float = 0, **more: Any) -> list[Event]:
        """The CRM tells of an opportunity of the same customer and product, unless told otherwise."""
        customer = {"legal_name": "Nile Trading", "country": "EG", "tax_id": "204829305"}
        told = {"opportunity": id_, "connection": "crm", "external_id": id_, "customer": customer, "products": ["X"]}
        return self.when(self.told(kind, **{**told, **more}), day=day)

    def told(self, kind: str, **fields: Any) -> Event:
        """The CRM's message of that kind."""
        return event(MESSAGES[kind], **fields)

    def amend(self, id_: str, *, day: float = 0, revision: int | None = None, **patch: Any) -> list[Event]:
        """The claim's owner sends a merge patch on the revision that it read."""
        fact = self._patch(id_, revision, patch)
        return self.when(event(RegistrationAmended, **fact), day=day, partner=self.registration(id_).partner)

    def patch_of(self, id_: str, correction: str | None = None, **patch: Any) -> Event:
        """A merge patch as a fact, for whoever sends it."""
        return event(RegistrationAmended, **self._patch(id_, None, patch), correction=correction)

    def correct(self, id_: str, *, day: float = 0, **patch: Any) -> list[Event]:
        """The vendor corrects the claim, which counts at once."""
        fact = self._patch(id_, None, patch)
        return self.when(event(RegistrationAmended, **fact, correction="the order says so"), day=day)

    def _patch(self, id_: str, revision: int | None, patch: dict[str, Any]) -> dict[str, Any]:
        expected = self.registration(id_).expected_revision if revision is None else revision
        return {"registration": id_, "expected_revision": expected, "patch": patch, "fields": list(patch)}

    def evidence(self, id_: str, *, day: float = 0) -> list[Event]:
        """A demo is put on the claim's file."""
        evidence = {"evidence": f"evidence{self.count}", "kind": "demo", "on": "2026-01-02"}
        return self.when(event(EvidenceAdded, registration=id_, evidence=evidence), day=day)

    def withdraw(self, id_: str, *, day: float = 0) -> list[Event]:
        return self.when(event(RegistrationWithdrawn, registration=id_), day=day)

    def confirm(self, id_: str, *, day: float = 0) -> list[Event]:
        return self.when(event(RegistrationConfirmed, registration=id_), day=day)

    def extend(self, id_: str, *, day: float = 0) -> list[Event]:
        return self.when(event(ExtensionRequested, registration=id_), day=day)

    def review(self, id_: str, verdict: str, *, day: float = 0, **more: Any) -> list[Event]:
        """A person of the vendor decides."""
        return self.when(event(ReviewDecided, registration=id_, verdict=verdict, **more), day=day)

    def match(self, id_: str, other: str, *, same: bool, day: float = 0) -> list[Event]:
        """A person says whether the two claims' customers are one."""
        return self.when(event(CustomerMatchDecided, registration=id_, other=other, same=same), day=day)

    def unmatch(self, id_: str, other: str, *, day: float = 0) -> list[Event]:
        """A person takes back what was said of the two claims' customers."""
        return self.when(event(CustomerMatchRevoked, registration=id_, other=other), day=day)

    def merge(self, one: Mapping[str, Any], other: Mapping[str, Any], *, day: float = 0) -> list[Event]:
        """A reviewer says that the two customers are one."""
        return self.when(event(CustomerMerged, customer=one, other_customer=other), day=day)

    def split(self, one: Mapping[str, Any], other: Mapping[str, Any], *, day: float = 0) -> list[Event]:
        """A reviewer says that the two customers are different ones."""
        return self.when(event(CustomerSplit, customer=one, other_customer=other), day=day)

    def link(
        self, opportunity: str, registration: str | None, *, day: float = 0, winner: str | None = None
    ) -> list[Event]:
        """A person says where the opportunity belongs."""
        return self.when(event(LinkDecided, opportunity=opportunity, registration=registration, winner=winner), day=day)

    def suspend(self, partner: str, *, day: float = 0) -> list[Event]:
        return self.when(event(PartnerSuspended, partner=partner, reason="audit"), day=day)

    def reinstate(self, partner: str, *, day: float = 0) -> list[Event]:
        return self.when(event(PartnerReinstated, partner=partner), day=day)

    def find(self, id_: str) -> Registration | None:
        found = self.ledger.documents[Key("registration", id_)]
        assert found is None or isinstance(found, Registration)
        return found

    def registration(self, id_: str) -> Registration:
        found = self.find(id_)
        assert found is not None, f"{id_} does not exist"
        return found

    def opportunity(self, id_: str) -> Opportunity:
        found = self.ledger.documents[Key("opportunity", id_)]
        assert isinstance(found, Opportunity), f"{id_} does not exist"
        return found

    def partner(self, id_: str) -> Partner:
        found = self.ledger.documents[Key("partner", id_)]
        assert isinstance(found, Partner), f"{id_} does not exist"
        return found

    @property
    def vendor(self) -> Vendor:
        found = self.ledger.documents[THE_VENDOR]
        assert isinstance(found, Vendor)
        return found

    def listed(self, key: str) -> KeyList:
        found = self.ledger.documents[Key("key", key)]
        return found if isinstance(found, KeyList) else KeyList()

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


def two(policy: Mapping[str, Any] = POLICY) -> House:
    """A holds, B waits."""
    house = House().open(policy)
    house.submit("r1", "A")
    house.submit("r2", "B")
    return house
