"""What a vendor tells of itself: its document, its partners, its programs' policies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from services.registration.intake.operator import VendorExists, VendorUnknown, assert_vendor, create_vendor
from shared.credentials import OPERATOR
from shared.events.envelope import fact_id
from shared.events.program import ProgramPublished
from shared.events.vendor import VendorConfigured, VendorCreated
from shared.policy.reading import NOT_IMPLEMENTED
from shared.policy.schema import Policy
from tests.integration.registration.conftest import Edge

POLICY = """\
program: hunting
version: 3
effective_from: 2027-01-01   # a day, not a text
required_fields: [customer.tax_id | customer.duns, amount]
protection: {days: 90}
"""


UNREADY = min(name for name in NOT_IMPLEMENTED if "." not in name)


async def publish(edge: Edge, text: str | bytes, media_type: str = "application/yaml") -> httpx.Response:
    headers = {**await edge.key("program:admin"), "Idempotency-Key": "p", "Content-Type": media_type}
    return await edge.client.post("/v1/programs", content=text, headers=headers)


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        (POLICY, "application/yaml"),
        (POLICY, "text/yaml; charset=utf-8"),
        ('{"program": "hunting", "version": 3, "protection": {"days": 90}}', "application/json"),
    ],
)
async def test_a_policy_is_published_as_yaml_or_json(edge: Edge, text: str, media_type: str) -> None:
    answer = await publish(edge, text, media_type)
    assert answer.status_code == 202, answer.text
    [fact] = await edge.facts()
    assert isinstance(fact.event, ProgramPublished)
    assert (fact.event.program, fact.event.number) == ("hunting", 3)
    # What is on the log reads back as the same policy.
    again = Policy.model_validate_json(Policy.model_validate(fact.event.policy, strict=False).model_dump_json())
    assert again.protection.days == 90


@pytest.mark.parametrize(
    ("text", "field", "code", "line"),
    [
        (POLICY + "colour: blue\n", "colour", "policy.unknown_parameter", "line 6"),
        (POLICY.replace("90", "ninety"), "protection.days", "policy.invalid_value", "line 5"),
        (POLICY + f"{UNREADY}: {{}}\n", UNREADY, "policy.not_implemented", "line 6"),
        (POLICY + "version: 4\n", "version", "policy.duplicate_parameter", "line 6"),
        (POLICY + "gates: {min_amount: {amount: '1', currency: EUR}}\nrequired_fields: []\n", "", "", ""),
        ("program: [", "", "policy.syntax", "line"),
        (POLICY + "site: &a [1]\nproject: *a\n", "", "policy.alias", "line 7"),
        ("", "", "policy.syntax", ""),
        (b"program: \xff", "", "policy.syntax", ""),
    ],
)
async def test_a_wrong_policy_is_told_with_line_and_path(
    edge: Edge, text: str | bytes, field: str, code: str, line: str
) -> None:
    answer = await publish(edge, text)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "policy.invalid")
    assert any(
        one["code"] == (code or one["code"]) and one["field"] == (field or one["field"]) and line in one["message"]
        for one in problem["errors"]
    ), problem
    assert await edge.facts() == []


async def test_a_policy_that_grows_while_it_is_read_is_refused_at_once(edge: Edge) -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    answer = await publish(edge, bomb)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "policy.alias")


async def test_the_vendor_document_is_replaced(edge: Edge) -> None:
    document = {
        "products": [{"product": "GTX Pro", "line": "GTX", "aliases": ["GTXPro"]}],
        "tiers": ["silver", "gold"],
        "calendars": {"DE": {"holidays": ["2026-12-25"]}},
    }
    answer = await edge.client.put(
        "/v1/vendor/document", json=document, headers={**await edge.key(), "Idempotency-Key": "k"}
    )
    assert answer.status_code == 202, answer.text
    [fact] = await edge.facts()
    assert isinstance(fact.event, VendorConfigured)
    assert fact.event.document.products[0].aliases == ("GTXPro",)
    assert fact.event.document.calendars["DE"].weekend == (6, 7)


@pytest.mark.parametrize(
    ("document", "field", "code"),
    [
        (
            {"products": [{"product": "A", "line": "L"}, {"product": "a", "line": "L"}]},
            "products.1.product",
            "vendor.contradiction",
        ),
        ({"tiers": ["gold", "gold"]}, "tiers.1", "vendor.contradiction"),
        ({"calendars": {"DE": {"weekend": [1, 2, 3, 4, 5, 6, 7]}}}, "calendars.DE.weekend", "vendor.contradiction"),
        ({"calendars": {"DE": {"weekend": [8]}}}, "calendars.DE.weekend.0", "number.out_of_range"),
        ({"products": [{"product": "A", "line": "L", "list_price": {"amount": "1.005", "currency": "EUR"}}]},
         "products.0.list_price", "money.decimals"),
    ],
)  # fmt: skip
async def test_a_document_that_contradicts_itself_is_refused(
    edge: Edge, document: dict[str, Any], field: str, code: str
) -> None:
    answer = await edge.client.put(
        "/v1/vendor/document", json=document, headers={**await edge.key(), "Idempotency-Key": "k"}
    )
    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]


async def test_a_large_document_is_taken(edge: Edge) -> None:
    products = [{"product": f"Product {number}", "line": "L"} for number in range(4_000)]
    answer = await edge.client.put(
        "/v1/vendor/document", json={"products": products}, headers={**await edge.key(), "Idempotency-Key": "k"}
    )
    assert answer.status_code == 202, answer.text


async def test_partners_come_and_change(edge: Edge) -> None:
    key = await edge.key("partners:admin")
    steps = [
        ("POST", "/v1/partners", {"partner": "p1", "name": "P", "segments": {"region": "DACH"}}, "application/json"),
        ("PATCH", "/v1/partners/p1", {"tier": "gold", "segments": {"region": None}}, "application/merge-patch+json"),
        ("POST", "/v1/partners/p1/suspension", {"reason": "unpaid"}, "application/json"),
        ("POST", "/v1/partners/p1/reinstatement", {}, "application/json"),
    ]
    for number, (method, path, body, media_type) in enumerate(steps):
        headers = {**key, "Idempotency-Key": str(number), "Content-Type": media_type}
        answer = await edge.client.request(method, path, json=body, headers=headers)
        assert answer.status_code == 202, answer.text
    types = [fact.event.type for fact in await edge.facts()]
    assert types == ["partner.enrolled", "partner.changed", "partner.suspended", "partner.reinstated"]


async def test_an_operator_creates_a_vendor_once(edge: Edge) -> None:
    parts = edge.app.state.edge
    began = datetime(2016, 1, 1, tzinfo=UTC)

    async def create(mode: Any = "importing") -> Any:
        return await create_vendor(parts.intake, parts.submissions, "maven", name="Maven", mode=mode, recorded_at=began)

    first, second = await create(), await create()
    assert (first.fact, second.replayed) == (fact_id("maven", OPERATOR, "vendor.create"), True)
    [fact] = await edge.facts("maven")
    assert isinstance(fact.event, VendorCreated)
    assert (fact.event.mode, fact.recorded_at, fact.importing) == ("importing", began, True)
    with pytest.raises(VendorExists):
        await create("live")
    await assert_vendor(edge.pool, "maven")
    with pytest.raises(VendorUnknown):
        await assert_vendor(edge.pool, "other")
