"""`dealreg schemas NAME` prints what the service serves and what events have, without a server."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from dealreg.cli import application
from dealreg.commands.schemas import names
from dealreg.tools.api_document import described_apps
from services.registration.api.schemas import SCHEMAS as SERVED
from shared.events.catalogue import schema_of
from shared.events.registry import EVENTS


def asked(*arguments: str) -> Any:
    return CliRunner().invoke(application(["schemas"]), ["schemas", *arguments])


@pytest.mark.parametrize("name", sorted(SERVED))
async def test_what_is_served_is_printed_to_the_letter(name: str) -> None:
    app = described_apps()["registration"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        served = await client.get(f"/v1/schemas/{name}.json")
    printed = asked(name)
    assert (printed.exit_code, printed.stdout.rstrip("\n")) == (0, served.text.rstrip("\n"))


def test_an_event_is_printed_by_its_type_and_by_each_version() -> None:
    for name in ("registration.approved", "registration.approved.v1", "registration.approved.v1.json"):
        assert json.loads(asked(name).stdout) == schema_of(EVENTS["registration.approved"])


def test_every_name_that_is_listed_can_be_asked_for() -> None:
    listed = asked("--list").stdout.split()
    assert listed == names()
    assert {*SERVED, *EVENTS} < {*listed}
    for name in listed:
        assert json.loads(asked(name).stdout)["$id"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["registration.aproved"], "did you mean registration.approved?"),
        (["../../../etc/passwd"], "`dealreg schemas --list` prints all names"),
        (["vendor", "--list"], "go each without the others"),
        (["vendor", "--write"], "go each without the others"),
        (["--list", "--openapi", "x.json"], "go each without the others"),
    ],
)
def test_what_cannot_be_printed_is_refused_with_a_remedy(arguments: list[str], told: str) -> None:
    refused = asked(*arguments)
    words = " ".join(refused.output.replace("│", " ").split())
    assert (refused.exit_code, told in words) == (2, True), words
