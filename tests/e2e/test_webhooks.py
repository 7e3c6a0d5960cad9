"""Webhooks from the request that makes an endpoint to its receiver: what arrives, in which order, and for whom."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.e2e.channel import Channel
from tests.receiving import BUSY, HANGS, OK, Received, receiving
from tests.until import until

APPROVED = ["registration.approved"]


async def made(channel: Channel, url: str, *, as_: str | None = None, **more: Any) -> dict[str, Any]:
    answer = await channel.send("POST", "/v1/webhooks", {"url": url, "name": "desk", **more}, as_=as_)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def posted(channel: Channel, path: str, body: Any = None, *, as_: str | None = None) -> dict[str, Any]:
    answer = await channel.send("POST", f"/v1/webhooks/{path}", body, as_=as_)
    assert answer.status_code in (200, 202), answer.text
    found: dict[str, Any] = answer.json()
    return found


async def feed(channel: Channel, *, as_: str | None = None, query: str = "") -> list[dict[str, Any]]:
    await channel.stack.drained()
    items: list[dict[str, Any]] = (await channel.read(f"/v1/events?limit=1000{query}", as_=as_))["items"]
    return items


async def logged(channel: Channel, endpoint: str, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await channel.read(f"/v1/webhooks/{endpoint}/deliveries?limit=1000{query}"))[
        "deliveries"
    ]
    return found


async def many(channel: Channel, partner: str, *names: str) -> None:
    for name in names:
        await channel.claim(partner, customer={"legal_name": name})


async def test_an_endpoint_gets_what_its_reader_reads_each_event_signed_under_one_id(live: Channel) -> None:
    await live.house("northwind", "rival")
    partner = await live.partner_key("northwind")
    async with receiving() as vendors, receiving() as partners:
        whole = await made(live, vendors.url, after=0)
        own = await made(live, partners.url, as_=partner, after=0)
        await live.claim("northwind")
        await live.claim("rival")
        told = await feed(live)
        seen = await feed(live, as_=partner)
        await vendors.until(lambda one: len(one.came) >= len(told))
        await partners.until(lambda one: len(one.came) >= len(seen))
    # The very events that the feed shows, no more and no less.
    by_position = sorted((one.event for one in vendors.came), key=lambda event: event["position"])
    assert by_position == told
    assert sorted((one.event for one in partners.came), key=lambda event: event["position"]) == seen
    assert "rival" not in b"".join(one.body for one in partners.came).decode()
    for receiver, endpoint in ((vendors, whole), (partners, own)):
        verifier = Webhook(endpoint["secret"])
        for one in receiver.came:
            assert verifier.verify(one.body.decode(), one.headers) == one.event
            with pytest.raises(WebhookVerificationError):
                verifier.verify(one.body.decode() + " ", one.headers)
        assert len({one.message for one in receiver.came}) == len(receiver.came)
    with pytest.raises(WebhookVerificationError):
        Webhook(own["secret"]).verify(vendors.came[0].body.decode(), vendors.came[0].headers)


async def test_a_failed_delivery_comes_again_under_its_id_and_is_in_the_log(live: Channel) -> None:
    await live.house("northwind")
    refused: Counter[str] = Counter()

    def answers(one: Received) -> bytes:
        refused[one.message] += 1
        return BUSY if refused[one.message] == 1 else OK

    async with receiving(answers) as receiver:
        endpoint = (await made(live, receiver.url, types=APPROVED))["endpoint"]
        await live.claim("northwind")
        await receiver.until(lambda one: len(one.came) == 1)

        async def log() -> list[dict[str, Any]]:
            return await logged(live, endpoint)

        [failed] = await until(log)
        assert (failed["outcome"], failed["status"], failed["failure"], failed["attempt"]) == (
            "failed",
            503,
            "status",
            1,
        )
        assert failed["next_at"] > failed["at"]
        await receiver.until(lambda one: len(one.came) == 2)
        first, again = receiver.came
        assert (first.message, first.body) == (again.message, again.body)

        async def both() -> bool:
            return len(await log()) == 2

        await until(both)
        last = (await log())[0]
        assert (last["outcome"], last["attempt"], last["message"]) == ("delivered", 2, first.message)
        shown = await live.read(f"/v1/webhooks/{endpoint}")
        assert (shown["failing_since"], shown["state"]) == (None, "enabled")
        assert (
            await live.stack.pool.fetchval("SELECT count(*) FROM webhooks.waiting WHERE endpoint = $1", endpoint) == 0
        )


async def test_where_order_is_asked_for_only_the_subject_that_fails_waits(live: Channel) -> None:
    await live.house("northwind")
    blocked: set[str] = set()

    def answers(one: Received) -> bytes:
        subject = one.event["subjects"][0]
        if not blocked and subject.startswith("registration:"):
            blocked.add(subject)
        return BUSY if subject in blocked and not recovered else OK

    recovered = False
    async with receiving(answers) as receiver:
        endpoint = (await made(live, receiver.url, ordered=True))["endpoint"]
        await many(live, "northwind", "Delta Foods", "Orion Mining", "Vega Textiles")
        told = [one for one in await feed(live) if one["subjects"][0].startswith("registration:")]
        await receiver.until(lambda _: blocked)
        [held] = blocked
        others = {one["position"] for one in told if one["subjects"][0] != held}
        await receiver.until(lambda one: others <= {each.event["position"] for each in one.taken()})
        assert len({one.message for one in receiver.came if one.event["subjects"][0] == held}) == 1, "the rest waits"
        recovered = True
        await live.stack.pool.execute("UPDATE webhooks.waiting SET next_at = now() WHERE endpoint = $1", endpoint)
        await live.send("PATCH", f"/v1/webhooks/{endpoint}", {"name": "look again"})
        mine = [one["position"] for one in told if one["subjects"][0] == held]
        await receiver.until(lambda one: {*mine} <= {each.event["position"] for each in one.taken()})
    order = [one.event["position"] for one in receiver.came if one.event["subjects"][0] == held]
    assert [one for one in order if one != mine[0]] == mine[1:], "in the order of the feed"
    assert len(mine) > 1


async def test_a_receiver_that_hangs_delays_no_other(live: Channel) -> None:
    await live.house("northwind")
    async with receiving(lambda _: HANGS) as hanging, receiving() as quick:
        stuck = (await made(live, hanging.url))["endpoint"]
        await made(live, quick.url)
        for turn in range(3):
            before = len(quick.came)
            await live.claim("northwind", customer={"legal_name": f"Company {turn} Ltd"})
            await quick.until(lambda one, before=before: len(one.came) > before)  # type: ignore[misc]
        told = await feed(live, query="&after=0")
        await quick.until(lambda one: one.came[-1].event["position"] == told[-1]["position"])
        assert len(hanging.came) > 0
        assert (await live.read(f"/v1/webhooks/{stuck}"))["state"] == "enabled"


async def test_secrets_overlap_while_they_are_rotated_and_a_test_event_says_so(live: Channel) -> None:
    async with receiving() as receiver:
        one = await made(live, receiver.url, types=APPROVED)
        path = one["endpoint"]
        asked = await posted(live, f"{path}/test")
        await receiver.until(lambda each: len(each.came) == 1)
        await _written_down(live, path, 1)
        rotated = await posted(live, f"{path}/rotation", {"grace_seconds": 3600})
        assert rotated["secret"] != one["secret"]
        await posted(live, f"{path}/test")
        await receiver.until(lambda each: len(each.came) == 2)
        first, second = receiver.came
        assert first.message == asked["message"] != second.message
        assert first.event["type"] == "webhook.test"
        Webhook(one["secret"]).verify(first.body.decode(), first.headers)
        for secret in (one["secret"], rotated["secret"]):
            Webhook(secret).verify(second.body.decode(), second.headers)
        await _written_down(live, path, 2)
        ended = await posted(live, f"{path}/rotation", {"grace_seconds": 0})
        await posted(live, f"{path}/disablement")
        await posted(live, f"{path}/test")
        await receiver.until(lambda each: len(each.came) == 3)
        third = receiver.came[2]
        Webhook(ended["secret"]).verify(third.body.decode(), third.headers)
        for secret in (one["secret"], rotated["secret"]):
            with pytest.raises(WebhookVerificationError):
                Webhook(secret).verify(third.body.decode(), third.headers)
    stored = await live.stack.pool.fetch("SELECT sealed_secret FROM webhooks.secret WHERE endpoint = $1", path)
    assert all(secret.removeprefix("whsec_").encode() not in row[0] for row in stored for secret in (one["secret"],))


async def _written_down(live: Channel, endpoint: str, attempts: int) -> None:
    """Wait for the log: an endpoint that changes while an attempt is on its way gets the message again."""

    async def written() -> bool:
        return len(await logged(live, endpoint)) == attempts

    await until(written)


async def test_a_replay_delivers_again_under_the_same_ids_and_a_disabled_endpoint_keeps_its_place(
    live: Channel,
) -> None:
    await live.house("northwind")
    async with receiving() as receiver:
        path = (await made(live, receiver.url, types=APPROVED))["endpoint"]
        await live.claim("northwind")
        await receiver.until(lambda one: len(one.came) == 1)
        await _written_down(live, path, 1)
        await posted(live, f"{path}/replay", {"after": 0})
        await receiver.until(lambda one: len(one.came) == 2)
        await _written_down(live, path, 2)
        assert receiver.came[0].message == receiver.came[1].message
        assert (await posted(live, f"{path}/disablement"))["disabled_reason"] == "requested"
        refused = await live.send("POST", f"/v1/webhooks/{path}/replay", {"after": 0})
        assert (refused.status_code, refused.json()["code"]) == (409, "endpoint.disabled")
        # The worker looks twice a second; what sends a test event has read that the endpoint is disabled.
        await posted(live, f"{path}/test")
        await _written_down(live, path, 3)
        await live.claim("northwind", customer={"legal_name": "Delta Foods"})
        await live.stack.drained()
        assert len(receiver.came) == 3
        assert (await posted(live, f"{path}/enablement"))["state"] == "enabled"
        await receiver.until(lambda one: len(one.came) == 4)
        beyond = await live.send("POST", f"/v1/webhooks/{path}/replay", {"after": 10_000_000})
        assert (beyond.status_code, beyond.json()["code"]) == (422, "endpoint.position")
        acts = [one["type"] for one in await feed(live, query=f"&subject=endpoint:{path}")]
    assert acts == ["endpoint.created", "endpoint.replayed", "endpoint.disabled", "endpoint.enabled"]


async def test_an_endpoint_that_only_fails_is_disabled_after_days_and_says_so(live: Channel) -> None:
    await live.house("northwind")
    pool = live.stack.pool
    async with receiving(lambda _: BUSY) as receiver:
        path = (await made(live, receiver.url, types=APPROVED))["endpoint"]
        await live.claim("northwind")
        await receiver.until(lambda one: one.came)

        async def failing() -> Any:
            return (await live.read(f"/v1/webhooks/{path}"))["failing_since"]

        await until(failing)
        # Three days later the message is given up, five days later the endpoint.
        await pool.execute("UPDATE webhooks.waiting SET next_at = now(), first_at = now() - interval '4 days'")
        await pool.execute(
            "UPDATE webhooks.endpoint SET failing_since = now() - interval '6 days', revision = revision + 1 "
            "WHERE endpoint = $1", path,
        )  # fmt: skip

        async def disabled() -> bool:
            return bool((await live.read(f"/v1/webhooks/{path}"))["state"] == "disabled")

        await until(disabled)
        assert (await live.read(f"/v1/webhooks/{path}"))["disabled_reason"] == "failing"
        [given_up] = await logged(live, path, "&outcome=given_up")
        assert (given_up["attempt"], given_up["next_at"]) == (2, None)
        # The edge tells the log of what the worker did when somebody next administers, or within half a minute.
        await live.send("PATCH", f"/v1/webhooks/{path}", {"name": "desk that was down"})

        async def told() -> list[dict[str, Any]]:
            return await feed(live, query=f"&subject=endpoint:{path}&type=endpoint.disabled")

        [act] = await until(told)
        assert act["data"]["reason"] == "failing"
        assert act["data"]["by"] == "webhooks"


BAD_URLS = [
    "http://receiver.example/", "https://10.0.0.1/", "https://169.254.169.254/latest/meta-data", "https://[::ffff:10.0.0.1]/",
    "https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/", "https://user:word@receiver.example/", "ftp://a.example/",
    "https://[::1]/", "https://receiver.example/#x", "not an address", "https://no-such-name.invalid/", "https://a.example:25/",
]  # fmt: skip


async def test_an_address_that_may_not_be_asked_is_refused_by_its_field(live: Channel) -> None:
    for url in BAD_URLS:
        answer = await live.send("POST", "/v1/webhooks", {"url": url, "name": "desk"})
        assert answer.status_code == 422, url
        [problem] = answer.json()["errors"]
        assert problem["field"] == "url"
        assert problem["code"] in ("endpoint.address", "endpoint.name")
    assert (await live.read("/v1/webhooks"))["webhooks"] == []


async def test_a_partner_administers_its_own_endpoints_alone_and_not_too_many(live: Channel) -> None:
    await live.house("northwind", "rival")
    own, other = await live.partner_key("northwind"), await live.partner_key("rival")
    weak = await live.stack.key(live.vendor, ["webhooks:admin"])
    async with receiving() as receiver:
        mine = await made(live, receiver.url, as_=own)
        assert mine["partner"] == "northwind"
        vendors = await made(live, receiver.url)
        for path in (mine["endpoint"], vendors["endpoint"]):
            for method, rest in (("GET", ""), ("GET", "/deliveries"), ("DELETE", ""), ("POST", "/test")):
                answer = await live.send(method, f"/v1/webhooks/{path}{rest}", as_=other)
                assert (answer.status_code, answer.json()["code"]) == (404, "endpoint.unknown")
        assert [one["endpoint"] for one in (await live.read("/v1/webhooks", as_=own))["webhooks"]] == [mine["endpoint"]]
        assert len((await live.read("/v1/webhooks"))["webhooks"]) == 2
        await made(live, receiver.url, as_=other)
        for begin in (mine["endpoint"], vendors["endpoint"], "we_0"):
            assert (await live.read(f"/v1/webhooks?after={begin}", as_=other))["webhooks"] == [], "as if it were not"
        foreign = await live.send(
            "POST", "/v1/webhooks", {"url": receiver.url, "name": "x", "partner": "rival"}, as_=own
        )
        assert foreign.status_code == 422
        answer = await live.send("POST", "/v1/webhooks", {"url": receiver.url, "name": "x"}, as_=weak)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope.missing")
        for _ in range(4):
            await made(live, receiver.url, as_=own)
        answer = await live.send("POST", "/v1/webhooks", {"url": receiver.url, "name": "x"}, as_=own)
        assert (answer.status_code, answer.json()["code"]) == (409, "endpoint.too_many")
        assert (await live.send("DELETE", f"/v1/webhooks/{mine['endpoint']}", as_=own)).status_code == 204
        await made(live, receiver.url, as_=own)


async def test_the_feed_is_filtered_and_waits(live: Channel) -> None:
    await live.house("northwind")
    claim = await live.claim("northwind")
    subject = f"registration:{claim['registration']}"
    told = await feed(live)
    about = [one for one in told if subject in one["subjects"]]
    assert await feed(live, query=f"&subject={subject}") == about
    assert await feed(live, query="&type=registration.approved") == [
        one for one in told if one["type"] == "registration.approved"
    ]
    page = await live.read(f"/v1/events?type=registration.approved&subject={subject}&limit=5")
    assert page["next"].startswith(
        f"/v1/events?after={told[-1]['position']}&limit=5&type=registration.approved&subject="
    )
    assert (await live.read(page["next"]))["items"] == []
    assert (await live.get("/v1/events?type=nothing.such")).status_code == 422
    waited = await live.read(f"/v1/events?after={told[-1]['position']}&wait=0.05")
    assert (waited["items"], waited["next"]) == ([], f"/v1/events?after={told[-1]['position']}&limit=100&wait=0.05")


async def test_a_wait_ends_with_the_first_event_that_the_filter_lets_through(live: Channel) -> None:
    await live.house("northwind")
    partner = await live.partner_key("northwind")
    last = (await feed(live))[-1]["position"]
    own = (await feed(live, as_=partner))[-1]["position"]
    async with asyncio.TaskGroup() as group:
        whole = group.create_task(live.read(f"/v1/events?after={last}&wait=30&type=registration.approved"))
        mine = group.create_task(live.read(f"/v1/events?after={own}&wait=30", as_=partner))
        await asyncio.sleep(0)
        await live.claim("northwind")
    assert [one["type"] for one in whole.result()["items"]] == ["registration.approved"]
    assert mine.result()["items"][0]["position"] == own + 1
