"""What partners and CRMs tell: new deals, one claim in ten on a deal that somebody works already, and what follows."""

from __future__ import annotations

import random
from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from shared.events.envelope import fact_id, registration_id
from tests.company_numbers import german_vat
from tests.e2e.channel import claim_of
from tests.soak.plan import PARTNERS
from tests.soak.site import Account

CONFLICTS = 0.10
"""Of the claims: on a deal of another partner."""
KNOWN_CUSTOMERS = 0.10
"""Of the claims: a customer with another deal, on another product."""
RECENT = 1_000
"""Claims among the latest of which one is drawn when something is told of it, or claimed against it."""
HAPPENINGS = {"amendment": 6, "evidence": 4, "withdrawal": 3, "won": 10, "lost": 3, "refunded": 2}
"""What follows a claim, in percent of the claims; the rest are left alone."""
KINDS = ("", "claim", *HAPPENINGS)
"""By the number under which it is remembered; the first stands for what was not accepted."""
OF_THE_CRM = frozenset({"won", "lost", "refunded"})
PRODUCT_NAMES = ("X", "Y", "Z")


@dataclass(slots=True, eq=False)
class Claim:
    """What its sender remembers of a registration."""

    id: str
    fact: str
    partner: str
    customer: int
    product: str
    revision: int = 1
    won: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to tell under one key, however often it is sent."""

    account: Account
    kind: str
    number: int
    method: str
    path: str
    body: bytes
    claim: Claim
    if_match: int | None = None

    @property
    def key(self) -> str:
        return key_of(self.kind, self.number)

    @property
    def of_the_crm(self) -> bool:
        return self.kind in OF_THE_CRM

    @property
    def fact(self) -> str:
        """The fact of its 202, known beforehand."""
        return fact_of(self.account, self.kind, self.number)


def key_of(kind: str, number: int) -> str:
    return f"{kind}-{number}"


def fact_of(account: Account, kind: str, number: int) -> str:
    principal = account.crm_principal if kind in OF_THE_CRM else account.principal
    return fact_id(account.vendor, principal, key_of(kind, number))


@dataclass(slots=True)
class Traffic:
    """One vendor's requests, and which of them were accepted."""

    account: Account
    chance: random.Random
    accepted: array[int] = field(default_factory=lambda: array("B"))
    """By number: which of `KINDS` was accepted under it."""
    customers: int = 0
    _recent: deque[Claim] = field(default_factory=lambda: deque(maxlen=RECENT))

    def claim(self) -> Request:
        """One more registration."""
        drawn, earlier = self.chance.random(), self._any(self.chance.random())
        partner, product = f"partner-{self.chance.randrange(PARTNERS)}", self.chance.choice(PRODUCT_NAMES)
        if earlier is not None and drawn < CONFLICTS:
            customer, product = earlier.customer, earlier.product
            if partner == earlier.partner:
                partner = f"partner-{(int(partner.rpartition('-')[2]) + 1) % PARTNERS}"
        elif earlier is not None and drawn < CONFLICTS + KNOWN_CUSTOMERS:
            customer = earlier.customer
            product = self.chance.choice([one for one in PRODUCT_NAMES if one != earlier.product])
        else:
            customer = self.customers = self.customers + 1
        number = self._next()
        fact = fact_of(self.account, "claim", number)
        claim = Claim(registration_id(fact), fact, partner, customer, product)
        return Request(self.account, "claim", number, "POST", "/v1/registrations", _claimed(claim), claim)

    def follow_up(self) -> Request | None:
        """What is told of an earlier claim, if anything; nothing else is told of it until `done`."""
        drawn = 100 * self.chance.random()
        for kind, percent in HAPPENINGS.items():
            if drawn < percent:
                claim = self._any(self.chance.random())
                return None if claim is None else self._told(kind, claim)
            drawn -= percent
        return None

    def done(self, request: Request) -> None:
        """It was accepted, and its claim may be drawn again."""
        self.accepted[request.number] = KINDS.index(request.kind)
        if request.kind in ("amendment", "evidence"):
            request.claim.revision += 1
        if request.kind == "won":
            request.claim.won = True
        if request.kind not in ("withdrawal", "lost", "refunded"):
            self._recent.append(request.claim)

    def facts(self) -> Iterator[tuple[str, str]]:
        """Each accepted fact, and what it was."""
        for number, kind in enumerate(self.accepted):
            if kind:
                yield fact_of(self.account, KINDS[kind], number), KINDS[kind]

    def _any(self, place: float) -> Claim | None:
        return self._recent[int(place * len(self._recent))] if self._recent else None

    def _next(self) -> int:
        self.accepted.append(0)
        return len(self.accepted) - 1

    def _told(self, kind: str, claim: Claim) -> Request | None:
        if (kind == "refunded") != claim.won:  # what was won is refunded, and nothing else is
            return None
        self._recent.remove(claim)
        number, of_it = self._next(), f"/v1/registrations/{claim.id}"
        if kind in OF_THE_CRM:
            path = f"/v1/crm/{self.account.connection}/opportunities"
            return Request(self.account, kind, number, "POST", path, _of_the_crm(kind, claim, number), claim)
        if kind == "amendment":
            body = orjson.dumps({"amount": _money(90_000 + number % 1_000)})
            return Request(self.account, kind, number, "PATCH", of_it, body, claim, claim.revision)
        body = orjson.dumps(_EVIDENCE if kind == "evidence" else {"reason": "the customer postponed"})
        return Request(self.account, kind, number, "POST", f"{of_it}/{kind}", body, claim)


_EVIDENCE = {"kind": "meeting", "on": "2026-02-03", "note": "Met the head of purchasing; the budget is confirmed."}


def _claimed(claim: Claim) -> bytes:
    number = claim.customer
    person = {"name": f"Ada Brandt {number}", "email": f"ada.brandt@customer-{number}.example", "phone": "+4930123456"}
    more = {
        "products": [claim.product],
        "amount": _money(48_000 + number % 1_000),
        "close_date": "2027-06-30",
        "project": f"Modernisation {number}",
        "contact": person,
        "notes": "Budget is confirmed for the second quarter, decision in March.",
    }
    return orjson.dumps(claim_of(claim.partner, customer=_customer(number), **more))


def _of_the_crm(kind: str, claim: Claim, number: int) -> bytes:
    told: dict[str, Any] = {"event": kind, "external_id": claim.id}
    if kind == "refunded":
        return orjson.dumps({**told, "refund": f"refund-{number}", "amount": _money(1_000)})
    told |= {"registration": claim.id, "partner": claim.partner, "customer": _customer(claim.customer)}
    told |= {"products": [claim.product]}
    return orjson.dumps({**told, "amount": _money(50_000)} if kind == "won" else told)


def _customer(number: int) -> dict[str, str]:
    return {"legal_name": f"Customer {number} Handels GmbH", "country": "DE", "tax_id": german_vat(number)}


def _money(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "EUR"}
