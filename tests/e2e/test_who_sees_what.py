"""Isolation: vendors know nothing of each other, partners nothing of their rivals."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dealreg.runtime.in_process import Stack
from tests.e2e.channel import Channel, claim_of

RIVAL_AMOUNT = {"amount": "777123.00", "currency": "EUR"}


@pytest.mark.parametrize("noun", ["pipeline", "conflicts", "matches", "opportunities", "events"])
async def test_another_vendor_reads_nothing(live: Channel, running: Stack, noun: str) -> None:
    channel = await live.house("a", "b")
    await channel.claim("a")
    await channel.claim("b")
    await channel.crm("created", "O-1", partner="a")
    other = f"other-{uuid4().hex[:12]}"
    await running.vendor(other)
    stranger = await (await Channel.open(running, other, day=None)).house()
    shown = await stranger.read(f"/v1/{noun}")
    assert channel.vendor not in str(shown)
    assert [item for item in shown["items"] if item.get("type", "").startswith("registration")] == []
    assert noun == "events" or shown["items"] == []


async def test_another_vendors_claim_cannot_be_read_or_changed(live: Channel, running: Stack) -> None:
    channel = await live.house("a")
    claim = await channel.claim("a")
    other = f"other-{uuid4().hex[:12]}"
    await running.vendor(other)
    stranger = await (await Channel.open(running, other, day=None)).house("a")
    path = f"/v1/registrations/{claim['registration']}"
    for shown in ("", "/history", "/explanation"):
        answer = await stranger.get(path + shown)
        assert answer.status_code == 404, answer.text
    refused = await stranger.send("POST", f"{path}/withdrawal", {})
    assert (refused.status_code, refused.json()["code"]) == (404, "registration.unknown")
    assert await channel.states(claim) == ["protected"]


async def test_a_saved_view_is_its_persons_alone(live: Channel, running: Stack) -> None:
    channel = await live.house("a", "b")
    other = f"other-{uuid4().hex[:12]}"
    await running.vendor(other)
    reads = ["pipeline:read"]
    mine = await running.key(channel.vendor, reads, partner="a", principal="anna")
    body = {"page": "registrations", "name": "My plan", "parameters": {"customer": "Nile"}}
    made = await channel.send("POST", "/v1/saved-views", body, as_=mine)
    assert made.status_code == 201, made.text
    path = f"/v1/saved-views/{made.json()['saved_view']}"
    for stranger in (
        await running.key(channel.vendor, reads, partner="a", principal="bela"),
        await running.key(channel.vendor, reads, partner="b", principal="anna"),
        await running.key(channel.vendor, reads, principal="anna"),
        await running.key(other, reads, partner="a", principal="anna"),
        channel.key,
    ):
        assert (await channel.read("/v1/saved-views", as_=stranger))["saved_views"] == []
        for method in ("GET", "PUT", "DELETE"):
            answer = await channel.send(method, path, {"parameters": {}} if method == "PUT" else None, as_=stranger)
            assert (answer.status_code, answer.json()["code"]) == (404, "saved_view.unknown"), method
    # by another key of hers she sees it
    again = await running.key(channel.vendor, reads, partner="a", principal="anna")
    assert [one["name"] for one in (await channel.read("/v1/saved-views", as_=again))["saved_views"]] == ["My plan"]


async def test_a_partner_reads_and_changes_its_own_rows_alone(live: Channel) -> None:
    channel = await live.house("a", "b")
    mine, theirs = await channel.claim("a", amount=RIVAL_AMOUNT), await channel.claim("b")
    b = await channel.partner_key("b")
    page = await channel.read("/v1/pipeline", as_=b)
    assert [one["registration"] for one in page["items"]] == [theirs["registration"]]
    assert (await channel.get(f"/v1/registrations/{mine['registration']}", as_=b)).status_code == 404
    refused = await channel.send("POST", f"/v1/registrations/{mine['registration']}/withdrawal", {}, as_=b)
    assert (refused.status_code, refused.json()["code"]) == (404, "registration.unknown")
    spoken = await channel.send("POST", "/v1/registrations", claim_of("a", products=["Y"]), as_=b)
    assert (spoken.status_code, spoken.json()["code"]) == (403, "partner.not_yours")
    assert await channel.states(mine, theirs) == ["protected", "waiting"]


async def test_a_loser_learns_the_rule_and_the_dates_but_no_rival(live: Channel) -> None:
    # given a deal of "rival-holder", with its amount
    channel = await live.house("rival-holder", "b")
    held = await channel.claim("rival-holder", amount=RIVAL_AMOUNT)
    b = await channel.partner_key("b")
    # when B claims it and asks why it waits
    waiting = await channel.claim("b", as_=b)
    path = f"/v1/registrations/{waiting['registration']}"
    shown = [
        await channel.read(where, as_=b)
        for where in (path, f"{path}/explanation", f"{path}/history", "/v1/pipeline", "/v1/conflicts", "/v1/events")
    ]
    # then it is told the rule and the dates
    explanation = shown[1]
    assert "protected since" in explanation["sentence"]
    assert explanation["behind"] == [
        {"protected_from": held["protected_from"], "protected_until": held["protected_until"]}
    ]
    assert "'clause': 'exclusivity'" in str(explanation)
    # and nowhere who the rival is, its registration or its price
    for text in map(str, shown):
        assert "rival-holder" not in text.lower()
        assert held["registration"] not in text
        assert "777123" not in text
    # while the vendor is told all of it
    assert held["registration"] in str(await channel.explanation(waiting))


async def test_a_key_without_the_scope_is_refused(live: Channel, running: Stack) -> None:
    channel = await live.house("a")
    reader = await running.key(channel.vendor, ["pipeline:read"])
    answer = await channel.send("POST", "/v1/registrations", claim_of("a"), as_=reader)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope.missing")
    answer = await channel.stack.client.get("/v1/pipeline")
    assert (answer.status_code, answer.json()["code"]) == (401, "credential.missing")
