"""The way of a claim from the request to the pipeline, as its partner and its vendor see it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import httpx
from standardwebhooks import Webhook

from tests.e2e.channel import CUSTOMER, Channel, claim_of
from tests.e2e.till import MONEY, REBATE, balances, item, money


async def test_a_claim_is_accepted_at_once_and_decided_soon(live: Channel) -> None:
    channel = await live.house("a")
    accepted = await channel.send("POST", "/v1/registrations", claim_of("a"), wait=0)
    assert accepted.status_code == 202
    assert accepted.headers["location"] == accepted.json()["location"]
    decided = await channel.read(f"{accepted.headers['location']}?min_position={accepted.json()['fact']}&wait=10")
    assert (decided["state"], decided["policy"]) == ("protected", "hunting/1")


async def test_who_prefers_to_wait_is_answered_with_the_decision(live: Channel) -> None:
    channel = await live.house("a")
    answer = await channel.send("POST", "/v1/registrations", claim_of("a"), as_=await channel.partner_key("a"))
    assert (answer.status_code, answer.headers["preference-applied"]) == (200, "wait")
    assert answer.json() == await channel.read(answer.headers["location"], as_=await channel.partner_key("a"))


async def test_a_suspended_partner_is_refused_and_its_protection_stands(live: Channel) -> None:
    channel = await live.house("a", "b")
    held = await channel.claim("a")
    suspended = await channel.send("POST", "/v1/partners/a/suspension", {"reason": "unpaid invoices"})
    assert suspended.status_code == 200
    refused = await channel.send("POST", "/v1/registrations", claim_of("a", products=["Y"]))
    assert (refused.status_code, refused.json()["code"]) == (403, "partner.suspended")
    assert refused.headers["content-type"] == "application/problem+json"
    # the refusal stays at its address, and rivals stay out
    again = await channel.get(refused.headers["location"])
    assert (again.status_code, again.json()["code"]) == (403, "partner.suspended")
    rival = await channel.claim("b")
    assert await channel.states(held, rival) == ["protected", "waiting"]
    # reinstated, it may register again
    await channel.send("POST", "/v1/partners/a/reinstatement", {})
    assert (await channel.claim("a", products=["Y"]))["state"] == "protected"


async def test_an_amendment_based_on_an_old_revision_is_refused(live: Channel) -> None:
    channel = await live.house("a")
    claim = await channel.claim("a")
    path = f"/v1/registrations/{claim['registration']}"
    patch: dict[str, Any] = {"Content_Type": "application/merge-patch+json", "If_Match": '"1"'}
    first = await channel.send("PATCH", path, {"competitor": "Initech"}, **patch)
    assert (first.status_code, first.headers["content-type"]) == (200, "application/json"), first.text
    second = await channel.send("PATCH", path, {"competitor": "Hooli"}, **patch)
    assert (second.status_code, second.json()["code"]) == (412, "revision.mismatch")
    now = await channel.registration(claim)
    assert (now["competitor"], now["revision"]) == ("Initech", 2)
    # what was not sent stayed
    assert (now["products"], now["customer"]["tax_id"]) == (["X"], CUSTOMER["tax_id"])
    missing = await channel.send("PATCH", path, {"competitor": "Hooli"}, Content_Type="application/merge-patch+json")
    assert (missing.status_code, missing.json()["code"]) == (428, "precondition.missing")


async def test_the_past_is_answered_as_it_was_known(importing: Channel) -> None:
    channel = await importing.house("a", "b")
    first = await channel.claim("a")
    seq = (await channel.registration(first))["seq"]
    second = await channel.on(1).claim("b")
    await channel.on(5).send("POST", f"/v1/registrations/{first['registration']}/withdrawal", {})
    assert await channel.states(first, second) == ["released", "protected"]
    then = await channel.read(f"/v1/registrations/{first['registration']}?as_of={seq}")
    assert then["state"] == "protected"
    page = await channel.read("/v1/pipeline?as_of=2026-01-03T00:00:00Z&sort=submitted_at")
    assert [one["state"] for one in page["items"]] == ["protected", "waiting"]


async def test_a_signed_message_of_the_crm_links_and_wins(live: Channel) -> None:
    # given a connection, and a deal that A holds
    channel = await live.house("a")
    claim = await channel.claim("a")
    crm = await _connected(channel)
    # when the CRM tells of the opportunity
    created = {"event": "created", "external_id": "0061t", "partner": "a", "customer": CUSTOMER, "products": ["X"]}
    assert (await crm.tell("msg-1", created)).status_code == 202
    await channel.stack.drained()
    # then it belongs to the registration
    linked = (await channel.read("/v1/opportunities?external_id=0061t"))["items"][0]
    assert (linked["registration"], linked["linked_by"]) == (claim["registration"], "partner")
    # when it is won
    won = {"event": "won", "external_id": "0061t", "amount": {"amount": "45500.00", "currency": "EUR"}}
    accepted = await crm.tell("msg-2", won)
    assert accepted.status_code == 202
    await channel.stack.drained()
    # then the registration is converted
    converted = await channel.registration(claim)
    assert converted["state"] == "converted"
    assert converted["opportunities"]["won_value"] == [{"amount": "45500.00", "currency": "EUR"}]
    # a retry, signed anew, hears the first answer; a delivery seen before and a wrong signature are refused
    later = int(datetime.now(UTC).timestamp()) + 1
    assert (await crm.tell("msg-2", won, at=later)).json() == accepted.json()
    assert (await crm.tell("msg-2", won, at=later)).json()["code"] == "webhook.replayed"
    forged = await _Crm(channel, crm.connection, _other_secret()).tell("msg-3", won)
    assert (forged.status_code, forged.json()["code"]) == (401, "webhook.signature_invalid")


async def test_a_refund_that_the_crm_sends_counts_once_whatever_the_message_id(live: Channel) -> None:
    # given a deal that A won through the CRM, part of it with another line
    channel = await live.house("a", policy={**MONEY, "rewards": [{**REBATE, "hold_days": 0}]})
    await channel.claim("a")
    crm = await _connected(channel)
    items = [item("X", "800.00"), item("Z", "200.00")]
    deal = {"external_id": "0061t", "partner": "a", "customer": CUSTOMER, "products": ["X", "Z"]}
    assert (await crm.tell("msg-1", {"event": "created", **deal})).status_code == 202
    won = {"event": "won", "external_id": "0061t", "amount": money("1000.00"), "items": items}
    assert (await crm.tell("msg-2", won)).status_code == 202
    await channel.stack.drained()
    assert await balances(channel, "a") == {"payable": "80.00"}
    # when it sends a refund of half under two message ids
    refund = {"event": "refunded", "external_id": "0061t", "refund": "CN-1", "amount": money("500.00")}
    locations = [(await crm.tell(id_, refund)).json()["location"] for id_ in ("msg-3", "msg-4")]
    await channel.stack.drained()
    # then half is taken back, and the second message says why it changed nothing
    assert await balances(channel, "a") == {"payable": "40.00", "reversed": "40.00"}
    answers = [await channel.get(location) for location in locations]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert answers[1].json()["code"] == "refund.repeated"
    # when it cancels the order, then nothing is left
    assert (
        await crm.tell("msg-5", {"event": "cancelled", "external_id": "0061t", "refund": "CX-1"})
    ).status_code == 202
    await channel.stack.drained()
    assert await balances(channel, "a") == {"reversed": "80.00"}


async def _connected(channel: Channel) -> _Crm:
    made = await channel.stack.client.post(
        "/v1/crm-connections", json={"name": "sales CRM"}, headers={"Authorization": f"Bearer {channel.key}"}
    )
    assert made.status_code == 201, made.text
    return _Crm(channel, made.json()["connection"], made.json()["secret"])


class _Crm:
    """A CRM that signs as Standard Webhooks say."""

    def __init__(self, channel: Channel, connection: str, secret: str) -> None:
        self.connection = connection
        self._client = channel.stack.client
        self._webhook = Webhook(secret)

    async def tell(self, id_: str, body: dict[str, Any], at: int | None = None) -> httpx.Response:
        moment = datetime.fromtimestamp(at, UTC) if at else datetime.now(UTC)
        content = json.dumps(body)
        headers = {
            "content-type": "application/json",
            "webhook-id": id_,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": self._webhook.sign(id_, moment, content),
        }
        return await self._client.post(f"/v1/crm/{self.connection}/opportunities", content=content, headers=headers)


def _other_secret() -> str:
    return "whsec_" + base64.b64encode(b"0" * 32).decode()
