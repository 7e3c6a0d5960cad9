"""HTTP through the whole service: what occurs is documented, and no answer leads to another host."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import orjson
import pytest

from dealreg.runtime import http_protocol
from tests.e2e.channel import CUSTOMER, Channel

FOREIGN = "evil.example"
MEDIA_TYPE = "application/problem+json"
LISTS = ("pipeline", "events", "partners", "credentials", "opportunities", "matches", "credits", "ledger", "checks")

OF_A_SANDBOX = ("/v1/sandbox/clock",)
"""A live vendor has none."""


async def _document(channel: Channel) -> Any:
    return await channel.read("/openapi.json")


def _operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _described(document: Any, operation: Any, status: int) -> Any:
    found = operation["responses"].get(str(status), {})
    return document["components"]["responses"][found["$ref"].rpartition("/")[2]] if "$ref" in found else found


def _codes(described: Any) -> set[str]:
    return set(described.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {}))


async def test_what_no_operation_takes_is_documented_with_its_code(live: Channel) -> None:
    document = await _document(live)
    long, large = "a" * http_protocol.MAX_TARGET_BYTES, "a" * http_protocol.MAX_HEAD_BYTES
    for method, path, operation in _operations(document):
        at = path.replace("{", "").replace("}", "")
        for answer in (
            await live.stack.client.request("PROPFIND", at),
            await live.stack.client.request(method, f"{at}?{long}"),
            await live.stack.client.request(method, at, headers={"X": large}),
        ):
            described = _described(document, operation, answer.status_code)
            assert answer.status_code in (405, 414, 431)
            assert answer.json()["code"] in _codes(described), (method, path, answer.text)
            assert set(described["headers"]) <= {*map(_canonical, answer.headers)}, (method, path)


def _canonical(name: str) -> str:
    return {"x-request-id": "X-Request-ID", "allow": "Allow"}.get(name, name)


def test_every_refusal_of_the_parser_is_documented_for_every_operation() -> None:
    from tests.unit.test_api_document import published

    document = published()
    for method, path, operation in _operations(document):
        for status, code, _ in http_protocol.REFUSALS:
            assert code in _codes(_described(document, operation, status)), (method, path, status)


async def test_a_read_that_is_not_acceptable_is_documented_and_varies(live: Channel) -> None:
    await live.house("a")
    document = await _document(live)
    refused = 0
    for method, path, operation in _operations(document):
        if method != "GET" or "{" in path or not path.startswith("/v1/") or path in OF_A_SANDBOX:
            continue
        headers = {"Authorization": f"Bearer {live.key}", "Accept": "application/xml"}
        asked = {"group_by": "month" if "payouts" in path else "product"} if path.endswith("/summary") else {}
        asked |= {"by": "effective"} if path == "/v1/payouts" else {}
        answer = await live.stack.client.get(path, params=asked, headers=headers)
        assert (answer.status_code, answer.headers.get("vary")) == (406, "Accept, Accept-Language"), (path, answer.text)
        assert answer.json()["code"] in _codes(_described(document, operation, 406)), path
        taken = await live.stack.client.get(path, params=asked, headers={**headers, "Accept": "application/*"})
        assert (taken.status_code, taken.headers["vary"].partition(",")[0]) == (200, "Accept"), path
        refused += 1
    assert refused > 15


async def test_every_operation_documents_the_request_id_both_ways(live: Channel) -> None:
    for method, path, operation in _operations(await _document(live)):
        assert "X-Request-ID" in [one["name"] for one in operation["parameters"]], (method, path)
        for status, answer in operation["responses"].items():
            assert "$ref" in answer or "X-Request-ID" in answer["headers"], (method, path, status)
    answer = await live.stack.client.get("/v1/pipeline", headers={"X-Request-ID": "order-desk-7f3a"})
    assert answer.headers["x-request-id"] == "order-desk-7f3a"


async def test_what_a_write_answers_after_waiting_has_the_schema_that_is_documented(live: Channel) -> None:
    await live.house("a")
    document = await _document(live)
    closed = document["components"]
    for schema in closed["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False

    def fits(path: str, method: str, body: Any) -> None:
        content = document["paths"][path][method]["responses"]["200"]["content"]["application/json"]
        assert content["schema"]["$ref"]
        for one in (body, content["example"]):
            jsonschema.validate(one, {**content["schema"], "components": closed})

    claim = await live.claim("a")
    fits("/v1/registrations", "post", claim)
    withdrawn = await live.send("POST", f"/v1/registrations/{claim['registration']}/withdrawal", {})
    fits("/v1/registrations/{registration}/withdrawal", "post", withdrawn.json())
    for method, path, operation in _operations(document):
        if any(one["name"] == "Prefer" for one in operation["parameters"]):
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
            forms = schema.get("anyOf", [schema])  # where it may be checked first, what the check answers is the other
            assert all(one.keys() == {"$ref"} for one in forms), (method, path)


@pytest.mark.parametrize("headers", [{"Host": FOREIGN}, {"X-Forwarded-Host": FOREIGN, "Forwarded": f"host={FOREIGN}"}])
async def test_no_answer_leads_to_the_host_that_was_asked(live: Channel, headers: dict[str, str]) -> None:
    await live.house("a", "b")
    for partner in ("a", "b"):
        await live.claim(partner)
    told = {"Authorization": f"Bearer {live.key}", "Content-Type": "application/json", **headers}
    client = live.stack.client
    answers = [await client.get(f"/v1/{noun}", params={"limit": 1}, headers=told) for noun in LISTS]
    for path, body in (
        ("/v1/registrations", {"program": "hunting", "partner": "a", "customer": CUSTOMER, "products": ["X"]}),
        ("/v1/credentials", {"scopes": ["pipeline:read"]}),
        ("/v1/crm-connections", {"name": "crm"}),
    ):
        key = {"Idempotency-Key": f"foreign-{len(headers)}"}
        answers.append(await client.post(path, content=orjson.dumps(body), headers={**told, **key}))
        assert answers[-1].status_code in (201, 202), answers[-1].text
    for path in ("/", "/docs", "/openapi.json", "/problems", "/v1/pipeline/", "/v1"):
        answers.append(await client.get(path, headers=told))
    led = [at for answer in answers for at in _leads(answer)]
    assert len(led) > 5
    assert [at for at in led if urlsplit(at).netloc] == []
    assert [answer.url.path for answer in answers if FOREIGN in answer.text + str(answer.headers.multi_items())] == []
    assert [(answer.url.path, answer.headers["location"]) for answer in answers if answer.is_redirect] == [
        ("/", "/console")
    ]


def _leads(answer: Any) -> list[str]:
    found = [answer.headers["location"]] if "location" in answer.headers else []
    found += re.findall(r"<([^>]*)>", answer.headers.get("link", ""))
    if answer.headers.get("content-type") == "application/json" and answer.json().get("next"):
        found.append(answer.json()["next"])
    return found


async def test_a_target_with_two_slashes_leads_nowhere(live: Channel) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", live.stack.client.base_url.port)
    writer.write(b"GET //evil.example/v1/pipeline/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    async with asyncio.timeout(300):
        answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"\r\nlocation:" not in answer.lower().partition(b"\r\n\r\n")[0]
