"""A registration sent once, many times, wrongly: one fact, one answer, one problem document."""

from __future__ import annotations

import asyncio
from typing import Any

from shared.events.registration import RegistrationSubmitted
from shared.receipts import receipt_of
from tests.integration.registration.conftest import SUBMISSION, Edge


async def test_an_accepted_registration_is_a_fact_on_the_log(edge: Edge) -> None:
    key = await edge.key()
    answer = await edge.client.post("/v1/registrations", json=SUBMISSION, headers={**key, "Idempotency-Key": "a-1"})
    assert answer.status_code == 202, answer.text
    [fact] = await edge.facts()
    assert answer.json() == {"fact": fact.id, "location": f"/v1/registrations/reg_{fact.id}"}
    assert answer.headers["Location"] == answer.json()["location"]
    assert isinstance(fact.event, RegistrationSubmitted)
    assert (fact.event.customer.legal_name, fact.event.partner) == ("Kanzlei Adler GmbH", "nordlicht")
    assert (fact.vendor, fact.importing, fact.partner) == ("acme", False, None)
    receipt = await receipt_of(edge.pool, "acme", fact.id)
    assert receipt is not None
    assert (receipt.location, receipt.key) == (answer.json()["location"], "a-1")
    assert receipt.recorded_at == fact.recorded_at


async def test_two_hundred_posts_with_one_key_have_one_effect_and_one_answer(edge: Edge) -> None:
    headers = {**await edge.key(), "Idempotency-Key": "same"}

    async def post() -> tuple[int, Any, str]:
        answer = await edge.client.post("/v1/registrations", json=SUBMISSION, headers=headers)
        return answer.status_code, answer.json()["fact"], answer.headers["Location"]

    answers = set(await asyncio.gather(*(post() for _ in range(200))))
    [(status, fact_id, _)] = answers
    assert status == 202
    assert [fact.id for fact in await edge.facts()] == [fact_id]
