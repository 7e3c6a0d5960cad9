"""HubSpot's deliveries through a real edge: kept, read, told once, and listed where they cannot be used."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from starlette.responses import Response

from services.registration.crm import client
from services.registration.crm.client import CrmAway
from services.registration.crm.store import Finished, ToldNow
from shared.credentials import RateLimit
from shared.events.access import AccessEvent, ConnectionConfigured, ConnectionRotated
from shared.events.envelope import opportunity_id
from shared.events.opportunity import OpportunityChanged, OpportunityCreated, OpportunityLost, OpportunityWon
from shared.events.order import OrderRefunded
from tests.hubspot import APP, CLIENT_SECRET, PORTAL, TOKEN, event, html, signed
from tests.integration.crm.conftest import SETTINGS, TARGET, Place

PAYLOADS = Path(__file__).parent / "payloads"
TALKING = {"dealstage": "talking", "amount": "1000.5", "deal_currency_code": "EUR", "partner": "nordlicht"}


def types(told: list[Any]) -> list[str]:
    return [one.type for one in told]


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_deal_is_created_changed_won_and_refunded(place: Place) -> None:
    fake = place.fake
    fake.put("companies", "9", name="Kanzlei Adler GmbH", domain="adler.example")
    fake.put("deals", "7", **TALKING)
    fake.associate("7", "companies", "9")
    await place.changed("7")
    fake.put("deals", "7", amount="1200")
    await place.changed("7")
    fake.put("deals", "7", dealstage="closedwon", closedate="2026-11-20T00:00:00Z")
    await place.changed("7")
    fake.put("deals", "7", refund_id="CN-1", refunded="40.00")
    await place.changed("7")
    created, changed, won, refunded = await place.told()
    assert isinstance(created, OpportunityCreated)
    assert isinstance(changed, OpportunityChanged)
    assert isinstance(won, OpportunityWon)
    assert isinstance(refunded, OrderRefunded)
    assert created.opportunity == opportunity_id("acme", place.connection, "7")
    assert created.partner == "nordlicht"
    assert created.customer is not None
    assert created.customer.legal_name == "Kanzlei Adler GmbH"
    assert [one.amount and one.amount.amount for one in (created, changed, won)] == ["1000.50", "1200.00", "1200.00"]
    assert (refunded.refund, refunded.amount.amount) == ("CN-1", "40.00")
    assert created.source_time
    assert changed.source_time
    assert created.source_time < changed.source_time


async def test_a_fact_carries_reference_and_hash_of_the_sealed_body(place: Place) -> None:
    place.fake.put("deals", "7", **TALKING)
    await place.changed("7")
    [created] = await place.told()
    assert isinstance(created, OpportunityCreated)
    assert created.source_body is not None
    sealed = await place.crm.store.body(place.connection, created.source_body.body)
    assert sealed is not None
    assert b"nordlicht" not in sealed
    opened = place.crm.bodies.open(place.connection, created.source_body.body, sealed)
    assert orjson.loads(opened)["deal"]["properties"]["partner"] == "nordlicht"
    assert place.crm.bodies.hash(opened) == created.source_body.hash


async def test_duplicates_and_disorder_tell_nothing_twice(place: Place) -> None:
    place.fake.put("deals", "332507360001", **TALKING)
    for name in ("hubspot_deal_batch_classic.json", "hubspot_deal_batch_out_of_order_retry.json") * 2:
        answer = await place.deliver(body=(PAYLOADS / name).read_bytes())
        assert (answer.status_code, answer.json()) == (200, {"to_read": 1, "ignored": 1, "unusable": 0})
        await place.read()
    assert types(await place.told()) == ["opportunity.created"]


async def test_a_change_of_what_is_not_mapped_tells_nothing(place: Place) -> None:
    place.fake.put("deals", "7", **TALKING)
    await place.changed("7")
    place.fake.put("deals", "7", description="called again")
    await place.changed("7")
    assert types(await place.told()) == ["opportunity.created"]


async def test_back_to_what_it_was_is_a_change_too(place: Place) -> None:
    for amount in ("1", "2", "1"):
        place.fake.put("deals", "7", **{**TALKING, "amount": amount})
        await place.changed("7")
    amounts = [one.amount.amount for one in await place.told()]  # type: ignore[attr-defined]
    assert amounts == ["1.00", "2.00", "1.00"]


async def test_a_hint_that_comes_while_the_deal_is_read_is_read_again(place: Place) -> None:
    place.fake.put("deals", "7", **TALKING)
    await place.deliver(event("7"))
    lease, tasks = await place.crm.store.claim(place.connection)
    await place.deliver(event("7", number=2))
    await place.crm.store.finish(place.connection, lease, Finished(tasks))
    assert (await place.waiting())["tasks"] == 1


async def test_a_delivery_that_is_not_signed_is_refused_and_nothing_kept(place: Place) -> None:
    body = orjson.dumps([event("7")])
    good = signed(TARGET, body)
    forged = [
        signed(TARGET, body, secret="another secret"),
        signed(TARGET, body, at_ms=1_700_000_000_000),
        signed(TARGET + "/", body),
        {name: text for name, text in good.items() if name != "X-HubSpot-Signature-v3"},
        {name: text for name, text in good.items() if name != "X-HubSpot-Request-Timestamp"},
        {"Content-Type": "application/json"},
    ]
    for headers in forged:
        answer = await place.edge.client.post(f"/v1/crm/{place.connection}/hubspot", content=body, headers=headers)
        assert answer.status_code == 401, answer.text
    assert await place.edge.pool.fetchval("SELECT count(*) FROM crm.body") == 0
    assert (await place.waiting())["tasks"] == 0


async def test_two_headers_of_one_name_are_refused(place: Place) -> None:
    body = orjson.dumps([event("7")])
    headers = [*signed(TARGET, body).items(), ("X-HubSpot-Signature-v3", "AAAA")]
    answer = await place.edge.client.post(f"/v1/crm/{place.connection}/hubspot", content=body, headers=headers)
    assert code(answer) == (401, "webhook.signature_invalid")


async def test_an_altered_body_is_refused(place: Place) -> None:
    headers = signed(TARGET, orjson.dumps([event("7")]))
    altered = orjson.dumps([event("8")])
    answer = await place.edge.client.post(f"/v1/crm/{place.connection}/hubspot", content=altered, headers=headers)
    assert code(answer) == (401, "webhook.signature_invalid")


async def test_wrong_signatures_are_limited_by_their_address(place: Place) -> None:
    place.edge.app.state.credentials.failures = RateLimit(3, 60, "failures")
    answers = [await place.deliver(event("7"), secret="wrong") for _ in range(5)]
    assert [one.status_code for one in answers] == [401, 401, 401, 429, 429]


async def test_both_secrets_verify_during_the_grace(place: Place) -> None:
    await place.ask("PUT", "/secrets", {"client_secret": "the-second-secret", "grace_seconds": 60})
    assert (await place.deliver(event("7"), secret=CLIENT_SECRET)).status_code == 200
    assert (await place.deliver(event("7"), secret="the-second-secret")).status_code == 200
    await place.ask("PUT", "/secrets", {"client_secret": "the-third-secret"})
    assert (await place.deliver(event("7"), secret="the-second-secret")).status_code == 401
    assert (await place.deliver(event("7"), secret="the-third-secret")).status_code == 200


async def test_a_body_over_a_megabyte_is_refused_and_ten_thousand_events_are_taken(place: Place) -> None:
    large = orjson.dumps([event("7", padding="x" * 1_048_576)])
    assert code(await place.deliver(body=large)) == (413, "body.too_large")
    small = {"portalId": PORTAL, "appId": APP, "subscriptionType": "deal.creation"}
    many = orjson.dumps([{**small, "objectId": 1 + number} for number in range(10_000)])
    answer = await place.deliver(body=many)
    assert answer.json() == {"to_read": 10_000, "ignored": 0, "unusable": 0}
    assert (await place.waiting())["tasks"] == 10_000


async def test_a_signed_delivery_that_nobody_can_read_is_kept_and_listed(place: Place) -> None:
    sent = {b"no JSON", b'{"eventId": 1}', b"[1]"}
    for body in sent:
        answer = await place.deliver(body=body)
        assert (answer.status_code, answer.json()["unusable"]) == (200, 1)
    kept = set()
    for subject, _ in await place.unusable():
        name = subject.removeprefix("body:")
        sealed = await place.crm.store.body(place.connection, name)
        assert sealed is not None
        kept.add(place.crm.bodies.open(place.connection, name, sealed))
    assert kept == sent


async def test_a_corrected_account_makes_a_delivery_usable(place: Place) -> None:
    place.fake.put("deals", "7", **TALKING)
    await place.ask("PUT", "/settings", {**SETTINGS, "portal": 1})
    await place.changed("7")
    [(subject, reasons)] = await place.unusable()
    assert (subject[:5], reasons) == ("body:", ["crm.portal_other"])
    await place.ask("PUT", "/settings", SETTINGS)
    assert (await place.ask("POST", "/replay", {"subjects": [subject]})).json() == {"to_read": 1}
    await place.read()
    assert types(await place.told()) == ["opportunity.created"]
    assert await place.unusable() == []


async def test_a_corrected_mapping_appends_what_it_makes_of_deals(place: Place) -> None:
    place.fake.put("deals", "7", **{**TALKING, "dealstage": "new"})
    place.fake.put("deals", "8", **{**TALKING, "seller": "suedwind"})
    await place.changed("7", "8")
    assert await place.unusable() == [("deal:7", ["crm.stage_unknown"])]
    fields = {**SETTINGS["fields"], "partner": "deal.seller"}
    corrected = {**SETTINGS, "stages": {**SETTINGS["stages"], "new": "open"}, "fields": fields}
    await place.ask("PUT", "/settings", corrected)
    for which in ("unusable", "told"):
        assert (await place.ask("POST", "/replay", {"all": which})).json() == {"to_read": 1}
    await place.read()
    told = await place.told()
    assert types(told) == ["opportunity.created", "opportunity.created", "opportunity.changed"]
    assert [one.partner for one in told] == ["nordlicht", None, "suedwind"]  # type: ignore[attr-defined]
    assert await place.unusable() == []


async def test_what_the_message_itself_refuses_is_listed_with_every_field(place: Place) -> None:
    wrong = {**TALKING, "amount": "10.005", "number": "reg 1"}
    place.fake.put("deals", "7", **wrong)
    await place.changed("7")
    assert await place.told() == []
    assert await place.unusable() == [("deal:7", ["text.pattern", "money.decimals"])]


async def test_an_archived_deal_is_lost_and_comes_back(place: Place) -> None:
    place.fake.put("deals", "7", **TALKING)
    await place.changed("7")
    place.fake.archive("7")
    await place.changed("7", kind="deal.deletion")
    place.fake.put("deals", "7")["archived"] = False
    await place.changed("7", kind="deal.restore")
    assert types(await place.told()) == ["opportunity.created", "opportunity.lost", "opportunity.reopened"]


async def test_a_deal_that_is_gone_for_good_is_lost_where_the_crm_said_so_and_listed_where_not(place: Place) -> None:
    for deal in ("7", "8"):
        place.fake.put("deals", deal, **TALKING)
    await place.changed("7", "8")
    place.fake.objects["deals"].clear()
    await place.changed("7", kind="deal.deletion")
    await place.changed("8")
    told = await place.told()
    assert isinstance(told[-1], OpportunityLost)
    assert told[-1].external_id == "7"
    assert len(told) == 3
    assert await place.unusable() == [("deal:8", ["crm.deal_gone"])]


async def test_a_won_deal_that_is_archived_is_for_a_person(place: Place) -> None:
    place.fake.put("deals", "7", **{**TALKING, "dealstage": "closedwon"})
    await place.changed("7")
    place.fake.archive("7")
    await place.changed("7")
    assert types(await place.told()) == ["opportunity.won"]
    assert await place.unusable() == [("deal:7", ["crm.archived_won"])]


@pytest.mark.parametrize("hinted", [True, False])
async def test_a_merged_deal_ends_and_its_older_registration_goes_on(place: Place, hinted: bool) -> None:
    place.fake.put("deals", "8", **TALKING, number="reg_old")
    await place.changed("8")
    place.fake.put("deals", "7", **TALKING, number="reg_young")
    await place.changed("7")
    place.fake.merge("8", "7")
    merge = event("7", "deal.merge", primaryObjectId=7, mergedObjectIds=[8], newObjectId=7)
    await place.deliver(merge if hinted else event("8", "deal.deletion"))
    await place.read()
    told = await place.told()
    assert [(one.type, one.external_id, getattr(one, "registration", None)) for one in told[2:]] == [  # type: ignore[attr-defined]
        ("opportunity.changed", "7", "reg_old"), ("opportunity.lost", "8", None),
    ]  # fmt: skip
    # from then on too, and a late hint about the merged deal is one about the other
    place.fake.put("deals", "7", amount="3")
    await place.changed("8")
    last = (await place.told())[4:]
    assert [(one.type, one.registration) for one in last] == [("opportunity.changed", "reg_old")]  # type: ignore[attr-defined]


FAILURES = [
    (Response(status_code=429, headers={"Retry-After": "7"}), "crm.rate_limited"),
    (Response(b'{"policyName": "DAILY"}', 429), "crm.rate_limited"),
    (Response(status_code=500), "crm.away"),
    (html(503), "crm.away"),
    (html(200), "crm.away"),
    (Response(b"", 200), "crm.away"),
    (Response(b"[]", 200), "crm.away"),
    (Response(b"{}", 200), "crm.away"),
    (Response(b'{"results": NaN}', 200), "crm.away"),
    (Response(status_code=302), "crm.away"),
    (Response(status_code=401), "crm.token_refused"),
    (Response(status_code=403), "crm.token_refused"),
    (Response(status_code=400), "crm.request_refused"),
]


async def test_a_crm_that_fails_is_left_alone_for_a_while_and_nothing_is_lost(place: Place) -> None:
    for number, (failure, code_) in enumerate(FAILURES, start=1):
        place.fake.put("deals", str(number), **TALKING)
        place.fake.failures.append(failure)
        await place.deliver(event(str(number)))
        assert await place.crm.worker.step(place.connection) == 1
        waiting = await place.waiting()
        assert (waiting["tasks"], waiting["code"], waiting["failures"]) == (1, code_, 1), failure.body
        assert await place.crm.store.waiting() == []
        assert len(await place.told()) == number - 1
        await place.edge.pool.execute("UPDATE crm.pause SET until = clock_timestamp()")
        assert await place.crm.store.waiting() == [place.connection]
        await place.read()
        assert types(await place.told()) == ["opportunity.created"] * number
        assert (await place.waiting())["code"] is None


async def test_pauses_grow_to_a_bound_and_a_stated_one_is_kept(place: Place) -> None:
    place.fake.put("deals", "7", **TALKING)
    await place.deliver(event("7"))
    pauses = []
    for number in range(12):
        place.fake.failures.append(Response(status_code=500))
        await place.crm.worker.step(place.connection)
        until = await place.edge.pool.fetchval("SELECT extract(epoch FROM until - clock_timestamp()) FROM crm.pause")
        pauses.append(round(float(until)))
        assert (await place.waiting())["failures"] == number + 1
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    place.fake.failures.append(Response(status_code=429, headers={"Retry-After": "7"}))
    await place.crm.worker.step(place.connection)
    until = await place.edge.pool.fetchval("SELECT extract(epoch FROM until - clock_timestamp()) FROM crm.pause")
    assert round(float(until)) == 7


async def test_a_crm_that_is_not_there_or_hangs_is_away(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "REQUEST_SECONDS", 0.2)

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        await asyncio.sleep(5)
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    configured = await place.crm.configurations.get(place.connection)
    for where in (f"http://127.0.0.1:{port}", "http://127.0.0.1:9"):
        asked = client.HubSpot(where)
        with pytest.raises(CrmAway, match="does not answer"):
            await asked.objects(configured, "deals", ["7"], ["amount"])
        await asked.close()
    server.close()


async def test_an_answer_without_end_is_cut_off(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_ANSWER_BYTES", 1_000)
    place.fake.failures.append(Response(b'{"results": [' + b" " * 2_000 + b"]}", 200))
    configured = await place.crm.configurations.get(place.connection)
    with pytest.raises(CrmAway, match="more than 1000 bytes"):
        await place.crm.client.objects(configured, "deals", ["7"], ["amount"])


async def test_a_hundred_deals_cost_a_handful_of_questions(place: Place) -> None:
    ids = [str(number) for number in range(1, 101)]
    for one in ids:
        place.fake.put("deals", one, **TALKING)
    await place.changed(*ids)
    assert len(await place.told()) == 100
    assert len(place.fake.asked) <= 7


async def test_a_worker_that_lost_its_lease_writes_nothing(place: Place) -> None:
    place.fake.put("deals", "7", **TALKING)
    await place.deliver(event("7"))
    first, tasks = await place.crm.store.claim(place.connection)
    await place.edge.pool.execute("UPDATE crm.task SET leased_until = clock_timestamp()")
    await place.read()
    late = ToldNow("7", "lost", 9, None, None, None, (), None)
    await place.crm.store.finish(place.connection, first, Finished(tasks, [late]))
    assert await place.edge.pool.fetchval("SELECT state FROM crm.deal") == "open"


async def test_settings_and_secrets_are_audited_read_back_and_never_shown(place: Place) -> None:
    acts = [fact.event for fact in await place.edge.acts() if isinstance(fact.event, AccessEvent)]
    assert [type(one) for one in acts[-3:]] == [ConnectionConfigured, ConnectionRotated, ConnectionRotated]
    shown = await place.ask("GET", "/settings")
    assert (shown.json()["revision"], shown.json()["secrets"]) == (1, ["access_token", "client_secret"])
    assert shown.json()["settings"]["stages"] == SETTINGS["stages"]
    assert CLIENT_SECRET not in shown.text
    assert TOKEN not in shown.text
    stored = await place.edge.pool.fetch("SELECT sealed FROM crm.secret")
    assert not any(secret.encode() in row["sealed"] for row in stored for secret in (CLIENT_SECRET, TOKEN))


async def test_settings_that_are_wrong_are_refused_with_every_field(place: Place) -> None:
    wrong = {**SETTINGS, "portal": 0, "stages": {"x": "sold"}, "target_url": "https://x.example/?a=1",
             "fields": {"amount": "deal amount"}, "default_currency": "EUX", "more": 1}  # fmt: skip
    answer = await place.ask("PUT", "/settings", wrong)
    assert code(answer) == (422, "request.invalid")
    fields = {one["field"] for one in answer.json()["errors"]}
    assert fields == {"portal", "stages.x", "target_url", "fields.amount", "default_currency", "more"}


async def test_another_vendors_connection_is_not_there(place: Place) -> None:
    other = await place.edge.key(vendor="other")
    asked = [
        ("PUT", "/settings", SETTINGS), ("GET", "/settings", None), ("PUT", "/secrets", {"access_token": "x" * 8}),
        ("GET", "/unusable", None), ("POST", "/replay", {"all": "told"}), ("POST", "/try", []),
        ("POST", "/reconciliation", None), ("GET", "/reconciliation", None),
    ]  # fmt: skip
    for method, path, content in asked:
        answer = await place.edge.client.request(
            method, f"/v1/crm/{place.connection}{path}", json=content, headers=other
        )
        assert code(answer) == (404, "connection.unknown"), path


async def test_a_connection_without_settings_says_so(place: Place) -> None:
    made = await place.edge.client.post("/v1/crm-connections", json={"name": "new"}, headers=place.admin)
    bare = Place(place.edge, place.fake, made.json()["connection"], place.admin)
    assert code(await bare.deliver(event("7"))) == (409, "crm.not_configured")
    assert code(await bare.ask("GET", "/unusable")) == (409, "crm.not_configured")
    # Settings without a token: nothing can be asked of the CRM, and nobody needs to wait for it.
    assert (await bare.ask("PUT", "/settings", SETTINGS)).status_code == 200
    assert code(await bare.ask("POST", "/reconciliation", {})) == (409, "crm.not_configured")


async def test_trying_shows_what_a_payload_becomes_and_keeps_nothing(place: Place) -> None:
    deal = place.fake.put("deals", "7", **TALKING)
    tried = (await place.ask("POST", "/try", deal)).json()
    assert [one["event"] for one in tried["messages"]] == ["created"]
    assert tried["problems"] == []
    wrong = (await place.ask("POST", "/try", {**deal, "properties": {**deal["properties"], "dealstage": "x"}})).json()
    assert [one["code"] for one in wrong["problems"]] == ["crm.stage_unknown"]
    batch_ = (
        await place.ask("POST", "/try", [event("7"), event("8", changeSource="INTEGRATION", sourceId=APP)])
    ).json()
    assert [one["subject"] for one in batch_["reads"]] == ["deal:7"]
    assert batch_["ignored"] == [{"event": 1, "code": "own_echo"}]
    assert code(await place.ask("POST", "/try", {"id": 7})) == (422, "crm.record_invalid")
    assert await place.told() == []
    assert await place.edge.pool.fetchval("SELECT count(*) FROM crm.body") == 0
