"""One port for all services: each request reaches the one that answers it."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from dealreg.runtime.names import Service
from dealreg.runtime.one_port import OnePort


def service(name: str, *paths: tuple[str, str]) -> FastAPI:
    """An application that tells its name at these paths."""
    app = FastAPI()

    async def tell() -> dict[str, str]:
        return {"answered_by": name}

    for method, path in paths:
        app.add_api_route(path, tell, methods=[method])
    return app


SERVICES: dict[Service, FastAPI] = {
    "registration": service(
        "registration", ("POST", "/v1/registrations"), ("GET", "/v1/programs/{program}"), ("POST", "/v1/programs")
    ),
    "query": service(
        "query", ("GET", "/v1/registrations/{registration}"), ("GET", "/v1/pipeline"), ("PUT", "/v1/kept/{one}")
    ),
    "attribution": service("attribution", ("POST", "/v1/registrations/check"), ("GET", "/v1/checks")),
}
REST = service("rest", ("GET", "/livez"))


async def answered(port: OnePort, method: str, path: str) -> str | int:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(port), base_url="http://port") as client:
        answer = await client.request(method, path)
    return str(answer.json()["answered_by"]) if answer.status_code == 200 else answer.status_code


@pytest.mark.parametrize(
    "method, path, by",
    [
        ("POST", "/v1/registrations", "registration"),
        ("GET", "/v1/programs/hunting", "registration"),
        ("POST", "/v1/programs", "registration"),
        ("GET", "/v1/registrations/reg_1", "query"),
        ("GET", "/v1/pipeline", "query"),
        ("POST", "/v1/registrations/check", "attribution"),
        ("GET", "/v1/checks", "attribution"),
        ("GET", "/v1/registrations/check", 405),
        ("POST", "/v1/registrations/checks", 404),
        ("PUT", "/v1/kept/one", "query"),
        ("POST", "/v1/kept/one", 405),
        ("GET", "/livez", "rest"),
        ("GET", "/nothing", 404),
    ],
)
async def test_each_request_reaches_its_service(method: str, path: str, by: str | int) -> None:
    assert await answered(OnePort(SERVICES, REST), method, path) == by


@pytest.mark.parametrize("gone", SERVICES)
async def test_what_is_not_served_here_is_not_found(gone: Service) -> None:
    port = OnePort({name: app for name, app in SERVICES.items() if name != gone}, REST)
    asked = {"registration": ("POST", "/v1/programs"), "query": ("GET", "/v1/pipeline")}
    method, path = asked.get(gone, ("POST", "/v1/registrations/check"))
    assert await answered(port, method, path) in (404, 405)
    assert await answered(port, "GET", "/livez") == "rest"


def test_two_services_may_not_answer_the_same_reads() -> None:
    with pytest.raises(AssertionError, match="both services answer reads"):
        OnePort({**SERVICES, "query": service("query", ("GET", "/v1/programs"))}, REST)
