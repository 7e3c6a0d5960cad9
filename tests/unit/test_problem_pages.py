"""The type of every problem leads to a page that says what to do."""

from __future__ import annotations

import re

import httpx
import pytest

from dealreg.runtime.names import SERVICES
from dealreg.runtime.one_port import OnePort, _about
from dealreg.tools.api_document import described_apps
from shared.errors import FieldProblem
from shared.http.problem_codes import FIELD_CODES, REQUEST_CODES
from shared.http.problem_remedies import REMEDIES
from shared.http.problems import document, in_language
from shared.messages import language, languages
from tests.documents import _own_field_codes, problem_codes, refusals


def client(service: str) -> httpx.AsyncClient:
    apps = described_apps()
    app = OnePort(apps, _about(apps, None)) if service == "all" else apps[service]  # type: ignore[index]
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x")


def test_every_code_that_occurs_has_a_remedy() -> None:
    assert {*REQUEST_CODES, *problem_codes(), *(code for code, _ in refusals())} == REMEDIES.keys()


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


def test_every_code_has_a_sentence_in_every_language() -> None:
    # A mistake in a policy is told with its place, which no sentence of the catalogue has.
    codes = {*REMEDIES, *FIELD_CODES.values(), *field_codes(), "field.invalid"}
    for said in languages().values():
        assert not [code for code in sorted(codes) if not said.has(f"problem.{code}")], said.tag


def field_codes() -> set[str]:
    return {code for code in _own_field_codes() if not code.startswith("policy.")}


ARABIC = re.compile("[\u0621-\u064a]")


@pytest.mark.parametrize("service", ["all", *SERVICES])
@pytest.mark.parametrize("path, code", [("/v1/nothing", "path.unknown"), ("/v1/pipeline", None)])
async def test_every_problem_comes_in_the_language_that_is_asked_for(service: str, path: str, code: str | None) -> None:
    asked = client(service)
    plain = await asked.get(path)
    told = await asked.get(path, headers={"Accept-Language": "ar-EG, en;q=0.5"})
    assert plain.status_code == told.status_code >= 400
    assert code is None or told.json()["code"] == code
    assert (plain.headers["content-language"], told.headers["content-language"]) == ("en", "ar")
    assert plain.headers["vary"] == told.headers["vary"] == "Accept, Accept-Language"
    for name in ("title", "detail"):
        assert ARABIC.search(told.json()[name])
        assert not ARABIC.search(plain.json()[name])
    for name in ("type", "code", "status", "instance"):
        assert plain.json()[name] == told.json()[name]


def test_fields_are_told_in_the_language_and_what_the_decider_said_stays() -> None:
    problems = (FieldProblem("amount", "money.decimals", "EUR has 2"), FieldProblem("x", "policy.syntax", "line 3"))
    body = document(status=422, code="request.invalid", detail="2 problems", instance="/", errors=problems)
    told = in_language(body, language("ar"))
    assert ARABIC.search(told["errors"][0]["message"])
    assert told["errors"][1]["message"] == "line 3"
    decided = in_language({**body, "detail": "قيل"}, language("ar"), "ar")
    assert decided["detail"] == "قيل"
    assert decided["errors"][0]["message"] == "EUR has 2"
    assert ARABIC.search(decided["title"])
    assert in_language(body, language("en")) == body


async def test_a_code_that_is_none_is_a_path_that_nothing_is_at() -> None:
    answer = await client("all").get("/problems/<script>")
    assert (answer.status_code, answer.json()["code"]) == (404, "path.unknown")
