"""Names of the service: a request meant for another host is refused, whatever it asks for."""

from __future__ import annotations

import httpx
import pytest
from pydantic import ValidationError
from starlette.responses import PlainTextResponse

from dealreg.runtime.hosts import BY_ADDRESS
from dealreg.runtime.surface import surfaced
from shared.settings import Settings
from tests.conftest import TEST_KEY

NAMED = "deals.example, *.partners.example, [::1], 127.0.0.1"


async def asked(host: str, allowed: str = NAMED, path: str = "/v1/pipeline") -> httpx.Response:
    app = surfaced(PlainTextResponse("reached"), Settings(master_key=TEST_KEY, allowed_hosts=allowed))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        return await client.get(path, headers={"Host": host})


@pytest.mark.parametrize(
    "host",
    [
        "deals.example",
        "DEALS.example.",
        "deals.example:8443",
        "a.partners.example",
        "a.b.partners.example:1",
        "[::1]:80",
    ],
)
async def test_an_allowed_name_is_answered(host: str) -> None:
    answer = await asked(host)
    assert (answer.status_code, answer.text) == (200, "reached")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "deals.example.evil.example",
        "evildeals.example",
        "partners.example",
        "xpartners.example",
        "[::2]",
        "",
    ],
)
async def test_another_name_is_a_problem(host: str) -> None:
    answer = await asked(host)
    assert (answer.status_code, answer.headers["content-type"]) == (421, "application/problem+json")
    assert answer.json()["code"] == "http.host_unknown"
    assert answer.headers["x-request-id"] == answer.json()["request_id"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", BY_ADDRESS)
async def test_probes_ask_by_address(path: str) -> None:
    assert (await asked("10.0.0.7:8080", path=path)).status_code == 200


async def test_any_name_is_answered_by_default() -> None:
    assert (await asked("evil.example", allowed="")).status_code == 200


@pytest.mark.parametrize("wrong", ["https://deals.example", "deals.example/", "a b", "deals.example:80", "*", "a,"])
def test_what_is_no_name_is_refused_at_the_start(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Settings(master_key=TEST_KEY, allowed_hosts=wrong)
