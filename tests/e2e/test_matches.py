"""Whether two customers are one: asked of a person, answered, reused, taken back, merged."""

from __future__ import annotations

from typing import Any

from tests.e2e.channel import CUSTOMER, Channel

NAMESAKE = {"legal_name": "NILE TRADING Ltd", "country": "EG", "duns": "150483782"}


async def matches(channel: Channel, **query: str) -> list[dict[str, Any]]:
    await channel.stack.drained()
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    found: list[dict[str, Any]] = (await channel.read(f"/v1/matches?{asked}"))["items"]
    return found


async def said(channel: Channel, path: str, body: dict[str, Any]) -> None:
    answer = await channel.send("POST", path, body)
    assert answer.status_code == 200, answer.text


async def test_a_question_from_its_asking_to_the_merger_that_ends_it(importing: Channel) -> None:
    # given a deal that A holds, and a claim of B whose customer has that name and no kind of identifier in common
    channel = await importing.house("a", "b", "c", "d")
    first = await channel.claim("a")
    second = await channel.on(1).claim("b", customer=NAMESAKE)
    # then the vendor is asked, with both sides and the time that it has
    [asked] = await matches(channel, state="open", sort="decide_by")
    assert [one["registration"] for one in asked["sides"]] == [second["registration"], first["registration"]]
    assert [one["partner"] for one in asked["sides"]] == ["b", "a"]
    assert [one["customer"] for one in asked["sides"]] == [NAMESAKE, CUSTOMER]
    assert asked["sides"][1]["protected_from"] == first["protected_from"]
    assert (asked["decide_by"], asked["overdue"]) == ("2026-01-08T00:00:00Z", False)
    assert asked["likeness"]["sentence"]
    # and A and B read nothing of it
    refused = await channel.get(f"/v1/matches/{asked['match']}", as_=await channel.partner_key("b"))
    assert (refused.status_code, refused.json()["code"]) == (403, "credential.vendor_only")
    # when nobody answers in time, nothing happens by itself
    await channel.pass_time(8)
    assert [one["match"] for one in await matches(channel, overdue="true")] == [asked["match"]]
    # when a person says that they differ
    path = f"/v1/matches/{asked['match']}"
    await said(channel, f"{path}/decision", {"same": False, "note": "two traders on one river"})
    # then B is protected, and of a third claim under B's spelling nobody is asked
    assert await channel.states(first, second) == ["protected", "protected"]
    await said(channel.on(9), f"/v1/registrations/{second['registration']}/withdrawal", {})
    third = await channel.claim("c", customer=NAMESAKE)
    assert third["state"] == "protected"
    assert await matches(channel, state="open") == []
    # when the answer is taken back
    await said(channel.on(10), f"{path}/revocation", {})
    [revoked] = await matches(channel, revoked="true")
    assert (revoked["match"], revoked["state"], revoked["same"]) == (asked["match"], "lapsed", None)
    # then whoever is protected stays so, and of the next claim a person is asked
    assert await channel.states(third) == ["protected"]
    await said(channel.on(11), f"/v1/registrations/{third['registration']}/withdrawal", {})
    fourth = await channel.claim("d", customer=NAMESAKE)
    assert [one["registration"] for one in await matches(channel, state="open")] == [fourth["registration"]]
    # when the two customers are merged, then it waits behind A, and the question is over
    await said(channel.on(12), "/v1/customers/merge", {"customer": CUSTOMER, "other_customer": NAMESAKE})
    assert await channel.states(first, fourth) == ["protected", "waiting"]
    assert await matches(channel, state="open") == []
    # and the two cannot be taken apart by an answer that nobody gave of them
    [ended] = await matches(channel, registration=fourth["registration"])
    gone = await channel.send("POST", f"/v1/matches/{ended['match']}/revocation", {})
    assert (gone.status_code, gone.json()["code"]) == (409, "match.not_decided")
