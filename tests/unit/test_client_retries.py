"""What the Python client repeats, how often and how long it waits before."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

FILE = Path(__file__).parents[2] / "clients/python/dealreg_client/retrying.py"
KEY = {"Idempotency-Key": "k"}


def _retrying() -> Any:
    # Its package needs what `make client` generates; this file needs httpx alone.
    spec = importlib.util.spec_from_file_location("dealreg_client_retrying", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


RETRYING = _retrying()


class Server:
    """Gives these answers, the last one for ever; time passes only by waiting."""

    def __init__(self, *answers: int | Exception, retry_after: str | None = None, **retries: Any) -> None:
        self.answers, self.bodies = list(answers), list[bytes]()
        self.headers = {} if retry_after is None else {"Retry-After": retry_after}
        self.waits: list[float] = []
        transport = RETRYING.Retrying(
            httpx.MockTransport(self._answer), RETRYING.Retries(**retries), sleep=self.waits.append,
            clock=lambda: sum(self.waits),
        )  # fmt: skip
        self.client = httpx.Client(transport=transport, base_url="http://service")

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(request.content)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(found, Exception):
            raise found
        return httpx.Response(found, headers=self.headers)


@pytest.mark.parametrize("first", [429, 502, 503, 504, httpx.ReadTimeout("x"), httpx.ConnectError("x")])
def test_a_read_and_a_write_under_a_key_are_sent_again_as_they_were(first: int | Exception) -> None:
    server = Server(first, first, 200)
    assert server.client.post("/", json={"a": 1}, headers=KEY).status_code == 200
    assert server.bodies == [b'{"a":1}'] * 3
    assert all(wait <= bound for wait, bound in zip(server.waits, (0.2, 0.4), strict=True))
    assert Server(first, 200).client.get("/").status_code == 200


def test_a_write_without_a_key_is_sent_once() -> None:
    server = Server(503, 200)
    assert server.client.post("/", json={}).status_code == 503
    server = Server(httpx.ReadTimeout("x"), 200)
    with pytest.raises(httpx.ReadTimeout):
        server.client.post("/", json={})
    assert (len(server.bodies), server.waits) == (1, [])


@pytest.mark.parametrize("status", [200, 202, 400, 401, 403, 404, 409, 412, 422, 500])
def test_what_would_not_change_is_not_repeated(status: int) -> None:
    server = Server(status)
    assert server.client.get("/").status_code == status
    assert len(server.bodies) == 1


def test_what_the_server_asks_for_is_waited_and_what_is_too_long_is_the_callers() -> None:
    server = Server(429, 200, retry_after="3")
    assert server.client.get("/").status_code == 200
    assert server.waits == [3.0]
    server = Server(503, retry_after="3600")
    assert server.client.get("/").status_code == 503
    assert server.waits == []


def test_it_ends_after_its_attempts_or_its_time() -> None:
    server = Server(503)
    assert server.client.get("/").status_code == 503
    assert len(server.bodies) == 6
    server = Server(httpx.ConnectError("x"), attempts=3)
    with pytest.raises(httpx.ConnectError):
        server.client.get("/")
    assert len(server.bodies) == 3
    server = Server(429, retry_after="9", attempts=100)
    assert server.client.get("/").status_code == 429
    assert server.waits == [9.0] * 6
