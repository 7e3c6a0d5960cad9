"""One spelling of instants: every answer of every service, to reads, writes and files."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import orjson
from standardwebhooks import Webhook

from dealreg.runtime.in_process import Stack
from shared.identity.wiring import callers_over
from tests.e2e.channel import CUSTOMER, Channel, claim_of
from tests.e2e.till import MONEY, refund, win
from tests.instants import instants, odd_instants
from tests.until import until

NAMESAKE = {"legal_name": "NILE TRADING Ltd", "country": "EG", "duns": "150483782"}
OTHERS = [{"legal_name": f"Delta {number}", "country": "EG", "tax_id": f"204-829-{number}"} for number in (313, 321)]
POLICY = {
    **MONEY,
    "conflict": {"waiter_confirm": "5bd"},
    "protection": {"days": 60, "extension": {"max": 2, "days": 30, "decide": "5bd"}},
}
HELD = 3 / 86_400_000
"""Three milliseconds of a day: most instants of the history have a fraction."""

OF_A_SANDBOX = "/v1/sandbox/clock"
"""A live vendor has none; tests/e2e/test_sandbox.py reads it."""


class Answers:
    """All that was answered, by method and path without what differs."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = defaultdict(list)

    async def saw(self, response: httpx.Response) -> None:
        await response.aread()
        kind = response.headers.get("content-type", "").partition(";")[0]
        at = f"{response.request.method} {response.request.url.path} {response.status_code} {kind}"
        self.texts[at].append(response.text)

    def assert_one_spelling(self) -> None:
        odd = {at: found[:3] for at, texts in self.texts.items() if (found := odd_instants("\n".join(texts)))}
        assert not odd


async def _history(channel: Channel) -> dict[str, str]:
    """Something of every kind that is read, and its names by parameter."""
    await channel.house("a", "b", "c", policy=POLICY)
    channel.on(HELD)
    first = await channel.claim("a")
    waiting = await channel.claim("b")
    await channel.on(1 + HELD).claim("c", customer=NAMESAKE)
    path = f"/v1/registrations/{first['registration']}"
    await channel.send("POST", f"{path}/evidence", {"kind": "meeting", "on": "2026-01-02"})
    await channel.send("POST", f"{path}/extension", {})
    [asked] = (await channel.read("/v1/matches?state=open"))["items"]
    await channel.send("POST", f"/v1/matches/{asked['match']}/decision", {"same": False})
    deal = await win(channel.on(2 + HELD), "O-1", "a", "1000.00", customer=OTHERS[0])
    await channel.claim("b", customer=OTHERS[1])
    await channel.claim("c", customer=OTHERS[1])
    await win(channel.on(3 + HELD), "O-2", "c", "500.00", customer=OTHERS[1])
    await refund(channel.on(4 + HELD), "O-1", "refund-1", "10.00")
    await channel.send("POST", f"{path}/withdrawal", {})
    told = {"Dealreg_Recorded_At": "2026-01-01T09:00:00.25Z"}
    late = await channel.send("POST", "/v1/partners/a/suspension", {}, **told)
    assert late.status_code in (409, 422), late.text
    await channel.stack.drained()
    return {
        "registration": waiting["registration"],
        "opportunity_id": deal,
        "match": asked["match"],
        "partner": "a",
        "program": "hunting",
        "version": "1",
        "fact": (await channel.read("/v1/events?limit=1"))["items"][0]["cause"],
    }


