"""Hundreds at the same moment: one deal, one key."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import cycle, islice

import httpx

from tests.e2e.channel import Channel, claim_of

MANY = 200
CLIENTS = 20
"""One client's pool looks through all its connections for each request, which would be most of the work."""


@asynccontextmanager
async def crowd(channel: Channel) -> AsyncIterator[list[httpx.AsyncClient]]:
    """A client for each of `MANY` requests, which all can be under way at once."""
    async with AsyncExitStack() as opened:
        clients = [
            await opened.enter_async_context(httpx.AsyncClient(base_url=channel.stack.base_url, timeout=60))
            for _ in range(CLIENTS)
        ]
        yield list(islice(cycle(clients), MANY))


async def test_of_two_hundred_claims_on_one_deal_one_is_protected_and_the_others_wait(live: Channel) -> None:
    # given two hundred partners
    partners = [f"partner-{number}" for number in range(MANY)]
    channel = await live.house(*partners)
    # when all claim the same deal at once
    async with crowd(channel) as clients:
        answers = await asyncio.gather(
            *(
                channel.send("POST", "/v1/registrations", claim_of(partner), wait=30, client=client)
                for partner, client in zip(partners, clients, strict=True)
            )
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
    async with crowd(channel) as clients:
        answers = await asyncio.gather(
            *(client.post("/v1/registrations", json=claim_of("a"), headers=headers) for client in clients)
        )
    assert len({(one.status_code, one.headers["location"], one.content) for one in answers}) == 1
    assert answers[0].status_code == 202
    await channel.stack.drained()
    page = await channel.read("/v1/pipeline")
    assert [one["state"] for one in page["items"]] == ["protected"]
    # another body under the same key is refused, and changes nothing
    other = await channel.stack.client.post("/v1/registrations", json=claim_of("a", products=["Y"]), headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")
