"""A sample of the scenario files through the public API: HTTP, log, decider and views say what memory says."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dealreg.tools.scenario_files import read_all
from services.attribution.scenarios.found import HOUSE, Found
from services.attribution.scenarios.reading import Scenario
from services.attribution.scenarios.running import Running
from services.attribution.scenarios.setting import setting_of
from tests.e2e.channel import Channel
from tests.e2e.retold import Retold
from tests.e2e.till import balances, shares

FOLDER = Path(__file__).parents[1] / "scenarios"
SAMPLE = (
    "the first waiter confirms and is protected for a full period",
    "silence passes to the next",
    "the invited is judged on today's facts",
    "an equal tax id holds the second claim and names the key",
    "a name alone is decided by a person and the answer is reused",
    "a claim in one program waits for a holder in the other",
    "rivals stay out, the end stands, payouts are held until reinstatement",
    "lower, and with another line, pays for what was registered",
    "a person resolves the case and the holder is paid",
    "a request after the end is refused and a new claim queues last",
    "a refund takes back its part today, effective when it was earned",
    "a tier below the least is rejected",
    "an objection keeps protection until a person dismisses it",
    "an upheld objection leaves protection as it was, and a new loss counts again",
    "another opportunity on the deal keeps its protection",
    "a day of protection ends at midnight in the program's time zone",
)
"""Each part of the service that a scenario can meet: queue, matching, money, cases, refusals, losses, time zones."""
SHOWN = (
    "state", "hold", "revision", "extensions", "protected_from", "protected_until", "loss_until", "objected",
    "confirm_by", "original",
)  # fmt: skip
SCENARIOS = {one.name: one for file in read_all([FOLDER]) for one in file.scenarios}


@pytest.mark.parametrize("name", SAMPLE)
async def test_the_public_api_gives_the_same(importing: Channel, name: str) -> None:
    scenario: Scenario = SCENARIOS[name]
    running = Running(setting_of(scenario))
    assert running.all() == ()
    retold = Retold(importing, running.engine)
    await retold.everything()
    await importing.pass_time((running.now - Channel.START).total_seconds() / 86_400)
    found = Found(running.engine)
    for short, expected in found.registrations().items():
        said = await importing.registration(retold.ids[short])
        assert _comparable(said) == _comparable({**expected, "original": retold.ids.get(expected["original"] or "")})
    for external_id, expected in found.opportunities().items():
        [said] = (await importing.read(f"/v1/opportunities?external_id={external_id}"))["items"]
        assert {key: said[key] for key in ("state", "case")} == {key: expected[key] for key in ("state", "case")}
        assert await _credit(importing, said["opportunity"]) == found.credit().get(external_id, {})
    for partner in found.partners():
        expected = {account: amount.split()[0] for account, amount in found.balances().get(partner, {}).items()}
        assert await balances(importing, partner) == expected


def _comparable(said: dict[str, Any]) -> dict[str, Any]:
    return {key: _instant(said.get(key)) for key in SHOWN}


def _instant(value: Any) -> Any:
    if isinstance(value, str) and value.endswith("Z"):
        return datetime.fromisoformat(value)
    return value


async def _credit(channel: Channel, opportunity: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for role, partner, amount in await shares(channel, opportunity):
        found.setdefault(role, {})[partner or HOUSE] = f"{amount} USD"
    return found
