"""What a signed batch of HubSpot's costs beside as many canonical messages of the same deals."""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
from fastapi import FastAPI
from standardwebhooks import Webhook

from dealreg.runtime.components import runtime
from services.registration.api.app import create_app
from shared.credentials import SCOPES, Credentials
from shared.log.port import EventLog
from tests.bench.figures import Figure
from tests.bench.place import Place
from tests.hubspot import APP, CLIENT_SECRET, PORTAL, TOKEN, batch, event, signed

VENDOR, BATCH = "acme", 100
TARGET = "https://deals.example/v1/crm/hubspot"
SETTINGS = {
    "kind": "hubspot", "target_url": TARGET, "portal": PORTAL, "app": APP, "stages": {"talking": "open"},
    "fields": {"partner": "deal.partner"}, "reconcile_hours": 0,
}  # fmt: skip
MOST = 2.0


async def tell(place: Place, rounds: int) -> list[Figure]:
    """Processor microseconds of Python a deal, from the signed request to the fact; the CRM is another process."""
    canonical, native = [], []
    async with _crm((rounds + 1) * BATCH) as url:
        settings = await place.fresh(hubspot_url=url)
        async with runtime(settings, "bench") as found:
            app = create_app(settings, found.pool, found.log)
            async with app.router.lifespan_context(app):
                for task in asyncio.all_tasks():
                    if task.get_name() == "crm-worker":
                        task.cancel()
                _, token = await Credentials(found.pool, 0).create(VENDOR, tuple(SCOPES))
                edge = _Edge(app, {"authorization": f"Bearer {token}"})
                made = await edge.asked("POST", "/v1/crm-connections", {"name": "messages"})
                ready = await edge.connected()
                before = await _facts(found.log)
                # The first round pays for what is loaded and prepared once.
                for number in range(rounds + 1):
                    deals = range(number * BATCH + 1, (number + 1) * BATCH + 1)
                    canonical.append(await _spent(edge.messages(made, deals)))
                    native.append(await _spent(edge.delivered(ready, deals)))
                assert await _facts(found.log) - before == 2 * BATCH * (rounds + 1), "each deal is told once by each"
    ratios = tuple(there / here for here, there in zip(canonical[1:], native[1:], strict=True))
    return [
        Figure("canonical messages, 100 at once", "µs/deal", tuple(canonical[1:])),
        Figure("a batch of HubSpot's, 100 deals", "µs/deal", tuple(native[1:])),
        Figure("a batch / canonical messages", "", ratios, most=MOST),
    ]


async def _facts(log: EventLog) -> int:
    return sum(await log.end_offsets("facts"))


async def _spent(work: Any) -> float:
    begun = time.process_time()
    await work
    return 1e6 * (time.process_time() - begun) / BATCH


class _Edge:
    """The edge, asked without an HTTP client, which would cost more than some of what is measured."""

    def __init__(self, app: FastAPI, admin: Mapping[str, str]) -> None:
        self._app, self._admin = app, admin

    async def connected(self) -> str:
        """A connection to the CRM."""
        connection: str = (await self.asked("POST", "/v1/crm-connections", {"name": "HubSpot"}))["connection"]
        await self.asked("PUT", f"/v1/crm/{connection}/settings", SETTINGS)
        secrets = {"client_secret": CLIENT_SECRET, "access_token": TOKEN}
        await self.asked("PUT", f"/v1/crm/{connection}/secrets", secrets)
        return connection

    async def messages(self, made: Mapping[str, str], deals: range) -> None:
        """One signed request for each deal."""
        path, signer = f"/v1/crm/{made['connection']}/opportunities", Webhook(made["secret"])
        await asyncio.gather(*(self._message(path, signer, deal) for deal in deals))

    async def _message(self, path: str, signer: Webhook, deal: int) -> None:
        at = datetime.now(UTC)
        body = orjson.dumps({
            "event": "created", "external_id": str(deal), "source_time": at.isoformat().replace("+00:00", "Z"),
            "customer": {"legal_name": f"Company {deal} GmbH", "domain": f"company-{deal}.example"},
            "partner": "nordlicht", "amount": {"amount": f"{1_000 + deal}.00", "currency": "EUR"},
            "close_date": "2027-03-31",
        })  # fmt: skip
        sent = f"msg_{deal}"
        headers = {
            "webhook-id": sent, "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signer.sign(sent, at, body.decode()), "content-type": "application/json",
        }  # fmt: skip
        await self._sent("POST", path, headers, body)

    async def delivered(self, connection: str, deals: range) -> None:
        """One signed batch, and all that follows from it."""
        body = batch([event(str(deal), number=deal) for deal in deals])
        headers = {name.lower(): value for name, value in signed(TARGET, body).items()}
        await self._sent("POST", f"/v1/crm/{connection}/hubspot", headers, body)
        while await self._app.state.edge.crm.worker.step(connection):
            pass

    async def asked(self, method: str, path: str, body: Any) -> Any:
        """An administrator's request."""
        return await self._sent(
            method, path, {**self._admin, "content-type": "application/json"}, orjson.dumps(body)
        )  # fmt: skip

    async def _sent(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Any:
        said: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            said.append(message)

        raw = [
            (name.encode(), value.encode()) for name, value in (*headers.items(), ("content-length", str(len(body))))
        ]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": raw,
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2), "state": {},
        }  # fmt: skip
        await self._app(scope, receive, send)  # type: ignore[arg-type]
        content = b"".join(one.get("body", b"") for one in said[1:])
        assert 200 <= said[0]["status"] < 300, content
        return orjson.loads(content) if content else None


@asynccontextmanager
async def _crm(deals: int) -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.crm_beside", str(deals), stdin=PIPE, stdout=PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.stdin.close()
        await process.wait()
