"""A running dealreg with two vendors: one that everything is tried on, one that must not notice."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
import re
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from dealreg.runtime.components import runtime
from dealreg.runtime.vendor import found_vendor
from shared.credentials import SCOPES, Credentials
from shared.settings import Settings
from tests.conftest import TEST_KEY
from tests.e2e.command import Command, dealreg, excerpt, servers
from tests.fuzz.attempts import Attempt, Known
from tests.fuzz.operations import Operation, operations
from tests.until import until

LINES = 120
UP_SECONDS = 150.0
DECIDED_SECONDS = 900.0
"""All of the catalogue makes tens of thousands of facts, most of which name one customer."""
AT_ONCE = 24
"""Requests under way: enough for the blind checks, each of which is held for a quarter of a second."""
VENDOR, BYSTANDER = "maven", "bystander"
HOUSE: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("PUT", "/v1/vendor/document", {"products": [{"product": "X", "line": "hardware"}]}),
    ("POST", "/v1/partners", {"partner": "nordlicht", "name": "Nordlicht"}),
    ("POST", "/v1/programs", {"program": "quiet", "version": 1, "protection": {"days": 90}}),
)

POLICY: Mapping[str, Any] = {
    "program": "fuzzed-program",
    "version": 1,
    "effective_from": "immediately",
    "time_zone": "Europe/Berlin",
    "eligibility": {"partner_types": ["reseller"], "min_tier": "silver", "max_open_registrations": 25},
    "required_fields": ["customer.tax_id | customer.duns", "amount", "close_date"],
    "same_deal": {"products": "same_line", "close_window_days": 180, "name_only": "look", "match_within": "3bd"},
    "gates": {"min_amount": {"value": 10000, "currency": "USD"}},
    "review": {"auto_approve_if": "no_conflict_and_gates_pass"},
    "conflict": {"order": ["approved_first", "first_complete_submission"], "waiter_confirm": "5bd"},
    "clock": {"starts": "approved"},
    "protection": {"days": 90, "extension": {"max": 1, "days": 30, "requires": ["evidence"], "decide": "5bd"}},
    "credit": {"late_win_days": 30, "model": "registered", "roles": {"sourced": 80, "fulfilled": 20}},
    "rewards": [
        {
            "name": "rebate",
            "kind": "rebate",
            "on": "won",
            "role": "sourced",
            "pct": 10,
            "cap": {"amount": 1000, "currency": "USD", "per": "deal"},
            "hold_days": 30,
        }
    ],
    "clawback": {"on": ["cancel", "refund"], "within_months": 12},
}
"""Every parameter of a policy that the documentation names, so that each is tried."""
Seen = Callable[[Attempt, httpx.Response | None], None]


@dataclass(slots=True)
class Place:
    """Where it answers, what its document says, and keys."""

    client: httpx.AsyncClient
    command: Command
    document: Mapping[str, Any]
    known: Known
    bystander: str
    """A key of the vendor that nothing is tried on."""
    secret: bytes
    """Of the connection that webhooks are signed for."""

    @property
    def operations(self) -> list[Operation]:
        return operations(self.document)

    async def send(self, attempt: Attempt) -> httpx.Response:
        """The request exactly as it is written: no library tidies its target up."""
        headers = dict(attempt.headers)
        if attempt.signed:
            self._sign(attempt, headers)
        return await self.client.request(
            attempt.operation.method,
            "/",
            content=attempt.body,
            headers=list(headers.items()),
            extensions={"target": attempt.target},
        )

    async def each(self, attempts: Iterable[Attempt], seen: Seen, at_once: int = AT_ONCE) -> int:
        """Every attempt sent, some at a time, and its answer seen; answers how many."""
        waiting, sent = iter(attempts), 0

        async def send_on() -> None:
            nonlocal sent
            for attempt in waiting:
                sent += 1
                seen(attempt, await self._answer(attempt))

        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(send_on())
        return sent

    async def _answer(self, attempt: Attempt) -> httpx.Response | None:
        """What came back; None where the connection was closed instead, as by a process that died."""
        while True:
            try:
                answer = await self.send(attempt)
            except httpx.TransportError:
                return None
            # The vendor's earlier rows wait to be decided: an import sends the same rows again.
            if answer.status_code != 429 or answer.json()["code"] != "bulk.backlog":
                return answer
            await asyncio.sleep(int(answer.headers["retry-after"]))

    async def told(self, method: str, path: str, body: Any, key: str) -> httpx.Response:
        """What became of an honest request, once everything told before it is decided too."""
        answer = await self.ask(method, path, body, key)
        if answer.status_code != 202:
            return answer

        async def decided() -> httpx.Response | None:
            read = await self.ask("GET", answer.headers["location"], key=key)
            return None if read.status_code == 202 else read

        return await until(decided, DECIDED_SECONDS)

    async def ask(self, method: str, path: str, body: Any = None, key: str | None = None) -> httpx.Response:
        """An honest request, answered with what was decided."""
        headers = {
            "Authorization": f"Bearer {key or self.known.key}",
            "Idempotency-Key": f"honest-{time.monotonic_ns()}",
            "Prefer": "wait=30",
        }
        return await self.client.request(method, path, json=body, headers=headers)

    def logged(self) -> str:
        """All that it wrote so far into its logs."""
        return self.command.errors.read_text(errors="replace")

    def _sign(self, attempt: Attempt, headers: dict[bytes, bytes]) -> None:
        """Signed as the connection's own CRM would, unless the headers that are signed are the odd ones."""
        odd = attempt.odd.partition("=")[0]
        now = datetime.now(UTC)
        if odd != "header.webhook-timestamp":
            headers[b"webhook-timestamp"] = str(int(now.timestamp())).encode()
        if odd != "header.webhook-signature" and headers.get(b"webhook-timestamp", b"").isdigit():
            # Not by the library, which reads the body as text.
            text = b"%s.%s.%s" % (headers.get(b"webhook-id", b""), headers[b"webhook-timestamp"], attempt.body or b"")
            made = hmac.digest(self.secret, text, hashlib.sha256)
            headers[b"webhook-signature"] = b"v1," + base64.b64encode(made)


