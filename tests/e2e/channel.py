"""A vendor's channel through the public API, in the words of given, when and then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, ClassVar

import httpx
import orjson

from dealreg.runtime.in_process import Stack
from shared.credentials import PARTNER_SCOPES, SCOPES

NDJSON = "application/x-ndjson"
WAIT_SECONDS = 30
"""The most that the service grants."""
PRODUCTS = [
    {"product": "X", "line": "hardware", "aliases": ["X-One"]},
    {"product": "Y", "line": "hardware"},
    {"product": "Z", "line": "services"},
]
POLICY: dict[str, Any] = {"program": "hunting", "version": 1, "protection": {"days": 90}}
CUSTOMER = {"legal_name": "Nile Trading", "country": "EG", "tax_id": "204-829-305"}


@dataclass(slots=True)
class Channel:
    """One vendor, its key, and for an importing one the day that its next fact is recorded."""

    START: ClassVar[datetime] = datetime(2026, 1, 1, 9, tzinfo=UTC)
    """A Thursday."""

    stack: Stack
    vendor: str
    key: str
    day: float | None
    _numbers: count[int] = field(default_factory=count)

    @classmethod
    async def open(cls, stack: Stack, vendor: str, *, day: float | None) -> Channel:
        scopes = [scope for scope in SCOPES if scope != "import" or day is not None]
        return cls(stack, vendor, await stack.key(vendor, scopes), day)

    # given

    async def house(self, *partners: str, policy: Mapping[str, Any] | None = None) -> Channel:
        """Products, these partners, one program in force."""
        rows = [
            self.row("vendor.configure", {"products": PRODUCTS}),
            *(self.row("partner.enroll", {"partner": name, "name": name.title()}) for name in partners),
            self.row("program.publish", {"policy": {**POLICY, **(policy or {})}}),
        ]
        await self.bulk(rows)
        return self

    async def partner_key(self, partner: str) -> str:
        return await self.stack.key(self.vendor, PARTNER_SCOPES, partner=partner)

    # when

    def on(self, day: float) -> Channel:
        """What is told from here on was recorded on that day."""
        assert self.day is not None, "only a vendor that imports its history can be told when"
        assert day >= self.day, "history is told in order"
        self.day = day
        return self

    @property
    def moment(self) -> str | None:
        if self.day is None:
            return None
        return (self.START + timedelta(days=self.day)).isoformat()

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        as_: str | None = None,
        wait: int = WAIT_SECONDS,
        client: httpx.AsyncClient | None = None,
        **headers: str,
    ) -> httpx.Response:
        """The request under a key of its own, answered with what was decided."""
        told = {
            "Authorization": f"Bearer {as_ or self.key}",
            "Idempotency-Key": f"test-{next(self._numbers)}",
            "Content-Type": "application/json",
            "Prefer": f"wait={wait}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        if self.moment is not None and as_ is None:
            told["Dealreg-Recorded-At"] = self.moment
        content = orjson.dumps(body) if body is not None else None
        return await (client or self.stack.client).request(method, path, content=content, headers=told)

    async def claim(self, partner: str, *, as_: str | None = None, **more: Any) -> dict[str, Any]:
        """The partner claims product X at the customer with tax id 204-829-305, unless told otherwise."""
        answer = await self.send("POST", "/v1/registrations", claim_of(partner, **more), as_=as_)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def row(self, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
        row: dict[str, Any] = {"key": f"row-{next(self._numbers)}", "kind": kind, "body": body}
        return row if self.moment is None else {**row, "recorded_at": self.moment}

    async def bulk(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """All rows accepted and decided."""
        answer = await self.stack.client.post(
            "/v1/bulk",
            content=b"\n".join(map(orjson.dumps, rows)),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": NDJSON},
        )
        assert answer.status_code == 200, answer.text
        lines = [orjson.loads(line) for line in answer.content.splitlines()]
        assert [line["status"] for line in lines] == [202] * len(rows), lines
        await self.stack.drained()
        return lines

    async def crm(self, event: str, external_id: str, **more: Any) -> None:
        """The CRM tells of an opportunity, by an import of its messages."""
        body = {"connection": "crm", "event": event, "external_id": external_id, **more}
        await self.bulk([self.row("opportunity", body)])

    async def pass_time(self, day: float) -> Channel:
        """Somebody who has nothing to do with it does something on that day."""
        self.on(day)
        await self.bulk(
            [self.row("partner.enroll", {"partner": f"bystander-{next(self._numbers)}", "name": "Bystander"})]
        )
        return self

    # then

    async def get(self, path: str, *, as_: str | None = None) -> httpx.Response:
        return await self.stack.client.get(path, headers={"Authorization": f"Bearer {as_ or self.key}"})

    async def read(self, path: str, *, as_: str | None = None) -> Any:
        answer = await self.get(path, as_=as_)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def registration(self, claim: Mapping[str, Any] | str) -> dict[str, Any]:
        id_ = claim if isinstance(claim, str) else claim["registration"]
        found: dict[str, Any] = await self.read(f"/v1/registrations/{id_}")
        return found

    async def states(self, *claims: Mapping[str, Any]) -> list[str]:
        return [(await self.registration(claim))["state"] for claim in claims]

    async def explanation(self, claim: Mapping[str, Any], *, as_: str | None = None) -> dict[str, Any]:
        found: dict[str, Any] = await self.read(f"/v1/registrations/{claim['registration']}/explanation", as_=as_)
        return found


def claim_of(partner: str, **more: Any) -> dict[str, Any]:
    """A claim's body: product X for the Nile Trading of `CUSTOMER`, unless told otherwise."""
    return {"program": "hunting", "partner": partner, "customer": CUSTOMER, "products": ["X"], **more}
