"""The OpenAPI document is complete: bodies, headers, every answer, and examples that are true."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import orjson
import pytest

from tests.integration.registration.conftest import Edge

WRITES = {"post", "put", "patch"}


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path.startswith("/v1/")
    ]


async def document(edge: Edge) -> dict[str, Any]:
    return dict((await edge.client.get("/openapi.json")).json())


async def test_it_is_openapi_3_1_and_every_reference_leads_somewhere(edge: Edge) -> None:
    found = await document(edge)
    assert found["openapi"].startswith("3.1")
    schemas = found["components"]["schemas"]
    for name in re.findall(r"#/components/schemas/(\w+)", orjson.dumps(found).decode()):
        assert name in schemas


async def test_every_operation_tells_who_may_and_what_may_go_wrong(edge: Edge) -> None:
    for path, method, operation in operations(await document(edge)):
        answers = operation["responses"]
        assert operation["description"], path
        for status in ("401", "429", "500", "503"):
            assert "application/problem+json" in answers[status]["content"], (path, method, status)
        assert "Retry-After" in answers["429"]["headers"]
        assert "security" in operation
        if method in WRITES and not any(
            noun in path for noun in ("/crm-connections", "/credentials", "/webhooks", "/identit")
        ):
            assert operation["requestBody"]["content"], path
        names = [one["name"] for one in operation.get("parameters", [])]
        keyed = method in WRITES and not any(
            one in path
            for one in ("crm", "credentials", "webhooks", "/identit", "/v1/bulk", "/v1/files", "/v1/persons")
        )
        assert ("Idempotency-Key" in names) == keyed, (path, method)
        assert ("If-Match" in names) == (path == "/v1/registrations/{registration}")


async def test_examples_of_bodies_fit_their_schemas(edge: Edge) -> None:
    found = await document(edge)
    checked = 0
    for path, _, operation in operations(found):
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            if "json" in media_type and "ndjson" not in media_type and content["schema"].get("type") != "string":
                schema = {**content["schema"], "components": found["components"]}
                jsonschema.Draft202012Validator(schema).validate(content["example"])
                checked += 1
            assert "example" in content, path
    assert checked >= 15


@pytest.mark.parametrize("path", ["/v1/registrations", "/v1/partners", "/v1/vendor/document", "/v1/programs"])
async def test_examples_are_accepted_as_they_stand(edge: Edge, path: str) -> None:
    methods = (await document(edge))["paths"][path]
    method = "put" if "put" in methods else "post"
    media_type, content = next(iter(methods[method]["requestBody"]["content"].items()))
    example = content["example"]
    text = example if isinstance(example, str) else orjson.dumps(example)
    headers = {**await edge.key(partner=None), "Idempotency-Key": "k", "Content-Type": media_type}
    if path == "/v1/registrations":
        headers |= await edge.key("registrations:write", partner="nordlicht")
    answer = await edge.client.request(method, path, content=text, headers=headers)
    assert answer.status_code == 202, answer.text


async def test_the_bulk_example_is_accepted_row_by_row(edge: Edge) -> None:
    content = (await document(edge))["paths"]["/v1/bulk"]["post"]["requestBody"]["content"]["application/x-ndjson"]
    headers = {**await edge.key(), "Content-Type": "application/x-ndjson"}
    answer = await edge.client.post("/v1/bulk", content=content["example"], headers=headers)
    assert [orjson.loads(line)["status"] for line in answer.content.splitlines()] == [202, 202]


async def test_health_and_metrics_are_served(edge: Edge) -> None:
    assert (await edge.client.get("/livez")).status_code == 200
    # no decider runs beside it, which is said and keeps no write back
    assert (await edge.client.get("/readyz")).json()["missing"] == []
    assert "dealreg_intake_accepted_total" in (await edge.client.get("/metrics")).text
