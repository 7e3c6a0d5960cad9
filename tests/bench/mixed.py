"""A vendor's ordinary months as facts: many customers, one claim in ten on a deal that somebody holds already.

With deadlines, which bring entries without facts, a fact leads to about three entries.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import orjson

from dealreg.tools.matching_index_names import Written, sample
from shared.events.base import Event
from shared.events.envelope import Fact, derived_id, fact_id, opportunity_id, registration_id
from shared.events.opportunity import OpportunityCreated, OpportunityLost, OpportunityWon
from shared.events.partner import PartnerEnrolled
from shared.events.program import ProgramPublished
from shared.events.registration import EvidenceAdded, RegistrationAmended, RegistrationSubmitted, RegistrationWithdrawn
from shared.events.vendor import VendorConfigured, VendorCreated
from shared.policy.reading import read_policy
from tests.company_numbers import german_vat

BEGAN = datetime(2025, 1, 6, 8, tzinfo=UTC)
SPAN = timedelta(days=180)
"""Twice a protection, so that in the second half as many claims expire as in a year of business."""
PARTNERS = 60
PRODUCTS = 24
PRINCIPAL = "key:bench"
SEED = 20250106
MOST_LETTERS = 200
"""Of a customer's name, as the edge takes it."""
RECENT = 2_000
"""Claims among the latest of which one is taken when something is told of it, or claimed against it."""

CONFLICTS = 0.10
"""Of the claims: on a deal that another partner holds."""
DUPLICATES = 0.01
KNOWN_CUSTOMERS = 0.15
"""Of the claims: a customer with other deals, another product."""
# What happens, by weight; the rest of a deal's life is told of claims made before.
HAPPENINGS = {"claim": 61, "created": 16, "won": 8, "lost": 6, "amended": 4, "evidence": 3, "withdrawn": 2}
POLICY = b"""
program: hunting
version: 1
protection: {days: 90}
required_fields: [amount, close_date]
gates: {min_amount: {value: 1000, currency: EUR}}
"""


@dataclass
class Claimed:
    """What the writer of the history remembers of a claim."""

    id: str
    partner: str
    customer: int
    product: str
    revision: int = 1


@dataclass
class History:
    """Facts of one vendor in order of time; the same for the same arguments."""

    vendor: str
    facts: int
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    now: datetime = BEGAN
    customers: int = 0
    told: int = 0
    claims: list[Claimed] = field(default_factory=list)
    opportunities: list[Claimed] = field(default_factory=list)
    """Claims whose opportunity is open."""

    def __iter__(self) -> Iterator[Fact]:
        yield from self.house()
        step = SPAN / self.facts
        names, weights = list(HAPPENINGS), list(HAPPENINGS.values())
        for _ in range(self.facts):
            self.now += step
            happening = self.chance.choices(names, weights)[0]
            yield self._fact(self._event(happening))

    def registrations(self) -> Iterator[Fact]:
        """The house, and then claims alone."""
        yield from self.house()
        step = SPAN / self.facts
        for _ in range(self.facts):
            self.now += step
            yield self.claim()

    def claim(self) -> Fact:
        """The next claim, now."""
        return self._fact(self._claim())

    def _fact(self, event: Event, key: str | None = None) -> Fact:
        self.told += 1
        id_ = fact_id(self.vendor, PRINCIPAL, key or f"{self.told}")
        partner = getattr(event, "partner", None) if isinstance(event, RegistrationSubmitted) else None
        return Fact(id_, self.vendor, event, self.now, PRINCIPAL, partner=partner, importing=True)

    def house(self) -> Iterator[Fact]:
        """The vendor with its products, its partners and one program in force."""
        products = [{"product": f"Model {number}", "line": f"Line {number % 4}"} for number in range(PRODUCTS)]
        yield self._fact(VendorCreated(name=self.vendor, mode="importing"))
        yield self._fact(_read(VendorConfigured, document={"products": products, "tiers": ["silver", "gold"]}))
        for number in range(PARTNERS):
            yield self._fact(PartnerEnrolled(partner=f"partner-{number}", name=f"Partner {number}", tier="silver"))
        document = read_policy(POLICY).model_dump(mode="json")
        yield self._fact(_read(ProgramPublished, program="hunting", number=1, policy=document))

    def _event(self, happening: str) -> Event:
        if happening == "claim" or len(self.claims) < PARTNERS:
            return self._claim()
        # Business moves on: what is told of an old deal is the exception.
        claim = self.claims[-1 - int(self.chance.triangular(0, min(len(self.claims), RECENT) - 1, 0))]
        match happening:
            case "won" | "lost" if self.opportunities:
                claim = self.opportunities.pop(self.chance.randrange(len(self.opportunities)))
                kind = OpportunityWon if happening == "won" else OpportunityLost
                amount = {"amount": _money(90_000)} if happening == "won" else {}
                return _read(kind, **_crm(self.vendor, claim), **amount)
            case "created" | "won" | "lost":
                self.opportunities.append(claim)
                deal = {"customer": _customer(claim.customer), "products": [claim.product], "amount": _money(80_000)}
                return _read(OpportunityCreated, **_crm(self.vendor, claim), **deal)
            case "amended":
                claim.revision += 1
                return _read(
                    RegistrationAmended,
                    registration=claim.id,
                    expected_revision=claim.revision - 1,
                    patch={"amount": _money(95_000)},
                    fields=["amount"],
                )
            case "evidence":
                claim.revision += 1
                piece = {"evidence": f"ev_{self.told}", "kind": "meeting", "on": "2025-02-03"}
                return _read(EvidenceAdded, registration=claim.id, evidence=piece)
        return RegistrationWithdrawn(registration=claim.id)

    def _claim(self) -> Event:
        kind = self.chance.random()
        earlier = self.claims[-1 - self.chance.randrange(min(len(self.claims), RECENT))] if self.claims else None
        partner = f"partner-{self.chance.randrange(PARTNERS)}"
        product = f"Model {self.chance.randrange(PRODUCTS)}"
        if earlier is not None and kind < CONFLICTS + DUPLICATES:
            customer, product = earlier.customer, earlier.product
            partner = earlier.partner if kind > CONFLICTS else partner
        elif earlier is not None and kind < CONFLICTS + DUPLICATES + KNOWN_CUSTOMERS:
            customer = earlier.customer
        else:
            customer = self.customers = self.customers + 1
        return self._claim_on(partner, customer, product)

    def claim_on(self, partner: str, customer: int, product: str) -> Fact:
        """A claim of that deal, now."""
        return self._fact(self._claim_on(partner, customer, product))

    def _claim_on(self, partner: str, customer: int, product: str) -> Event:
        key = f"{self.told + 1}"
        id_ = registration_id(fact_id(self.vendor, PRINCIPAL, key))
        self.claims.append(Claimed(id_, partner, customer, product))
        return _read(RegistrationSubmitted, registration=id_, **claim_body(partner, customer, product, sealed=True))