@asynccontextmanager
async def running(database: str, folder: Path) -> AsyncIterator[Place]:
    """Everything up as `dealreg run` starts it, with an excerpt of the demo's pipeline."""
    data = excerpt(folder / "export", LINES)
    variables = {
        **servers(database),
        "DEALREG_RATE_PER_CREDENTIAL": "100000",
        "DEALREG_CHECKS_PER_MINUTE": "1000000",
        "DEALREG_CREDENTIAL_CACHE_SECONDS": "1",
        "DEALREG_OUTWARD_NETWORKS": "127.0.0.0/8",
    }
    async with dealreg(folder, "run", "--demo", "--port", "0", "--data", str(data), **variables) as command:
        await until(lambda: _welcomed(command), UP_SECONDS)
        found = re.search(r"http://127\.0\.0\.1:\d+", command.output.read_text())
        assert found, command.said()
        limits = httpx.Limits(max_connections=AT_ONCE * 2)
        async with httpx.AsyncClient(base_url=found[0], timeout=60, limits=limits) as client:
            keys = await _keys(database, folder)
            yield await _place(client, command, *keys)


async def _welcomed(command: Command) -> bool:
    assert command.process.returncode is None, command.said()
    return "VENDOR_KEY=" in command.output.read_text()


async def _keys(database: str, folder: Path) -> tuple[str, str]:
    """Keys with every scope, of both vendors; the second vendor begins here."""
    settings = Settings(data_dir=folder, master_key=TEST_KEY, port=0, database_url=SecretStr(database))
    async with runtime(settings, "fuzz", pool_size=4) as found:
        await found_vendor(found, BYSTANDER, name=BYSTANDER)
        credentials = Credentials(found.pool, 0)
        return tuple([str((await credentials.create(one, SCOPES))[1]) for one in (VENDOR, BYSTANDER)])  # type: ignore[return-value]


