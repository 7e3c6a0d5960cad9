"""`dealreg crm`, as the administrator's page says it: set up, try, compare, list what cannot be used, read again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from shared.settings import Settings
from tests.hubspot import CLIENT_SECRET, TOKEN, FakeHubSpot
from tests.integration.registration.test_cli import Run, command_on, told

PAGE = (Path(__file__).parents[3] / "docs" / "crm-hubspot.md").read_text()
SETTINGS = next(text for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL) if '"kind": "hubspot"' in text)
DEAL: dict[str, Any] = {
    "dealname": "Shop counters", "dealstage": "contractsent", "pipeline": "default", "amount": "1234.50",
    "deal_currency_code": "EUR", "closedate": "2027-03-31T00:00:00Z", "partner": "Nordlicht IT GmbH",
}  # fmt: skip


@pytest.fixture
def run(database: str, settings: Settings, fake: FakeHubSpot) -> Run:
    return command_on(database, settings, hubspot_url=fake.url)


async def test_the_administrators_page_can_be_followed(run: Run, fake: FakeHubSpot, tmp_path: Path) -> None:
    def file(name: str, content: str) -> str:
        (tmp_path / name).write_text(content)
        return str(tmp_path / name)

    fake.put("deals", "7", **DEAL)
    fake.put("companies", "70", name="Delta Foods GmbH", domain="delta.example")
    fake.associate("7", "companies", "70")
    fake.put("deals", "8", **{**DEAL, "dealstage": "nowhere"})
    await told(run, "vendor", "create", "acme", "--live")
    connection = (await told(run, "connection", "create", "acme", "HubSpot"))["connection"]
    place = ("--connection", connection)
    settings = file("hubspot.json", SETTINGS)
    made = await told(run, "crm", "configure", *place, "--settings", settings)
    assert (made["revision"], made["settings"]["partners"]) == (1, {"Nordlicht IT GmbH": "nordlicht"})
    for kind, secret in (("client_secret", CLIENT_SECRET), ("access_token", TOKEN)):
        code, out, err = await run("crm", "secret", kind, *place, "--file", file(kind, secret))
        assert (code, out) == (0, f"connection {connection} has a new {kind}\n"), err
        assert secret not in out + err
    shown = await told(run, "crm", "show", *place)
    assert sorted(shown["secrets"]) == ["access_token", "client_secret"]
    assert TOKEN not in json.dumps(shown)
    # Before anything is saved, and with what is saved: the same.
    deal = file("deal.json", json.dumps(fake.objects["deals"]["7"]))
    tried = [
        await told(run, "crm", "try", "--payload", deal, *how) for how in (("--settings", settings), place)
    ]  # fmt: skip
    assert tried[0] == tried[1]
    assert "1234.50" in json.dumps(tried[0])
    compared = await told(run, "crm", "reconcile", *place)
    assert (compared["compared"], compared["differing"]) == (2, 2)
    assert {one["deal"] for one in compared["differences"]} == {"7", "8"}
    # What differs is read by a running edge; without one it waits.
    assert await told(run, "crm", "unusable", *place) == []
    assert (await told(run, "crm", "show", *place))["waiting"] != shown["waiting"]
    assert await told(run, "crm", "replay", *place) == {"to_read": 0}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("crm", "try", "--payload", __file__), "--connection or --settings"),
        (("crm", "secret", "password", "--connection", "crm_1", "--file", __file__), "client_secret, access_token"),
        (("crm", "configure", "--connection", "crm 1", "--settings", __file__), "--connection"),
    ],
)
async def test_what_is_wrong_is_said_before_a_server_is_asked(run: Run, arguments: tuple[str, ...], words: str) -> None:
    code, _, err = await run(*arguments)
    assert code == 2
    assert words in " ".join(err.split())
