"""`/` and `/docs` in a real browser: the strict policy stops nothing, and the API document is shown.

Without a Chromium on the path these tests are skipped on a laptop, and say so; `tests/unit/test_surface.py` reads the
pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dealreg.runtime.methods import Methods
from dealreg.runtime.one_port import OnePort, described
from dealreg.runtime.pages import Pages
from dealreg.runtime.server import listen, serving
from dealreg.runtime.surface import surfaced
from dealreg.tools.api_document import described_apps
from shared.settings import Settings
from shared.values.written import written_json
from tests.chromium import CHROMIUM, OPTIONS
from tests.conftest import TEST_KEY, missing

SECONDS = 90.0
PAGE_MILLISECONDS = 20_000
"""Of the page's own time, which runs as fast as the machine can: to read and draw a document of a megabyte."""


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def base_url() -> AsyncIterator[str]:
    """The pages and the document, without a database behind them."""
    if CHROMIUM is None:
        missing("Chromium", OSError("none is installed (Debian: chromium)"))
    services = described_apps()
    document = written_json(described(services))

    async def openapi(request: Request) -> Response:
        return Response(document, media_type="application/json")

    rest = Starlette(routes=[Route("/openapi.json", openapi)])
    app = surfaced(Methods(Pages(OnePort(services, rest))), Settings(master_key=TEST_KEY))
    async with serving(app, listen("127.0.0.1", 0)) as url:
        yield url


async def _shown(url: str, folder: Path) -> tuple[str, str]:
    """The page as it stands once its scripts are done, and what the browser had to say of it."""
    assert CHROMIUM is not None
    process = await asyncio.create_subprocess_exec(
        CHROMIUM, "--headless=new", *OPTIONS, f"--user-data-dir={folder}",
        f"--virtual-time-budget={PAGE_MILLISECONDS}", "--enable-logging=stderr", "--v=0", "--dump-dom", url,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(SECONDS):
            shown, said = await process.communicate()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
    return shown.decode(), "\n".join(line for line in said.decode(errors="replace").splitlines() if "CONSOLE" in line)


async def test_the_first_page_is_shown(base_url: str, tmp_path: Path) -> None:
    shown, said = await _shown(base_url, tmp_path)
    assert "register deals" in shown
    assert said == ""


async def test_the_document_is_shown_without_a_violation_of_the_policy(base_url: str, tmp_path: Path) -> None:
    shown, said = await _shown(f"{base_url}/docs", tmp_path)
    for word in ("Submit a registration", "Partner deal registration", "/v1/pipeline"):
        assert word in shown
    assert "Failed to load" not in shown
    assert said == ""


async def test_an_operation_opens_by_its_address(base_url: str, tmp_path: Path) -> None:
    shown, said = await _shown(f"{base_url}/docs#/registrations/submitRegistration", tmp_path)
    for word in ("Idempotency-Key", "Try it out", "http.head_too_large"):
        assert word in shown, word
    assert said == ""