def claim_body(partner: str, customer: int, product: str, *, sealed: bool) -> dict[str, Any]:
    """A registration as a partner's system sends it, 500 to 1,000 bytes of JSON; its texts sealed or in plain."""
    person = derived_id("person", str(customer))
    texts = {"name": "Ada Brandt", "email": f"ada.brandt@customer-{customer}.example", "phone": "+49 30 1234567"}
    notes = "Met the head of purchasing twice; budget is confirmed for the second quarter, decision in March."

    def text(plain: str) -> Any:
        # Base64 of nonce, text and tag is this long; its content is never looked at.
        return {"person": person, "box": "A" * (4 * ((len(plain) + 30) // 3))} if sealed else plain

    return {
        "program": "hunting",
        "partner": partner,
        "customer": _customer(customer),
        "products": [product],
        "amount": _money(48_000 + customer % 1_000),
        "close_date": "2025-11-30",
        "site": "Plant 2, Hall B",
        "project": f"Modernisation {customer}",
        "competitor": "Contoso",
        "contact": {name: text(plain) for name, plain in texts.items()},
        "notes": text(notes),
        "external_id": f"CRM-{customer:07d}",
    }


@cache
def _names() -> tuple[Written, ...]:
    """Companies' names as the registers of many countries have them: what new ones are compared with costs time."""
    found = [one for one in sample() if one.country is not None and 1 <= len(one.text.strip()) <= MOST_LETTERS]
    random.Random(SEED).shuffle(found)
    return tuple(found)


def _customer(number: int) -> dict[str, str]:
    name = _names()[number % len(_names())]
    return {
        "legal_name": name.text.strip(),
        "country": name.country or "DE",
        "city": "Berlin",
        "domain": f"customer-{number}.example",
        "tax_id": german_vat(number),
        "sector": "manufacturing",
    }


def _crm(vendor: str, claim: Claimed) -> dict[str, Any]:
    opportunity = opportunity_id(vendor, "crm", claim.id)
    return {"opportunity": opportunity, "connection": "crm", "external_id": claim.id, "partner": claim.partner}


def _money(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "EUR"}


def _read(cls: type[Event], **fields: Any) -> Event:
    """The event as it is read from the log."""
    return cls.model_validate_json(orjson.dumps(fields))
