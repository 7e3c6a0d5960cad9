"""Amendments carry the patch, what was sent of it, and the revision it was based on."""

from __future__ import annotations

from typing import Any

import pytest

from shared.events.registration import RegistrationAmended
from tests.integration.registration.conftest import Edge

MERGE = "application/merge-patch+json"


async def patch(edge: Edge, body: Any, **headers: str) -> Any:
    sent = {"Content-Type": MERGE, "If-Match": '"3"', "Idempotency-Key": "k", **headers, **await edge.key()}
    return await edge.client.patch("/v1/registrations/reg_a", json=body, headers=sent)


async def test_the_fact_names_what_was_sent(edge: Edge) -> None:
    body = {"competitor": None, "customer": {"city": None, "tax_id": "DE1"}, "contact": {"phone": None}}
    answer = await patch(edge, body)
    assert answer.status_code == 202
    [fact] = await edge.facts()
    assert answer.headers["Location"] == f"/v1/facts/{fact.id}"
    assert isinstance(fact.event, RegistrationAmended)
    assert (fact.event.registration, fact.event.expected_revision) == ("reg_a", 3)
    assert set(fact.event.fields) == {"competitor", "customer", "contact", "contact.phone"}
    assert fact.event.patch.customer == {"city": None, "tax_id": "DE1"}
    assert fact.event.patch.competitor is None


async def test_a_correction_is_a_reason_and_no_field_of_the_claim(edge: Edge) -> None:
    answer = await patch(edge, {"site": "B", "correction": "the order says so"})
    assert answer.status_code == 202
    [fact] = await edge.facts()
    assert isinstance(fact.event, RegistrationAmended)
    assert (fact.event.fields, fact.event.correction) == (("site",), "the order says so")


async def test_without_if_match_nothing_is_taken(edge: Edge) -> None:
    headers = {"Content-Type": MERGE, "Idempotency-Key": "k", **await edge.key()}
    answer = await edge.client.patch("/v1/registrations/reg_a", json={"site": "B"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (428, "precondition.missing")
    assert await edge.facts() == []


@pytest.mark.parametrize("revision", ["3", '"0"', 'W/"3"', "*", '"three"'])
async def test_if_match_names_one_revision(edge: Edge, revision: str) -> None:
    answer = await patch(edge, {"site": "B"}, **{"If-Match": revision})
    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["errors"]] == ["precondition.invalid"]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "", "patch.empty"),
        ({"correction": "nothing else"}, "", "patch.empty"),
        ({"customer": None}, "customer", "field.required"),
        ({"products": None}, "products", "field.required"),
        ({"customer": {"legal_name": None}}, "customer.legal_name", "field.required"),
        ({"program": "other"}, "program", "field.unknown"),
        ({"evidence": []}, "evidence", "field.unknown"),
    ],
)
async def test_a_patch_that_no_registration_survives_is_refused(
    edge: Edge, body: dict[str, Any], field: str, code: str
) -> None:
    answer = await patch(edge, body)
    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]


async def test_plain_json_is_not_a_merge_patch(edge: Edge) -> None:
    answer = await patch(edge, {"site": "B"}, **{"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (415, "body.media_type")
