"""A key stands for one request, for good, whoever asks again and through whichever edge."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest

from services.registration.api.app import create_app
from shared.credentials import Credentials, operator
from shared.events.envelope import fact_id
from shared.receipts import receipt_of
from tests.integration.registration.conftest import SUBMISSION, Edge


async def post(edge: Edge, headers: dict[str, str], body: object = SUBMISSION) -> httpx.Response:
    return await edge.client.post("/v1/registrations", json=body, headers=headers)


async def test_a_retry_gets_the_first_answer_and_adds_nothing(edge: Edge) -> None:
    headers = {**await edge.key(), "Idempotency-Key": "k"}
    first, second = await post(edge, headers), await post(edge, headers)
    assert (first.status_code, first.content, first.headers["Location"]) == (
        second.status_code,
        second.content,
        second.headers["Location"],
    )
    assert len(await edge.facts()) == 1


async def test_spacing_and_order_of_fields_make_no_other_request(edge: Edge) -> None:
    headers = {**await edge.key(), "Idempotency-Key": "k", "Content-Type": "application/json"}
    first = await post(edge, headers)
    turned = dict(reversed(SUBMISSION.items()))
    assert (await post(edge, headers, turned)).content == first.content


async def test_the_same_key_with_another_body_is_refused_and_changes_nothing(edge: Edge) -> None:
    headers = {**await edge.key(), "Idempotency-Key": "k"}
    await post(edge, headers)
    answer = await post(edge, headers, {**SUBMISSION, "products": ["GTX Basic"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency.key_reused")
    assert len(await edge.facts()) == 1


async def test_of_two_bodies_at_once_one_is_taken_and_the_other_refused(edge: Edge) -> None:
    headers = {**await edge.key(), "Idempotency-Key": "k"}
    bodies = [SUBMISSION, {**SUBMISSION, "products": ["GTX Basic"]}] * 10
    answers = await asyncio.gather(*(post(edge, headers, body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [202] * 10 + [422] * 10
    assert len({answer.content for answer in answers if answer.status_code == 202}) == 1
    assert len(await edge.facts()) == 1


async def test_the_same_key_for_another_path_is_another_request(edge: Edge) -> None:
    headers = {**await edge.key(), "Idempotency-Key": "k"}
    one = await edge.client.post("/v1/registrations/reg_a/withdrawal", json={}, headers=headers)
    other = await edge.client.post("/v1/registrations/reg_b/withdrawal", json={}, headers=headers)
    assert (one.status_code, other.status_code, other.json()["code"]) == (202, 422, "idempotency.key_reused")


async def test_keys_of_different_callers_do_not_meet(edge: Edge) -> None:
    answers = [await post(edge, {**await edge.key(), "Idempotency-Key": "k"}) for _ in range(2)]
    assert answers[0].json()["fact"] != answers[1].json()["fact"]
    assert len(await edge.facts()) == 2


async def test_a_rotated_credential_retries_under_the_same_identity(edge: Edge) -> None:
    credentials = Credentials(edge.pool, 0)
    made, token = await credentials.create("acme", ["registrations:write"])
    first = await post(edge, {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"})
    _, token, _ = await credentials.rotate("acme", made.credential, by=operator("acme"), grace=timedelta(0))
    assert (await post(edge, {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"})).content == first.content
    assert len(await edge.facts()) == 1


async def test_another_edge_gives_the_same_answer(edge: Edge) -> None:
    headers = {**await edge.key(), "Idempotency-Key": "k"}
    app = create_app(edge.settings, edge.pool, edge.log)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://other") as other,
    ):
        answers = await asyncio.gather(
            *(
                client.post("/v1/registrations", json=SUBMISSION, headers=headers)
                for client in [edge.client, other] * 20
            )
        )
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, answers[0].content)}
    assert {fact.id for fact in await edge.facts()} == {answers[0].json()["fact"]}


async def test_the_recorded_time_is_the_databases(edge: Edge) -> None:
    before = await edge.pool.fetchval("SELECT clock_timestamp()")
    await post(edge, {**await edge.key(), "Idempotency-Key": "k"})
    after = await edge.pool.fetchval("SELECT clock_timestamp()")
    [fact] = await edge.facts()
    assert before <= fact.recorded_at <= after


async def test_a_taken_key_is_marked_once_the_log_has_it(edge: Edge) -> None:
    answer = await post(edge, {**await edge.key(), "Idempotency-Key": "k"})
    await edge.app.state.edge.intake.stop()
    receipt = await receipt_of(edge.pool, "acme", answer.json()["fact"])
    assert receipt is not None
    assert receipt.status == "appended"


async def test_old_keys_are_forgotten_and_young_ones_kept(edge: Edge) -> None:
    headers = await edge.key()
    for key in ("old", "young"):
        await post(edge, {**headers, "Idempotency-Key": key})
    await edge.pool.execute(
        "UPDATE registration.idempotency SET seen_at = seen_at - interval '31 days' WHERE key = 'old'"
    )
    assert await edge.app.state.edge.idempotency.forget(30) == 1
    assert [row["key"] for row in await edge.pool.fetch("SELECT key FROM registration.idempotency")] == ["young"]
    # Retried all the same, it is the same fact, which the decider drops.
    again = await post(edge, {**headers, "Idempotency-Key": "old"})
    facts = [fact.id for fact in await edge.facts()]
    assert facts.count(again.json()["fact"]) == 2


@pytest.mark.parametrize(
    ("key", "code"),
    [(None, "idempotency.key_missing"), ("", "idempotency.key_invalid"), ("x" * 201, "idempotency.key_invalid")],
)
async def test_a_key_is_required_and_bounded(edge: Edge, key: str | None, code: str) -> None:
    headers = await edge.key()
    if key is not None:
        headers["Idempotency-Key"] = key
    answer = await post(edge, headers)
    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("header.Idempotency-Key", code)]
    assert await edge.facts() == []


async def test_the_fact_id_derives_from_vendor_principal_and_key(edge: Edge) -> None:
    made, token = await Credentials(edge.pool, 0).create("acme", ["registrations:write"], principal="desk")
    answer = await post(edge, {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"})
    assert made.principal == "desk"
    assert answer.json()["fact"] == fact_id("acme", "desk", "k")
