"""The client of the bulk intake: patient where it is told to wait, firm where a row is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest

from dealreg.demo.sending import ROWS, RowRefused, send
from shared.errors import Unavailable

ROW = {"key": "k", "kind": "registration.submit", "body": {}}


@asynccontextmanager
async def intake(
    *answers: Callable[[httpx.Request], httpx.Response],
) -> AsyncIterator[tuple[httpx.AsyncClient, list[Any]]]:
    """A client whose requests are answered in turn, the last answer for ever; and the rows that came."""
    came: list[Any] = []

    def handle(request: httpx.Request) -> httpx.Response:
        came.append([orjson.loads(line) for line in request.content.splitlines()])
        return answers[min(len(came), len(answers)) - 1](request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(handle), base_url="http://intake") as client:
        yield client, came


def accepted(request: httpx.Request) -> httpx.Response:
    rows = [orjson.loads(line) for line in request.content.splitlines()]
    lines = ({"row": number, "key": row["key"], "status": 202} for number, row in enumerate(rows, 1))
    return httpx.Response(200, content=b"\n".join(map(orjson.dumps, lines)))


def busy(request: httpx.Request) -> httpx.Response:
    return httpx.Response(429, headers={"Retry-After": "0"})


def stopping(request: httpx.Request) -> httpx.Response:
    return httpx.Response(503, headers={"Retry-After": "0"})


def broken_off(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("the connection broke", request=request)


def refused(request: httpx.Request) -> httpx.Response:
    problem = {"detail": "the key was used", "code": "idempotency.key_reused"}
    return httpx.Response(200, content=orjson.dumps({"row": 1, "key": "k", "status": 422, "problem": problem}))


async def test_rows_go_in_order_a_thousand_at_most() -> None:
    rows = [{**ROW, "key": str(number)} for number in range(2 * ROWS + 1)]
    told: list[int] = []
    async with intake(accepted) as (client, came):
        assert await send(client, "key", rows, told.append) == len(rows)
    assert [len(chunk) for chunk in came] == told == [ROWS, ROWS, 1]
    assert [row for chunk in came for row in chunk] == rows


@pytest.mark.parametrize("trouble", [busy, stopping, broken_off])
async def test_what_was_not_taken_is_sent_again_the_same(
    trouble: Callable[[httpx.Request], httpx.Response], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dealreg.demo.sending.LOST_PAUSE_SECONDS", 0)
    async with intake(trouble, trouble, accepted) as (client, came):
        await send(client, "key", [ROW])
    assert came == [[ROW]] * 3


async def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dealreg.demo.sending.PATIENCE_SECONDS", 0.05)
    async with intake(busy) as (client, _):
        with pytest.raises(Unavailable):
            await send(client, "key", [ROW])


async def test_a_refused_row_ends_it_with_its_reason() -> None:
    async with intake(refused) as (client, came):
        with pytest.raises(RowRefused, match="the key was used"):
            await send(client, "key", [ROW])
    assert len(came) == 1


async def test_a_row_without_an_answer_is_not_taken_for_accepted() -> None:
    async with intake(lambda request: httpx.Response(200, content=b"")) as (client, _):
        with pytest.raises(RowRefused):
            await send(client, "key", [ROW])
