"""Blind checks over HTTP, on what a real decider decided: the answers, what is refused, what may be learnt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from statistics import median
from typing import Any

import httpx
import jsonschema
import pytest

from services.attribution.api import constant_time, create_app
from services.attribution.domain.handlers.blind import IDENTIFIERS
from tests.integration.attribution.checking import DUNS, NILE, PATH, QUESTION, Desk, named
from tests.until import until

EVERY_IDENTIFIER = [f"customer.{kind}" for kind in IDENTIFIERS]
HIT, MISS, UNSETTLED = {}, {"products": ["Y"]}, {"customer": named("Nile Trading")}
Asked = dict[str, Any]


async def answered(desk: Desk, key: dict[str, str], **question: Any) -> dict[str, Any]:
    answer = await desk.ask(key, **question)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


async def test_each_answer_comes_from_what_is_decided(desk: Desk) -> None:
    await desk.held()
    b = await desk.key(partner="B")
    spelled = named("NILE TRADING", tax_id="204 829 305")
    assert (await answered(desk, b, customer=spelled))["answer"] == "likely_conflict"
    assert (await answered(desk, b, **MISS))["answer"] == "clear"
    assert (await answered(desk, b, customer=named("Delta Cement", tax_id="204829778")))["answer"] == "clear"
    alone = await answered(desk, b, **UNSETTLED)
    assert (alone["answer"], alone["settles"]) == ("needs_identifier", EVERY_IDENTIFIER)
    alike = await answered(desk, b, customer=named("Nile Trading Holding", **DUNS))
    assert (alike["answer"], alike["settles"]) == ("needs_identifier", ["customer.tax_id"])
    assert (await answered(desk, await desk.key(partner="A")))["answer"] == "clear"
    assert (await answered(desk, await desk.key(), partner="B"))["answer"] == "likely_conflict"


async def test_another_vendors_claims_do_not_count(desk: Desk) -> None:
    await desk.held()
    await desk.house("other")
    assert (await answered(desk, await desk.key(vendor="other", partner="B")))["answer"] == "clear"


async def test_the_state_that_was_seen_is_told(desk: Desk) -> None:
    await desk.held()
    head = await desk.pool.fetchval("SELECT seq FROM attribution.head WHERE vendor = 'acme'")
    assert (await answered(desk, await desk.key(), partner="B"))["as_of"] == head
    # A partner is told a time instead: the vendor's numbers would tell how much its rivals do.
    before = await desk.pool.fetchval("SELECT clock_timestamp()")
    told = (await answered(desk, await desk.key(partner="B")))["as_of"]
    assert before < datetime.fromisoformat(told) < await desk.pool.fetchval("SELECT clock_timestamp()")


async def test_nothing_of_the_decider_is_written(desk: Desk) -> None:
    await desk.held()

    async def state() -> list[Any]:
        return [
            *await desk.pool.fetch("SELECT * FROM attribution.document ORDER BY vendor, kind, id"),
            *await desk.pool.fetch("SELECT * FROM attribution.head"),
            await desk.log.end_offsets("facts"),
            await desk.log.end_offsets("journal"),
        ]

    before = list(map(str, await state()))
    key = await desk.key(partner="B")
    for question in (HIT, MISS, UNSETTLED):
        await answered(desk, key, **question)
    assert list(map(str, await state())) == before


async def test_documents_that_are_switched_meanwhile_are_seen_whole(desk: Desk) -> None:
    # given the decider's documents, about to be replaced as `dealreg attribution rebuild` does
    await desk.held()
    async with desk.pool.acquire() as connection:
        switching = connection.transaction()
        await switching.start()
        await connection.execute("LOCK TABLE attribution.document IN ACCESS EXCLUSIVE MODE")
        asking = asyncio.create_task(answered(desk, await desk.key(partner="B")))

        async def waits() -> bool:
            found = (
                "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'attribution.document'::regclass)"
            )
            return bool(await connection.fetchval(found))

        await until(waits)
        # when rows that the asker's own beginning could not have seen take their place
        await connection.execute("CREATE TABLE attribution.beside (LIKE attribution.document INCLUDING ALL)")
        await connection.execute("INSERT INTO attribution.beside SELECT * FROM attribution.document")
        await connection.execute("DROP TABLE attribution.document")
        await connection.execute("ALTER TABLE attribution.beside RENAME TO document")
        await switching.commit()
    # then they are what it is answered from
    assert (await asking)["answer"] == "likely_conflict"


# what is refused


async def test_all_that_is_wrong_with_a_question_is_told_at_once(desk: Desk) -> None:
    body = {
        "program": "no spaces",
        "customer": {"legal_name": "", "tax_id": "#", "vat": "1"},
        "products": [],
        "amount": 1,
    }
    answer = await desk.client.post(PATH, json=body, headers=await desk.key())
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")
    assert {(one["field"], one["code"]) for one in answer.json()["errors"]} == {
        ("program", "text.pattern"),
        ("partner", "field.missing"),
        ("customer.legal_name", "text.too_short"),
        ("customer.tax_id", "text.pattern"),
        ("customer.vat", "field.unknown"),
        ("products", "list.too_short"),
        ("amount", "field.unknown"),
    }


async def test_all_that_the_decider_would_refuse_is_told_at_once(desk: Desk) -> None:
    await desk.house()
    answer = await desk.ask(await desk.key(partner="nobody"), program="nowhere", products=["X", "Q"])
    assert (answer.status_code, answer.json()["code"]) == (422, "partner.unknown")
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [
        ("partner", "partner.unknown"),
        ("program", "program.unknown"),
        ("products.1", "product.unknown"),
    ]


async def _partner_d(desk: Desk) -> httpx.Response:
    return await desk.ask(await desk.key(partner="D"))


async def _no_vendor(desk: Desk) -> httpx.Response:
    return await desk.ask(await desk.key(vendor="nobody", partner="B"))


async def _for_a_rival(desk: Desk) -> httpx.Response:
    return await desk.ask(await desk.key(partner="B"), partner="A")


async def _without_scope(desk: Desk) -> httpx.Response:
    return await desk.ask(await desk.key("pipeline:read", partner="B"))


async def _without_credential(desk: Desk) -> httpx.Response:
    return await desk.ask({})


async def _no_json(desk: Desk) -> httpx.Response:
    headers = {**await desk.key(partner="B"), "Content-Type": "application/json"}
    return await desk.client.post(PATH, content=b"{", headers=headers)


async def _too_large(desk: Desk) -> httpx.Response:
    headers = {**await desk.key(partner="B"), "Content-Type": "application/json"}
    return await desk.client.post(PATH, content=b" " * (desk.settings.max_body_bytes + 1), headers=headers)


@pytest.mark.parametrize(
    "ask, status, code",
    [
        (_partner_d, 403, "partner.suspended"),
        (_no_vendor, 404, "vendor.unknown"),
        (_for_a_rival, 403, "partner.not_yours"),
        (_without_scope, 403, "scope.missing"),
        (_without_credential, 401, "credential.missing"),
        (_no_json, 400, "json.malformed"),
        (_too_large, 413, "body.too_large"),
    ],
)
async def test_who_may_not_ask_is_told_why(
    desk: Desk, ask: Callable[[Desk], Awaitable[httpx.Response]], status: int, code: str
) -> None:
    await desk.house()
    answer = await ask(desk)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


# how often, and how long it takes


async def test_a_credential_and_a_partner_ask_only_so_often(desk: Desk) -> None:
    await desk.house()
    app = create_app(desk.settings.model_copy(update={"checks_per_minute": 4}), desk.pool)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk") as client:

        async def ask(key: dict[str, str], partner: str = "B") -> httpx.Response:
            return await client.post(PATH, json={**QUESTION, "partner": partner}, headers=key)

        one, other, vendor = await desk.key(partner="B"), await desk.key(partner="B"), await desk.key()
        first = await ask(one)
        assert first.headers["RateLimit-Policy"] == '"credential";q=600;w=1, "checks";q=4;w=60'
        assert first.headers["RateLimit"].endswith('"checks";r=3;t=60')
        # Of a partner, whichever of its credentials it asks by.
        assert [(await ask(key)).status_code for key in (other, one, other)] == [200, 200, 200]
        refused = await ask(one)
        assert (refused.status_code, refused.json()["code"]) == (429, "rate.exceeded")
        assert refused.headers["Retry-After"] == "15"
        assert refused.headers["RateLimit"].endswith('"checks";r=0;t=60')
        # Of a credential, whichever partner it asks for.
        assert (await ask(vendor, "B")).status_code == 429
        assert [(await ask(vendor, partner)).status_code for partner in "ACA"] == [200, 200, 200]
        assert (await ask(vendor, "C")).status_code == 429
    # What was over the rate was not looked at, and is in no log.
    assert len(await desk.rows()) == 7


async def test_what_is_found_leaves_at_fixed_instants(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.held()
    key, loop = await desk.key(partner="B"), asyncio.get_running_loop()
    # Longer than the work takes on a slow machine.
    monkeypatch.setattr(constant_time, "TELL_EVERY_MS", 2_000)

    async def taken(question: Asked) -> float:
        since = loop.time()
        await desk.ask(key, **question)
        return loop.time() - since

    await taken(HIT)  # reads the tables that names are read by
    times = {name: [] for name in ("hit", "miss", "unsettled", "refused")}  # type: ignore[var-annotated]
    questions = (HIT, MISS, UNSETTLED, {"program": "nowhere"})
    for _ in range(2):
        for name, found in zip(times, await asyncio.gather(*map(taken, questions)), strict=True):
            times[name].append(found)
    # None sooner than the first instant, and none apart from the others by what its work takes.
    assert min(map(min, times.values())) >= 2.0
    medians = [median(one) for one in times.values()]
    assert max(medians) - min(medians) < 2.0, times


# how it is described


async def test_the_description_is_complete_and_true(desk: Desk) -> None:
    await desk.held()
    document = (await desk.client.get("/openapi.json")).json()
    check, checks = document["paths"][PATH]["post"], document["paths"]["/v1/checks"]["get"]
    for operation in (check, checks):
        assert operation["description"]
        assert operation["security"] == [{"key": []}]
        for status in ("401", "403", "422", "429", "500", "503"):
            assert "application/problem+json" in operation["responses"][status]["content"]
        assert "Retry-After" in operation["responses"]["429"]["headers"]
    components = {"components": document["components"]}
    for schema in document["components"]["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    body = check["requestBody"]["content"]["application/json"]
    jsonschema.validate(body["example"], {**body["schema"], **components})
    key = await desk.key()
    for question in (HIT, MISS, UNSETTLED):
        found = await answered(desk, key, partner="B", **question)
        jsonschema.validate(found, {**_schema(check), **components})
    page = (await desk.client.get("/v1/checks", headers=key)).json()
    assert len(page["items"]) == 3
    jsonschema.validate(page, {**_schema(checks), **components})


def _schema(operation: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return schema


async def test_health_and_metrics_are_served(desk: Desk) -> None:
    await desk.house()
    await answered(desk, await desk.key(partner="B"), customer=NILE)
    assert (await desk.client.get("/livez")).status_code == 200
    assert (await desk.client.get("/readyz")).json()["missing"] == []
    assert 'dealreg_checks_total{answer="clear"}' in (await desk.client.get("/metrics")).text