async def _place(client: httpx.AsyncClient, command: Command, key: str, bystander: str) -> Place:
    document = (await client.get("/openapi.json")).json()
    place = Place(client, command, document, Known(key, {}), bystander, os.urandom(32))
    for method, path, body in HOUSE:
        answer = await place.ask(method, path, body, bystander)
        assert answer.status_code == 200, answer.text
    connection = (await place.ask("POST", "/v1/crm-connections", {"name": "crm"})).json()
    place.secret = base64.b64decode(connection["secret"].removeprefix("whsec_"))
    place.known = Known(key, await _names(place, connection["connection"]), {"POST /v1/programs": POLICY})
    return place


async def _names(place: Place, connection: str) -> dict[str, str]:
    """Something that is there for every parameter of a path, and for what ends it something else."""

    async def first(path: str, field: str) -> str:
        items = (await place.ask("GET", path)).json()["items"]
        return str(items[0][field]) if items else f"no_{field}"

    opportunity = await first("/v1/opportunities?limit=1", "opportunity")
    ended = (await place.ask("POST", "/v1/crm-connections", {"name": "to be ended"})).json()["connection"]
    # Nobody is there: what is delivered fails, and that is all the same to who asks.
    hook = {"url": "http://127.0.0.1:1024/", "name": "desk"}
    endpoint = (await place.ask("POST", "/v1/webhooks", hook)).json()["endpoint"]
    deleted = (await place.ask("POST", "/v1/webhooks", hook)).json()["endpoint"]
    spare = (await place.ask("POST", "/v1/credentials", {"scopes": ["import"]})).json()["credential"]
    role = {"name": "manager", "when": [{"claim": "groups", "value": "managers"}], "scopes": ["pipeline:read"]}
    for provider in ("staff", "to-be-removed"):
        staff = {"name": "Staff", "issuer": "https://login.example", "audience": provider, "roles": [role]}
        assert (await place.ask("PUT", f"/v1/identity-providers/{provider}", staff)).status_code == 200
    views = []
    for number in range(2):
        chosen = {"page": "registrations", "name": f"view {number}", "parameters": {}}
        views.append((await place.ask("POST", "/v1/saved-views", chosen)).json()["saved_view"])
    partners = (await place.ask("GET", "/v1/partners")).json()["partners"]
    programs = (await place.ask("GET", "/v1/programs")).json()["programs"]
    await place.ask("POST", "/v1/programs", {"program": "to-be-withdrawn", "version": 1, "protection": {"days": 90}})
    return {
        "registration": await first("/v1/pipeline?state=protected&limit=1", "registration"),
        "opportunity": opportunity,
        "opportunity_id": opportunity,
        "match": await first("/v1/matches?limit=1", "match"),
        "case": await first("/v1/cases?limit=1", "case"),
        "fact": (await place.ask("GET", "/v1/events?after=5&limit=1")).json()["items"][0]["cause"],
        "partner": partners[0]["partner"],
        "program": programs[0]["program"],
        "version": "1",
        "name": "simple-reseller",
        "reward_id": await first("/v1/rewards?limit=1", "reward"),
        "conflict_id": await first("/v1/conflicts?limit=1", "conflict"),
        "POST /v1/programs/{program}/withdrawal program": "to-be-withdrawn",
        "connection": connection,
        "credential": spare,
        "endpoint": endpoint,
        "DELETE /v1/webhooks/{endpoint} endpoint": deleted,
        "saved_view": views[0],
        "DELETE /v1/saved-views/{saved_view} saved_view": views[1],
        "provider": "staff",
        "identity": "idn_0123456789abcdef0123456789abcdef",
        "DELETE /v1/identity-providers/{provider} provider": "to-be-removed",
        "DELETE /v1/crm-connections/{connection} connection": ended,
        "POST /v1/crm-connections/{connection}/rotation connection": ended,
    }
