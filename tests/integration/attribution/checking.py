"""Attribution's API over a real PostgreSQL and what a real decider decided there."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import asyncpg
import httpx
import orjson
from fastapi import FastAPI

from services.attribution.worker import Worker
from shared.credentials import SCOPES, Credentials
from shared.events.codec import encode_fact
from shared.events.envelope import Fact
from shared.events.partner import PartnerEnrolled, PartnerSuspended
from shared.events.program import ProgramPublished
from shared.events.registration import RegistrationSubmitted
from shared.events.vendor import VendorConfigured, VendorCreated
from shared.log.port import EventLog
from shared.policy.reading import read_policy
from shared.settings import Settings
from tests.unit.attribution.house import DOCUMENT, POLICY, event

PATH = "/v1/registrations/check"
NILE: dict[str, Any] = {"legal_name": "Nile Trading", "country": "EG", "tax_id": "204-829-305"}
DUNS = {"duns": "150483782"}
QUESTION: dict[str, Any] = {"program": "hunting", "customer": NILE, "products": ["X"]}


@dataclass(slots=True)
class Desk:
    """Where partners ask what was decided."""

    app: FastAPI
    client: httpx.AsyncClient
    pool: asyncpg.Pool
    log: EventLog
    settings: Settings
    _facts: count[int] = field(default_factory=count)

    async def house(self, vendor: str = "acme") -> None:
        """A vendor with partners A to D, of which D is suspended."""
        document = read_policy(orjson.dumps(POLICY)).model_dump(mode="json")
        await self.decide(
            vendor,
            VendorCreated(name=vendor, mode="live"),
            event(VendorConfigured, document=DOCUMENT),
            *(PartnerEnrolled(partner=name, name=f"Partner {name}") for name in "ABCD"),
            PartnerSuspended(partner="D", reason="audit"),
            event(ProgramPublished, program="hunting", number=1, policy=document),
        )

    async def held(self) -> None:
        """At acme, A holds a deal of product X with `NILE`."""
        await self.house()
        claim = {"registration": "reg_held", "program": "hunting", "partner": "A", "products": ["X"]}
        await self.decide("acme", event(RegistrationSubmitted, customer=NILE, **claim))

    async def decide(self, vendor: str, *events: Any) -> None:
        """The events were told now, and everything is decided."""
        now = await self.pool.fetchval("SELECT clock_timestamp()")
        facts = [Fact(f"{vendor}-{next(self._facts)}", vendor, one, now, principal="test") for one in events]
        await self.log.append("facts", [encode_fact(fact) for fact in facts])
        worker = Worker(self.pool, self.log, self.settings)
        while await worker.step():
            pass
        await worker.close()

    async def key(
        self, *scopes: str, vendor: str = "acme", partner: str | None = None, principal: str | None = None
    ) -> dict[str, str]:
        """Authorization headers of a new credential; all scopes where none is named."""
        credentials = Credentials(self.pool, 0)
        _, token = await credentials.create(vendor, scopes or SCOPES, partner=partner, principal=principal)
        return {"Authorization": f"Bearer {token}"}

    async def ask(self, key: dict[str, str], **question: Any) -> httpx.Response:
        return await self.client.post(PATH, json={**QUESTION, **question}, headers=key)

    async def rows(self, vendor: str = "acme") -> list[asyncpg.Record]:
        found: list[asyncpg.Record] = await self.pool.fetch(
            "SELECT * FROM attribution.blind_check WHERE vendor = $1 ORDER BY at", vendor
        )
        return found


def named(name: str, **identifiers: str) -> dict[str, Any]:
    return {"legal_name": name, "country": "EG", **identifiers}
