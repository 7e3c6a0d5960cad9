"""The short way of the busiest endpoint answers as the long way does."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
import pytest
from fastapi import Request
from starlette.responses import Response

from services.registration.api.routing import DirectApp
from shared.errors import DealregError, Unavailable
from shared.http.wire.validation import install_problem_handlers


class Teapot(DealregError):
    """Short and stout."""

    code = "pot.tea"
    status = 418


RAISED: dict[str, Exception] = {"ours": Teapot("no coffee"), "later": Unavailable("come again"), "bug": KeyError("x")}


async def endpoint(request: Request) -> Response:
    told = await request.body()
    if told.decode() in RAISED:
        raise RAISED[told.decode()]
    return Response(told, 202, {"Location": "/there"})


def app(path: str) -> DirectApp:
    """With the endpoint at /direct the long way, and at `path` the short way."""
    made = DirectApp(method="POST", path=path, endpoint=endpoint)
    made.add_route("/direct", endpoint, methods=["POST"])
    install_problem_handlers(made)
    return made


async def answer(path: str, body: str, method: str = "POST") -> tuple[int, dict[str, str], bytes]:
    transport = httpx.ASGITransport(app(path), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://dealreg") as client:
        found = await client.request(method, "/direct", content=body)
    return found.status_code, dict(found.headers), found.content


@pytest.mark.parametrize("body", ["hello", *RAISED])
async def test_both_ways_answer_alike(body: str) -> None:
    assert await answer("/direct", body) == await answer("/elsewhere", body)


async def test_errors_are_problem_documents() -> None:
    status, headers, content = await answer("/direct", "ours")
    assert (status, headers["content-type"], orjson.loads(content)["code"]) == (
        418,
        "application/problem+json",
        "pot.tea",
    )
    assert (await answer("/direct", "later"))[1]["retry-after"]


async def test_another_method_goes_the_long_way() -> None:
    assert (await answer("/direct", "", "GET"))[0] == 405


async def test_a_client_that_went_away_is_answered_nothing() -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/direct", "headers": [], "query_string": b""}
    await app("/direct")(scope, receive, send)
    assert sent == []
