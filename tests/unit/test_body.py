"""Bodies are read as they are: what is compressed is refused, and told what is accepted."""

from __future__ import annotations

import gzip

import httpx
import pytest
from fastapi import FastAPI, Request

from shared.http.wire.body import JSON, read_bytes
from shared.http.wire.validation import install_problem_handlers


@pytest.mark.parametrize("encoding, status", [("gzip", 415), ("br, gzip", 415), ("identity", 200), ("Identity", 200)])
async def test_a_compressed_body_is_refused(encoding: str, status: int) -> None:
    app = FastAPI()
    install_problem_handlers(app)

    @app.post("/")
    async def size(request: Request) -> int:
        return len(await read_bytes(request, 1_000, JSON))

    body = gzip.compress(b"{}") if "gzip" in encoding else b"{}"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://dealreg") as client:
        headers = {"Content-Encoding": encoding, "Content-Type": JSON[0]}
        answer = await client.post("/", content=body, headers=headers)
    assert answer.status_code == status
    if status == 415:
        assert answer.json()["code"] == "body.encoding"
        assert answer.headers["accept-encoding"] == "identity"
