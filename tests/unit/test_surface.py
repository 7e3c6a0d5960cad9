"""Every answer is safe in a browser and can be found in the logs; the pages load nothing from elsewhere."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import httpx
import orjson
import pytest
import structlog
from fastapi import FastAPI

from dealreg.runtime.pages import ASSETS, PAGES, Pages
from dealreg.runtime.surface import SECURITY, surfaced
from shared.errors import Unavailable
from shared.http.wire.validation import install_problem_handlers
from shared.observability import configure_logging, get_logger
from shared.settings import Settings
from tests.conftest import TEST_KEY


def application() -> FastAPI:
    app = FastAPI()
    install_problem_handlers(app)

    @app.get("/v1/fails")
    async def fails() -> None:
        get_logger(__name__).info("asked")
        raise Unavailable("away")

    return app


async def answered(path: str, method: str = "GET", settings: Settings | None = None, **headers: str) -> httpx.Response:
    app = surfaced(Pages(application()), settings or Settings(master_key=TEST_KEY))
    structlog.contextvars.clear_contextvars()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://dealreg") as client:
        return await client.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})


@pytest.mark.parametrize("path", ["/", "/docs", *ASSETS, "/v1/fails", "/v1/nothing"])
async def test_every_answer_is_safe_in_a_browser(path: str) -> None:
    answer = await answered(path)
    for name, value in SECURITY:
        assert answer.headers[name.decode()] == value.decode()
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert len(answer.headers.get_list("cache-control")) == 1
    assert "strict-transport-security" not in answer.headers


async def test_tls_alone_is_asked_for_where_it_is_set() -> None:
    answer = await answered("/", settings=Settings(master_key=TEST_KEY, hsts_seconds=60))
    assert answer.headers["strict-transport-security"] == "max-age=60"


@pytest.mark.parametrize("given", ["abc-1", "A" * 100])
async def test_a_request_id_is_kept(given: str) -> None:
    logged = io.StringIO()
    configure_logging("test", stream=logged)
    answer = await answered("/v1/fails", X_Request_ID=given)
    assert (answer.headers["x-request-id"], answer.json()["request_id"]) == (given, given)
    lines = [orjson.loads(line) for line in logged.getvalue().splitlines()]
    ours = [line for line in lines if line["event"] in ("asked", "request refused")]
    assert [line["request_id"] for line in ours] == [given, given]


@pytest.mark.parametrize("given", ["", "A" * 101, "a b", "<b>", "a,b"])
async def test_a_request_id_that_is_none_is_made(given: str) -> None:
    answer = await answered("/v1/fails", X_Request_ID=given)
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_no_other_origin_may_call_unless_it_is_named() -> None:
    asked = {"Origin": "https://a.example", "Access_Control_Request_Method": "POST"}
    for method in ("GET", "OPTIONS"):
        assert "access-control-allow-origin" not in (await answered("/v1/fails", method, **asked)).headers
    named = Settings(master_key=TEST_KEY, cors_origins="https://a.example, https://b.example:8443")
    preflight = await answered("/v1/fails", "OPTIONS", named, **asked, Access_Control_Request_Headers="authorization")
    assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (200, "https://a.example")
    assert "POST" in preflight.headers["access-control-allow-methods"]
    answer = await answered("/v1/fails", "GET", named, Origin="https://a.example")
    assert answer.headers["access-control-allow-origin"] == "https://a.example"
    assert "Origin" in answer.headers["vary"]
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert {"ETag", "Link", "Location", "RateLimit", "Retry-After", "X-Request-ID"} <= set(exposed)
    assert "access-control-allow-credentials" not in answer.headers
    assert "access-control-allow-origin" not in (await answered("/", "GET", named, Origin="https://c.example")).headers


class _References(HTMLParser):
    """What a page loads or leads to, and the scripts and styles that stand in it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inline: list[str] = []
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag
        self.found += [value for name, value in attrs if name in ("src", "href") and value is not None]
        self.inline += [name for name, _ in attrs if name == "style" or name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in ("script", "style") and data.strip():
            self.inline.append(data)


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_a_page_loads_nothing_from_elsewhere(path: str) -> None:
    page = _References()
    page.feed((await answered(path)).text)
    assert not page.inline
    known = {*PAGES, *ASSETS, "/openapi.json", "/livez", "/readyz", "/metrics", "data:,"}
    assert set(page.found) <= known
    for at in page.found:
        if at in PAGES or at in ASSETS:
            answer = await answered(at)
            assert (answer.status_code, bool(answer.content)) == (200, True), at


async def test_neither_style_nor_start_names_another_origin() -> None:
    style = (await answered("/docs/swagger-ui.css")).text
    assert {at[:5] for at in re.findall(r"url\(\s*[\"']?([^\"')\s]*)", style)} <= {"data:"}
    assert "@import" not in style
    start = (await answered("/docs/start.js")).text
    assert "//" not in start
    assert "validatorUrl: null" in start


async def test_the_page_says_what_this_is() -> None:
    answer = await answered("/")
    assert answer.headers["content-type"].startswith("text/html")
    assert "register deals" in answer.text
