"""Texts that are made to stop a reader: every door refuses them, and answers others meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest

from shared.policy import reading
from shared.policy.reading import read_policy
from shared.policy.schema import Policy
from tests.hostile_texts import TEXTS
from tests.integration.registration.conftest import SUBMISSION, Edge

GOOD = "program: hunting\nversion: 1\nprotection: {days: 060}\n"
LARGE = 4_500
"""Bytes of a body that is read in a thread."""


async def publish(edge: Edge, text: str, media_type: str = "application/yaml") -> httpx.Response:
    headers = {**await edge.key("program:admin"), "Idempotency-Key": "p", "Content-Type": media_type}
    return await edge.client.post("/v1/programs", content=text.encode(), headers=headers)


async def send(edge: Edge, *rows: Any) -> list[dict[str, Any]]:
    lines = b"\n".join(one if isinstance(one, bytes) else orjson.dumps(one) for one in rows)
    headers = {**await edge.key(), "Content-Type": "application/x-ndjson"}
    answer = await edge.client.post("/v1/bulk", content=lines, headers=headers)
    assert answer.status_code == 200, answer.text
    return [orjson.loads(line) for line in answer.content.splitlines()]


def row(policy: Any, key: str = "k") -> dict[str, Any]:
    return {"key": key, "kind": "program.publish", "body": {"policy": policy}}


@pytest.mark.parametrize("media_type", ["application/yaml", "application/json"])
async def test_no_hostile_text_is_published_and_each_is_told_its_place(edge: Edge, media_type: str) -> None:
    for name, text in TEXTS.items():
        answer = await publish(edge, text, media_type)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "policy.invalid"), name
        assert "line " in problem["errors"][0]["message"], name
        assert "column " in problem["errors"][0]["message"], name
    assert await edge.facts() == []


async def test_no_hostile_text_harms_the_rows_beside_it(edge: Edge) -> None:
    rows = [row(text, f"k{place}") for place, text in enumerate(TEXTS.values())]
    for start in range(0, len(rows), 40):
        some = rows[start : start + 40]
        told = await send(edge, {"key": f"r{start}", "kind": "registration.submit", "body": SUBMISSION}, *some)
        assert [one["status"] for one in told] == [202, *[422] * len(some)]
        assert {one["problem"]["code"] for one in told[1:]} == {"policy.invalid"}


@pytest.mark.parametrize(
    ("kind", "body", "status", "code"),
    [
        ("program.publish", b'{"policy":' + b"[" * 50_000 + b"]" * 50_000 + b"}", 400, "json.too_deep"),
        ("program.publish", b'{"policy":' + b'{"a":' * 20 + b"1" + b"}" * 20 + b"}", 422, "policy.invalid"),
        ("program.publish", b'{"policy":{"a":[' + b"1," * 6_000 + b"1]}}", 422, "policy.invalid"),
        ("registration.submit", b'{"a":[' + b"1," * 6_000 + b"1]}", 413, "json.too_many_values"),
        ("vendor.configure", b'{"tiers":[' + b"1," * 50_000 + b"1]}", 413, "json.too_many_values"),
        ("vendor.configure", b" " * 300_000 + b"{}", 413, "body.too_large"),
    ],
)
async def test_rows_are_measured_before_they_are_parsed(
    edge: Edge, kind: str, body: bytes, status: int, code: str
) -> None:
    told, blank = await send(edge, b'{"key":"k","kind":"%s","body":%s}' % (kind.encode(), body), b" " * 300_000)
    assert blank["problem"]["code"] == "body.too_large"
    assert (told["status"], told["problem"]["code"]) == (status, code)


async def test_a_page_of_line_ends_is_not_walked_through(edge: Edge) -> None:
    headers = {**await edge.key(), "Content-Type": "application/x-ndjson"}
    answer = await edge.client.post("/v1/bulk", content=b"\n" * 8_000_000, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "bulk.too_many_rows")


@pytest.mark.parametrize("path", ["/v1/registrations", "/v1/partners", "/v1/opportunities/o/link", "/v1/credentials"])
async def test_a_body_of_nothing_but_values_is_refused_unread(edge: Edge, path: str) -> None:
    headers = {**await edge.key(), "Idempotency-Key": "k", "If-Match": '"1"', "Content-Type": "application/json"}
    body = b'{"products":[' + b"1," * 10_000 + b"1]}"
    answer = await edge.client.post(path, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "json.too_many_values")


async def test_what_says_that_it_is_json_must_be(edge: Edge) -> None:
    for text in (GOOD, "{program: hunting}", '{"program": NaN}', '{"protection": {"days": 060}}', "'a'", '{"a": 1,}'):
        answer = await publish(edge, text, "application/json")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "policy.syntax"), text
        assert "line 1, column " in answer.json()["detail"]


async def test_json_says_the_same_with_and_without_escapes(edge: Edge) -> None:
    text = (
        '{"program":"hunting","version":1,"protection":{"days":90},'
        '"eligibility":{"partner_types":["\\ud83d\\ude00 \\u00fc \\/ \\\\ud83d"]}}'
    )
    assert (await publish(edge, text, "application/json")).status_code == 202
    [fact] = await edge.facts()
    assert fact.event.policy["eligibility"]["partner_types"] == ["😀 ü / \\ud83d"]  # type: ignore[attr-defined]


async def test_sixty_days_are_sixty_by_every_door(edge: Edge) -> None:
    assert (await publish(edge, GOOD)).status_code == 202
    [told] = await send(edge, row(GOOD.replace("version: 1", "version: 2")))
    assert told["status"] == 202
    assert [fact.event.policy["protection"]["days"] for fact in await edge.facts()] == [60, 60]  # type: ignore[attr-defined]


class Gate:
    """A reader of policies that waits until it is let through, and says where it stands."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()
        self.thread = ""

    def read(self, text: bytes) -> Policy:
        self.thread = threading.current_thread().name
        self.reached.set()
        assert self.opened.wait(30), "nobody else was answered"
        return read_policy(text)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    made = Gate()
    monkeypatch.setattr(reading, "read_policy", made.read)  # it is looked up when the first policy comes
    yield made
    made.opened.set()


