"""The production layout says what the program does: its commands exist, its routes are the services' own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.testing
import yaml
from fastapi.routing import iter_route_contexts
from sqlalchemy.ext.asyncio import create_async_engine

from dealreg.cli import application
from dealreg.runtime.names import SERVED, WORKS
from dealreg.runtime.one_port import paths_of, read_nouns, written_nouns
from services.attribution.api import create_app as create_attribution
from services.attribution.api.app import ROUTERS as ATTRIBUTION
from services.projections.api import create_app as create_query
from services.projections.api.app import ROUTERS as QUERY
from services.registration.api.app import ROUTERS as REGISTRATION
from services.registration.api.app import create_app
from shared.log.memory import MemoryLog
from shared.settings import Settings, variable
from tests.conftest import TEST_KEY

DEPLOY = Path(__file__).parents[2] / "deploy"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"proxy"}))
def test_every_command_is_one_of_ours(name: str) -> None:
    answer = typer.testing.CliRunner().invoke(application(), [*SERVICES[name]["command"], "--help"])
    assert answer.exit_code == 0, answer.output


def test_every_service_is_deployed() -> None:
    commands = [tuple(service["command"]) for name, service in SERVICES.items() if name != "proxy"]
    assert set(commands) == {
        ("migrate",), *(("serve", service) for service in SERVED), *(("work", work) for work in WORKS),
    }  # fmt: skip


def test_every_variable_is_a_setting() -> None:
    known = {variable(name) for name in Settings.model_fields}
    for name, service in SERVICES.items():
        assert set(service.get("environment", {})) <= known, name


def test_the_image_has_every_folder_that_the_wheel_has() -> None:
    """Among them `programs`, which is no package: who begins a program reads its templates there."""
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text())
    packaged = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    copied = re.findall(r"^COPY (\w+) (\w+)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert {(one, one) for one in packaged} == set(copied)
    assert "programs" in packaged


def test_the_proxy_sends_reads_where_they_are_answered() -> None:
    settings = Settings(master_key=TEST_KEY)
    registration = create_app(settings, None, MemoryLog(settings.partitions))
    listed = re.search(r"\(GET\|HEAD\) /v1/\(([a-z|-]+)\)", (DEPLOY / "proxy.conf").read_text())
    assert listed is not None
    assert set(listed[1].split("|")) == read_nouns(registration)


def test_the_proxy_sends_blind_checks_to_attribution() -> None:
    attribution = create_attribution(Settings(master_key=TEST_KEY), None)
    told = re.search(r'"~\^\[A-Z\]\+ /v1/\(([a-z|/]+)\)\$" +(\w+);', (DEPLOY / "proxy.conf").read_text())
    assert told is not None
    assert {f"/v1/{path}" for path in told[1].split("|")} == paths_of(attribution)
    assert SERVICES[told[2]]["command"] == ["serve", "attribution"]


def test_the_proxy_sends_pages_to_the_console() -> None:
    rule = re.search(r'^ +"~(.*)" +console;', (DEPLOY / "proxy.conf").read_text(), re.MULTILINE)
    assert rule is not None
    assert SERVICES["console"]["command"] == ["serve", "console"]
    for path in ("/", "/console", "/console/", "/console/registrations/reg_1"):
        assert re.search(rule[1], f"GET {path}"), path
    for path in ("/consoles", "/docs", "/livez", "/v1/console"):
        assert not re.search(rule[1], f"GET {path}"), path


def test_the_proxy_sends_what_the_query_api_keeps_to_it() -> None:
    query = create_query(Settings(master_key=TEST_KEY), None, create_async_engine("postgresql+asyncpg://nowhere"))
    told = re.search(r'"~\^\[A-Z\]\+ /v1/([a-z-]+)\(/\|\$\)" +query;', (DEPLOY / "proxy.conf").read_text())
    assert told is not None
    assert {told[1]} == written_nouns(query)


def test_the_proxy_takes_the_largest_bulk_request() -> None:
    stated = re.search(r"client_max_body_size (\d+)m;", (DEPLOY / "proxy.conf").read_text())
    assert stated is not None
    assert int(stated[1]) * 1024 * 1024 >= Settings().max_bulk_body_bytes


def routes() -> Iterator[tuple[str, str, set[str]]]:
    """Every path of the API with the service of the layout that answers it, and its methods."""
    for service, routers in (("registration", REGISTRATION), ("query", QUERY), ("checks", ATTRIBUTION)):
        for router in routers:
            for route in iter_route_contexts(router.routes):
                yield service, re.sub(r"\{[^}]*\}", "x", str(route.path)), set(route.methods or ())


def test_the_proxy_sends_every_route_to_its_service() -> None:
    text = (DEPLOY / "proxy.conf").read_text()
    default = re.search(r"^ +default +(\w+);", text, re.MULTILINE)
    rules = re.findall(r'^ +"~(.*)" +(\w+);', text, re.MULTILINE)
    assert default is not None
    assert len(rules) == 5
    for service, path, methods in routes():
        for method in methods | ({"HEAD"} if "GET" in methods else set()):
            sent = next((to for rule, to in rules if re.search(rule, f"{method} {path}")), default[1])
            assert sent == service, (method, path)
