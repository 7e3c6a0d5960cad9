"""Bodies are bounded while they stream, and of the announced type."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integration.registration.conftest import SUBMISSION, Edge

JSON = {"Content-Type": "application/json", "Idempotency-Key": "k"}


async def test_an_announced_size_over_the_limit_is_refused_unread(edge: Edge) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b" " * 1_024

    headers = {**await edge.key(), **JSON, "Content-Length": str(10**9)}
    answer = await edge.client.post("/v1/registrations", content=endless(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body.too_large")
    assert read <= 1


async def test_a_stream_is_cut_at_the_limit(edge: Edge) -> None:
    sent = 0

    async def stream() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1_000):
            sent += 1_024
            yield b" " * 1_024

    answer = await edge.client.post("/v1/registrations", content=stream(), headers={**await edge.key(), **JSON})
    assert (answer.status_code, answer.json()["code"]) == (413, "body.too_large")
    assert sent <= edge.settings.max_body_bytes + 2_048


async def test_a_body_at_the_limit_is_read(edge: Edge) -> None:
    import orjson

    body = orjson.dumps(SUBMISSION)
    padded = body + b" " * (edge.settings.max_body_bytes - len(body))
    answer = await edge.client.post("/v1/registrations", content=padded, headers={**await edge.key(), **JSON})
    assert answer.status_code == 202


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/xml", "application/json; charset=latin-1", "application/yaml", ""]
)
async def test_other_types_are_not_read(edge: Edge, media_type: str) -> None:
    headers = {**await edge.key(), **JSON, "Content-Type": media_type}
    answer = await edge.client.post("/v1/registrations", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "body.media_type")


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", 'Application/JSON; charset="UTF-8"'])
async def test_json_may_say_that_it_is_utf8(edge: Edge, media_type: str) -> None:
    headers = {**await edge.key(), **JSON, "Content-Type": media_type}
    answer = await edge.client.post("/v1/registrations/reg_a/withdrawal", content=b"{}", headers=headers)
    assert answer.status_code == 202


async def test_an_empty_body_is_enough_where_nothing_must_be_said(edge: Edge) -> None:
    headers = {**await edge.key(), "Idempotency-Key": "k"}
    answer = await edge.client.post("/v1/registrations/reg_a/confirmation", headers=headers)
    assert answer.status_code == 202


async def test_what_waits_is_bounded(edge: Edge) -> None:
    intake = edge.app.state.edge.intake
    intake._queue_max = 0
    intake._queue.append([])
    answer = await edge.client.post("/v1/registrations", json=SUBMISSION, headers={**await edge.key(), **JSON})
    assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
    assert answer.headers["Retry-After"]