@pytest.mark.parametrize("door", ["http", "bulk"])
async def test_others_are_answered_while_a_policy_is_read(edge: Edge, gate: Gate, door: str) -> None:
    key = await edge.key()
    reading = asyncio.create_task(publish(edge, GOOD) if door == "http" else send(edge, row(GOOD)))
    assert await asyncio.to_thread(gate.reached.wait, 30)
    other = await edge.client.post("/v1/registrations", json=SUBMISSION, headers={**key, "Idempotency-Key": "o"})
    assert other.status_code == 202
    assert not reading.done()
    gate.opened.set()
    await reading
    assert gate.thread.startswith("reading")


@pytest.mark.parametrize("door", ["write", "bulk", "model"])
@pytest.mark.parametrize(("size", "threaded"), [(10, False), (LARGE, True)])
async def test_large_bodies_are_read_in_a_thread(
    edge: Edge, monkeypatch: pytest.MonkeyPatch, door: str, size: int, threaded: bool
) -> None:
    seen: list[str] = []
    loads = orjson.loads

    def noted(text: Any) -> Any:
        if b"mark" in bytes(text):
            seen.append(threading.current_thread().name)
        return loads(text)

    monkeypatch.setattr(orjson, "loads", noted)
    headers = {**await edge.key(), "Idempotency-Key": "k"}
    body = {"mark": "x" * size}
    if door == "bulk":
        await send(edge, {"key": "k", "kind": "registration.submit", "body": body})
    else:
        path = "/v1/registrations" if door == "write" else "/v1/credentials"
        answer = await edge.client.post(path, json=body, headers=headers)
        assert answer.status_code == 422
    assert [name.startswith("reading") for name in seen][:1] == [threaded]
