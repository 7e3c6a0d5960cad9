"""The proxy's example under a real nginx: every path that `dealreg run` serves reaches the service that answers it.

Without an nginx on the path these tests are skipped on a laptop, and say so; `tests/unit/test_deploy.py` reads the file
either way.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dealreg.runtime.methods import Methods
from dealreg.runtime.pages import Pages
from dealreg.runtime.server import listen, serving
from tests.conftest import missing
from tests.unit.test_deploy import DEPLOY, routes
from tests.until import until

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
SERVICES = ("registration", "query", "checks", "console")
_CONF = """daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {upstreams}
    {proxy}
}}
"""


def _named(name: str) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = {key.decode(): value.decode() for key, value in scope["headers"]}
        told = {"by": name, "host": headers["host"], "for": headers["x-forwarded-for"]}
        await JSONResponse(told, headers={"Answered-By": name})(scope, receive, send)

    return Methods(Pages(app))


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def proxy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the proxy, behind which each service tells its name."""
    if NGINX is None:
        missing("nginx", OSError("none is installed (Debian: nginx-light)"))
    folder: Path = tmp_path_factory.mktemp("nginx")
    async with AsyncExitStack() as stack:
        upstreams = []
        for name in SERVICES:
            url = await stack.enter_async_context(serving(_named(name), listen("127.0.0.1", 0)))
            upstreams.append(f"upstream {name} {{ server {url.removeprefix('http://')}; }}")
        with listen("127.0.0.1", 0) as free:
            port = free.getsockname()[1]
        text = (DEPLOY / "proxy.conf").read_text().replace("listen 80;", f"listen 127.0.0.1:{port};")
        text = text.replace("resolver 127.0.0.11 valid=5s;", "").replace("http://$service:8080", "http://$service")
        conf = folder / "nginx.conf"
        conf.write_text(_CONF.format(folder=folder, upstreams="\n".join(upstreams), proxy=text))
        process = await asyncio.create_subprocess_exec(
            NGINX, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(conf)
        )
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
                await until(lambda: _answers(client, process, folder))
                yield client
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _answers(client: httpx.AsyncClient, process: asyncio.subprocess.Process, folder: Path) -> bool:
    assert process.returncode is None, (folder / "error.log").read_text()
    try:
        return (await client.get("/livez")).status_code == 200
    except httpx.TransportError:
        return False


async def test_every_route_reaches_its_service(proxy: httpx.AsyncClient) -> None:
    for service, path, methods in routes():
        for method in sorted(methods | ({"HEAD"} if "GET" in methods else set())):
            answer = await proxy.request(method, path)
            assert answer.headers["answered-by"] == service, (method, path)


async def test_a_wrong_method_is_told_the_right_ones_through_the_proxy(proxy: httpx.AsyncClient) -> None:
    for method, path, allow in (
        ("DELETE", "/v1/pipeline", "GET, HEAD"),
        ("PUT", "/v1/registrations/x", "GET, HEAD, PATCH"),
        ("GET", "/v1/registrations/check", "POST"),
        ("POST", "/docs", "GET, HEAD"),
    ):
        answer = await proxy.request(method, path)
        assert (answer.status_code, answer.headers.get("allow")) == (405, allow), (method, path)


async def test_the_pages_and_health_are_there(proxy: httpx.AsyncClient) -> None:
    for path in ("/", "/docs", "/docs/start.js", "/openapi.json", "/livez", "/readyz", "/metrics"):
        assert (await proxy.get(path)).status_code == 200, path


async def test_the_client_is_who_connected_whatever_it_says(proxy: httpx.AsyncClient) -> None:
    answer = await proxy.get("/v1/pipeline", headers={"X-Forwarded-For": "192.0.2.1", "Host": "deals.example:8443"})
    assert answer.json() == {"by": "query", "host": "deals.example:8443", "for": "127.0.0.1"}
