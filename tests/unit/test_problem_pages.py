"""The type of every problem leads to a page that says what to do."""

from __future__ import annotations

import httpx
import pytest

from dealreg.runtime.one_port import SERVICES, OnePort, _about
from dealreg.tools.api_document import described_apps
from shared.http.problem_codes import TITLES
from shared.http.problem_remedies import REMEDIES
from tests.documents import problem_codes, refusals


def client(service: str) -> httpx.AsyncClient:
    apps = described_apps()
    app = OnePort(apps, _about(apps, None)) if service == "all" else apps[service]  # type: ignore[index]
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x")


def test_every_code_that_occurs_has_a_remedy() -> None:
    assert {*TITLES, *problem_codes(), *(code for code, _ in refusals())} == REMEDIES.keys()


@pytest.mark.parametrize("service", ["all", *SERVICES])
async def test_every_code_has_a_page_for_people_and_for_programs(service: str) -> None:
    asked = client(service)
    listed = (await asked.get("/problems", headers={"Accept": "application/json"})).json()["problems"]
    assert {page["code"] for page in listed} == REMEDIES.keys()
    for page in listed:
        assert (await asked.get(page["type"], headers={"Accept": "application/json"})).json() == page
    shown = await asked.get("/problems/revision.mismatch")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert REMEDIES["revision.mismatch"] in shown.text


async def test_a_code_that_is_none_is_a_path_that_nothing_is_at() -> None:
    answer = await client("all").get("/problems/<script>")
    assert (answer.status_code, answer.json()["code"]) == (404, "path.unknown")
