"""Problem documents: one shape, stable codes, nothing of ours in a 500."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from pydantic import BaseModel
from structlog.testing import capture_logs

from shared.errors import MAX_FIELD_PROBLEMS, FieldProblem, RequestInvalid, Unavailable
from shared.http.problem_codes import FIELD_CODES, REQUEST_CODES
from shared.http.problems import document
from shared.http.wire.validation import install_problem_handlers


class Body(BaseModel):
    amount: int


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = FastAPI()
    install_problem_handlers(app)

    @app.get("/bug")
    async def bug() -> None:
        raise ZeroDivisionError("a secret of ours")

    @app.get("/down")
    async def down() -> None:
        raise Unavailable("the database does not answer")

    @app.post("/typed")
    async def typed(body: Body, limit: int = 1) -> None:
        return None

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://x")


async def test_a_bug_tells_nothing_but_that_it_is_one(client: httpx.AsyncClient) -> None:
    answer = await client.get("/bug")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_may_be_tried_again_says_when(client: httpx.AsyncClient) -> None:
    answer = await client.get("/down")
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (503, True)


async def test_fastapis_own_validation_has_the_same_shape(client: httpx.AsyncClient) -> None:
    answer = await client.post("/typed?limit=x", json={})
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [
        ("limit", "field.type"),
        ("amount", "field.missing"),
    ]


async def test_a_client_that_is_gone_before_its_body_came_is_no_fault_of_ours() -> None:
    app = FastAPI()
    install_problem_handlers(app)

    @app.post("/written")
    async def written(request: Request) -> None:
        await request.body()

    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def to_nobody(message: Any) -> None:
        assert message.get("status") != 500

    scope = {"type": "http", "method": "POST", "path": "/written", "headers": [], "query_string": b""}
    with capture_logs() as logged:
        await app(scope, gone, to_nobody)
    assert logged == []


def test_a_body_of_nothing_but_mistakes_is_answered_in_bounds() -> None:
    refused = RequestInvalid([FieldProblem(f"f{number}", "field.unknown", "no") for number in range(5_000)])
    told = document(status=422, code=refused.code, detail=refused.detail, instance="/", errors=refused.problems)
    assert len(told["errors"]) == MAX_FIELD_PROBLEMS
    assert told["detail"].startswith("5000 problems")


def test_codes_are_words_with_a_noun() -> None:
    for code in (*REQUEST_CODES, *FIELD_CODES.values()):
        assert code.replace(".", "").replace("_", "").isalpha(), code