async def _administration(channel: Channel) -> dict[str, str]:
    """Keys and connections made, rotated and used; the names of those that stay."""
    ask, made = channel.send, {}
    key = (
        await ask("POST", "/v1/credentials", {"scopes": ["import"], "expires_at": "2090-01-01T00:00:00+02:00"})
    ).json()
    made["credential"] = key["credential"]
    rotated = await ask("POST", f"/v1/credentials/{key['credential']}/rotation", {"grace_seconds": 60})
    assert rotated.json()["replaced"]["expires_at"].endswith("Z")
    crm = (await ask("POST", "/v1/crm-connections", {"name": "crm"})).json()
    made["connection"] = crm["connection"]
    mapped = {"kind": "hubspot", "target_url": "https://deals.example/v1/crm/1/hubspot", "portal": 1, "app": 1,
              "stages": {"closedwon": "won"}, "fields": {"partner": "deal.partner"}}  # fmt: skip
    answer = await ask("PUT", f"/v1/crm/{crm['connection']}/settings", mapped)
    assert answer.status_code == 200, answer.text
    await ask("POST", f"/v1/crm-connections/{crm['connection']}/rotation", {"grace_seconds": 60})
    # Nobody is there: a delivery that failed has more instants than one that arrived.
    hook = (await ask("POST", "/v1/webhooks", {"url": "http://127.0.0.1:1024/", "name": "desk", "after": 0})).json()
    made["endpoint"] = hook["endpoint"]
    await ask("POST", f"/v1/webhooks/{hook['endpoint']}/rotation", {"grace_seconds": 60})

    async def failing() -> bool:
        return bool((await channel.read(f"/v1/webhooks/{hook['endpoint']}"))["failing_since"])

    await until(failing)
    role = {"name": "manager", "when": [{"claim": "groups", "value": "managers"}], "scopes": ["pipeline:read"]}
    staff = {"name": "Staff", "issuer": "https://login.example", "audience": channel.vendor, "roles": [role]}
    assert (await ask("PUT", "/v1/identity-providers/staff", staff)).status_code == 200
    callers = callers_over(channel.stack.pool, channel.stack.settings)
    chosen = {"page": "registrations", "name": "all", "parameters": {}}
    made["saved_view"] = (await ask("POST", "/v1/saved-views", chosen)).json()["saved_view"]
    provider = await callers.identity.providers.get(channel.vendor, "staff")
    made["provider"] = "staff"
    made["identity"] = await callers.identity.people.arrived(provider, "sam", None)
    body = orjson.dumps({"event": "created", "external_id": "O-9", "source_time": "2026-01-01T09:00:00.5+02:00"})
    now = datetime.now(UTC)
    signed = Webhook(crm["secret"]).sign("msg_1", now, body.decode())
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signed}
    path = f"/v1/crm/{crm['connection']}/opportunities"
    answer = await channel.stack.client.post(
        path, content=body, headers={**headers, "Content-Type": "application/json"}
    )
    assert answer.status_code == 202, answer.text
    await ask("POST", "/v1/vendor/go-live", {})
    channel.day = None
    checked = await ask("POST", "/v1/registrations/check", {**claim_of("a"), "customer": CUSTOMER})
    assert checked.status_code == 200, checked.text
    await ask("POST", "/v1/persons/erasure", {"email": "nobody@nile.example"})
    return made


async def test_every_answer_says_an_instant_one_way(running: Stack) -> None:
    # given a vendor with something of every kind, whose history has fractions of seconds, told through HTTP
    vendor, seen = f"instants-{uuid4().hex[:12]}", Answers()
    await running.vendor(vendor, importing_from=Channel.START)
    hooks: dict[str, list[Any]] = {"response": [seen.saw]}
    async with httpx.AsyncClient(base_url=running.base_url, timeout=60, event_hooks=hooks) as client:
        channel = await Channel.open(replace(running, client=client), vendor, day=0)
        names = {"name": "teaming", **await _history(channel), **await _administration(channel)}
        for name, noun in (("case", "case"), ("reward_id", "reward"), ("conflict_id", "conflict")):
            names[name] = (await channel.read(f"/v1/{noun}s"))["items"][0][noun]
        # when all of it is read by its vendor and a partner, as JSON and as a file
        reads = [path for path, has in (await channel.read("/openapi.json"))["paths"].items() if "get" in has]
        for path in [one.format_map(names) for one in reads if one.startswith("/v1/")]:
            for key in (channel.key, await channel.partner_key("a")):
                answer = await _read(client, path, key, "application/json")
                fine = (409,) if path == OF_A_SANDBOX else (200,) if key == channel.key else (200, 403, 404)
                assert answer.status_code in fine, answer.text
        for path in ("/v1/pipeline", "/v1/credits", "/v1/rewards", "/v1/payouts", "/v1/ledger"):
            answer = await _read(client, path, channel.key, "text/csv")
            assert answer.headers["content-type"].startswith("text/csv"), path
            assert path == "/v1/payouts" or instants(answer.text), path
    # then each instant has a Z, and microseconds where there are some
    seen.assert_one_spelling()
    said = {one for texts in seen.texts.values() for text in texts for one in instants(text)}
    assert {"." in one for one in said} == {True, False}


async def _read(client: httpx.AsyncClient, path: str, key: str, accept: str) -> httpx.Response:
    asked = {"group_by": "month"} if path.endswith("/payouts/summary") else {}
    asked |= {"group_by": "product"} if path.endswith("/pipeline/summary") else {}
    asked |= {"by": "effective"} if path.endswith("/payouts") else {}
    return await client.get(path, params=asked, headers={"Authorization": f"Bearer {key}", "Accept": accept})
