"""A working day for who tries the console: deals that wait for a person, told to the public API of the live vendor.

It comes after the imported history, under a program of its own, so no number of the history changes. Keys are fixed and
days are counted from the end of the history, so telling it again changes nothing.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx

from dealreg.demo.export import CURRENCY, Export
from dealreg.demo.history import CONNECTION, identifier
from dealreg.demo.memory import Memory
from dealreg.demo.sending import Row, send
from shared.errors import Unavailable

NEW_BUSINESS, STRATEGIC = "new-business", "strategic"
"""Programs: one decided by rules but for what only a person can say, one whose deals a person approves."""
WAIT_SECONDS = 30
TOLD = frozenset({200, 202})
EGYPTIAN = {"legal_name": "Al-Neel for Trading Co.", "country": "EG"}
EGYPTIAN_TOO = {"legal_name": "شركة النيل للتجارة", "country": "EG"}
EDISON = {"legal_name": "Consolidated Edison Company of New York, Inc.", "country": "US"}
EDISON_TOO = {"legal_name": "Cons Edison Co-NY Inc", "country": "US"}
ADLER = {"legal_name": "Adler Maschinenbau GmbH", "country": "DE", "tax_id": "DE136695976"}
ADLER_TOO = {"legal_name": "ADLER Maschinenbau", "country": "DE", "tax_id": "DE 136 695 976"}
OASIS = {"legal_name": "Oasis Water Works", "country": "JO", "domain": "oasis-water.example"}
HARBOUR = {"legal_name": "Harbour Logistics", "country": "NO", "domain": "harbour-logistics.example"}
BRIGHT = {"legal_name": "Brightwater Foods", "country": "KE", "domain": "brightwater.example"}
FJORD = {"legal_name": "Fjord Shipping AS", "country": "NO", "domain": "fjord-shipping.example"}
UNCLAIMED = {"legal_name": "Meridian Clinics", "country": "PL", "domain": "meridian-clinics.example"}


@dataclass(frozen=True, slots=True)
class Day:
    """The public API with the demo's keys, its partners and products by place, and the last day of the history."""

    client: httpx.AsyncClient
    memory: Memory
    partners: Sequence[str]
    products: Sequence[str]
    today: date

    @classmethod
    def of(cls, client: httpx.AsyncClient, memory: Memory, export: Export) -> Day:
        others = [identifier(one.name) for one in export.partners if identifier(one.name) != memory.partner]
        products = [one.name for one in export.products]
        ended = max(deal.closed or deal.engaged for deal in export.deals) + timedelta(weeks=memory.weeks)
        return cls(client, memory, [memory.partner, *others], products, ended)

    async def told(self) -> None:
        """Tell the whole day, each step once decided; raise `Unavailable` where one is refused."""
        for program in (NEW_BUSINESS, STRATEGIC):
            policy = Path(__file__).with_name(f"{program}.yaml").read_text(encoding="utf-8")
            await self._send({"key": f"day:{program}", "kind": "program.publish", "body": {"policy": policy}})
        await self._names_that_are_alike()
        await self._large_deals()
        await self._our_turn()
        await self._ours_that_ends_soon()
        await self._a_win_without_a_registration()
        await self._targets()

    async def _names_that_are_alike(self) -> None:
        await self._claim("neel", 0, EGYPTIAN, "26000.00", evidence=[self._evidence("demo", 6)])
        await self._claim("nile", 1, EGYPTIAN_TOO, "24500.00")
        await self._claim("edison", 2, EDISON, "91000.00", evidence=[self._evidence("proposal", 3)])
        await self._claim("edison-too", 3, EDISON_TOO, "88000.00")

    async def _large_deals(self) -> None:
        """Two partners on one deal, one alone, and one of ours about which the manager asks for more."""
        await self._claim("adler", 4, ADLER, "480000.00", STRATEGIC, evidence=[self._evidence("meeting", 12)])
        await self._claim("adler-too", 1, ADLER_TOO, "510000.00", STRATEGIC, evidence=[self._evidence("poc", 2)])
        await self._claim("fjord", 3, FJORD, "220000.00", STRATEGIC, evidence=[self._evidence("site_survey", 5)])
        asked = await self._claim("harbour", 0, HARBOUR, "154000.00", STRATEGIC)
        await self._tell("harbour-asked", f"/v1/registrations/{asked}/review", {
            "verdict": "action_required", "fields": ["amount", "evidence"],
            "message": "How many sites does this cover? Please add the proposal that they have.",
        })  # fmt: skip

    async def _our_turn(self) -> None:
        """A rival that held it gives it up, so that we, behind it, are asked."""
        held = await self._claim("oasis-rival", 2, OASIS, "33000.00")
        await self._claim("oasis", 0, OASIS, "35000.00", evidence=[self._evidence("site_survey", 4)])
        await self._tell("oasis-given-up", f"/v1/registrations/{held}/withdrawal", {})

    async def _ours_that_ends_soon(self) -> None:
        ours = await self._claim("bright", 0, BRIGHT, "62000.00", evidence=[self._evidence("proposal", 1)])
        reason = {"reason": "their board meets next month"}
        await self._tell("bright-longer", f"/v1/registrations/{ours}/extension", reason)

    async def _a_win_without_a_registration(self) -> None:
        deal = {"partner": self._partner(3), "customer": UNCLAIMED, "products": [self._product(2)]}
        for event, more in (("created", deal), ("won", {"amount": _money("12750.00")})):
            body = {"connection": CONNECTION, "external_id": "DAY-1", "event": event, **more}
            await self._send({"key": f"day:meridian-{event}", "kind": "opportunity", "body": body})

    async def _targets(self) -> None:
        first = self.today.replace(month=(self.today.month - 1) // 3 * 3 + 1, day=1)
        last = first.replace(month=first.month + 2, day=calendar.monthrange(first.year, first.month + 2)[1])
        period = {"first_day": f"{first}", "last_day": f"{last}"}
        won = {"name": "quarter-won", "measure": "won_value", "amount": _money("60000.00"), **period}
        new = {"name": "quarter-new", "measure": "registrations", "count": 40, **period}
        for place in (0, 1):
            for body in (won, new):
                await self._tell(f"target-{place}-{body['name']}", f"/v1/partners/{self._partner(place)}/targets", body)

    async def _claim(
        self, key: str, partner: int, customer: Mapping[str, str], amount: str, program: str = NEW_BUSINESS, **more: Any
    ) -> str:
        """Submit a registration, and return its id."""
        body = {
            "program": program,
            "partner": self._partner(partner),
            "customer": customer,
            "products": [self._product(0)],
            "amount": _money(amount),
            "close_date": f"{self.today + timedelta(days=75)}",
            **more,
        }
        return str((await self._tell(key, "/v1/registrations", body))["registration"])

    async def _send(self, row: Row) -> None:
        await send(self.client, self.memory.vendor_key, [row])

    async def _tell(self, key: str, path: str, body: Mapping[str, Any]) -> Any:
        headers = {
            "Authorization": f"Bearer {self.memory.vendor_key}",
            "Idempotency-Key": f"day:{key}",
            "Prefer": f"wait={WAIT_SECONDS}",
        }
        answer = await self.client.post(path, json=dict(body), headers=headers)
        if answer.status_code not in TOLD:
            said = f"{path} answered {answer.status_code}: {answer.text[:500]}"
            raise Unavailable(f"the demo's day was not taken: {said}")
        return answer.json()

    def _evidence(self, kind: str, days_ago: int) -> dict[str, str]:
        return {"kind": kind, "on": f"{self.today - timedelta(days=days_ago)}"}

    def _partner(self, place: int) -> str:
        return self.partners[place % len(self.partners)]

    def _product(self, place: int) -> str:
        return self.products[place % len(self.products)]


def _money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": CURRENCY}
