"""Hundreds at the same moment: one deal, one key."""

from __future__ import annotations

import asyncio
from collections import Counter

from tests.e2e.channel import Channel, claim_of

MANY = 200


async def test_of_two_hundred_claims_on_one_deal_one_is_protected_and_the_others_wait(live: Channel) -> None:
    # given two hundred partners
    partners = [f"partner-{number}" for number in range(MANY)]
    channel = await live.house(*partners)
    # when all claim the same deal at once
    answers = await asyncio.gather(
        *(channel.send("POST", "/v1/registrations", claim_of(partner), wait=30) for partner in partners)
    )
    # then each has its answer, and one of them holds the deal
    assert Counter(answer.status_code for answer in answers) == {200: MANY}
    assert Counter(answer.json()["state"] for answer in answers) == {"protected": 1, "waiting": MANY - 1}
    summary = await channel.read("/v1/pipeline/summary?group_by=state")
    assert {group["key"]: group["registrations"] for group in summary["groups"]} == {
        "protected": 1,
        "waiting": MANY - 1,
    }
    conflicts = await channel.read("/v1/conflicts?limit=500")
    assert Counter(one["state"] for one in conflicts["items"]) == {"open": MANY - 1}


async def test_two_hundred_posts_under_one_key_have_one_effect_and_one_answer(live: Channel) -> None:
    channel = await live.house("a")
    headers = {"Authorization": f"Bearer {channel.key}", "Idempotency-Key": "the-one"}
    answers = await asyncio.gather(
        *(channel.stack.client.post("/v1/registrations", json=claim_of("a"), headers=headers) for _ in range(MANY))
    )
    assert Counter((one.status_code, one.headers["location"], one.content) for one in answers).total() == MANY
    assert len({(one.status_code, one.headers["location"], one.content) for one in answers}) == 1
    assert answers[0].status_code == 202
    await channel.stack.drained()
    page = await channel.read("/v1/pipeline")
    assert [one["state"] for one in page["items"]] == ["protected"]
    # another body under the same key is refused, and changes nothing
    other = await channel.stack.client.post("/v1/registrations", json=claim_of("a", products=["Y"]), headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")
