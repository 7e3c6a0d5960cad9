"""`Prefer: wait`: the answer is what the query API says once the fact is decided, else the plain 202."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from services.registration.api.app import create_app
from shared.http.problem_responses import problem
from shared.http.problems import document
from shared.log.port import EventLog
from shared.settings import Settings
from tests.integration.registration.conftest import SUBMISSION, Edge


class Query:
    """A query API that answers what the test says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: Response = JSONResponse({"state": "protected"}, headers={"ETag": '"1"'})
        self.asked: list[Request] = []
        self.app = FastAPI()
        self.app.add_api_route("/v1/{rest:path}", self._read, methods=["GET"])

    async def _read(self, request: Request) -> Response:
        self.asked.append(request)
        return self.answer


@pytest_asyncio.fixture(loop_scope="session")
async def waiting(pool: asyncpg.Pool, log: EventLog, settings: Settings) -> AsyncIterator[tuple[Edge, Query]]:
    query = Query()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(query.app), base_url="http://query") as reader:
        app = create_app(settings, pool, log, reader)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://edge") as client,
        ):
            yield Edge(app, client, pool, log, settings), query


async def post(edge: Edge, prefer: str | None = "wait=5", **headers: str) -> httpx.Response:
    sent = {**(headers or await edge.key()), "Idempotency-Key": "k"}
    if prefer is not None:
        sent["Prefer"] = prefer
    return await edge.client.post("/v1/registrations", json=SUBMISSION, headers=sent)


async def test_the_decided_state_is_the_answer(waiting: tuple[Edge, Query]) -> None:
    edge, query = waiting
    key = await edge.key()
    answer = await post(edge, **key)
    assert (answer.status_code, answer.json()) == (200, {"state": "protected"})
    assert (answer.headers["Preference-Applied"], answer.headers["ETag"]) == ("wait", '"1"')
    [asked] = query.asked
    fact = asked.query_params["min_position"]
    assert asked.url.path == answer.headers["Location"] == f"/v1/registrations/reg_{fact}"
    assert (asked.query_params["wait"], asked.headers["authorization"]) == ("5", key["Authorization"])


async def test_a_refusal_is_the_answer_with_its_status(waiting: tuple[Edge, Query]) -> None:
    edge, query = waiting
    query.answer = problem(document(status=403, code="partner.suspended", detail="suspended", instance="/v1/x"))
    answer = await post(edge)
    assert (answer.status_code, answer.json()["code"]) == (403, "partner.suspended")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("status", [202, 429, 500, 503])
async def test_undecided_or_troubled_is_a_plain_202(waiting: tuple[Edge, Query], status: int) -> None:
    edge, query = waiting
    query.answer = JSONResponse({}, status)
    answer = await post(edge)
    assert (answer.status_code, "Preference-Applied" in answer.headers) == (202, False)
    assert answer.json()["location"] == answer.headers["Location"]


async def test_who_may_not_read_is_not_told(waiting: tuple[Edge, Query]) -> None:
    edge, query = waiting
    answer = await post(edge, **await edge.key("registrations:write"))
    assert (answer.status_code, query.asked) == (202, [])


@pytest.mark.parametrize(
    ("prefer", "asked"),
    [(None, None), ("respond-async", None), ("wait=0", None), ("wait=900", "30"), ("respond-async, wait=7", "7")],
)
async def test_the_preference_is_read_as_the_standard_says(
    waiting: tuple[Edge, Query], prefer: str | None, asked: str | None
) -> None:
    edge, query = waiting
    await post(edge, prefer)
    assert [one.query_params["wait"] for one in query.asked] == ([asked] if asked else [])


@pytest.mark.parametrize("end", [b"\xa0", b"\x85", b"\xff"])
async def test_a_key_with_more_than_a_key_is_unknown_before_anything_is_taken(
    waiting: tuple[Edge, Query], end: bytes
) -> None:
    edge, query = waiting
    authorization = (await edge.key())["Authorization"].encode() + end
    headers = [
        (b"authorization", authorization),
        (b"idempotency-key", b"k"),
        (b"prefer", b"wait=5"),
        (b"content-type", b"application/json"),
    ]
    answer = await edge.client.post("/v1/registrations", json=SUBMISSION, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "credential.unknown")
    assert not query.asked
    assert not await edge.facts()
