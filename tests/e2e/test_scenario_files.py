"""Scenario files through the public API: told over HTTP, each `then` of them is what HTTP, log and views answer."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from dealreg.runtime.in_process import Stack
from dealreg.tools.scenario_files import read_all
from services.attribution.scenarios.reading import Scenario, ScenarioFile
from tests.e2e.channel import Channel
from tests.e2e.played import played

FOLDER = Path(__file__).parents[1] / "scenarios"
WHOLE = (
    "same-customer", "same-deal", "waiters", "suspension", "winning", "extension", "clawback", "amendments",
)  # fmt: skip
"""Files that are played whole: what a fair policy answers, and what makes two claims one deal."""
ALSO = (
    "a claim in one program waits for a holder in the other",
    "a tier below the least is rejected",
    "a certification counts through its last day where the program is",
    "an amount in another currency is compared at the rate known at the complete submission",
    "an objection keeps protection until a person dismisses it",
    "an upheld objection leaves protection as it was, and a new loss counts again",
    "another opportunity on the deal keeps its protection",
    "more verified work goes first",
    "new registrations are refused and those on file go on",
    "a day of protection ends at midnight in the program's time zone",
)
"""Of the others, each part of the service that a scenario can meet: rates, evidence, refusals, losses, time zones."""
BEFORE = Channel.START - timedelta(days=400)
"""Earlier than any scenario begins: none of them tells of a day that is still to come."""
AT_ONCE = 4
"""Scenarios of a file that are played beside each other, each by a vendor of its own."""
FILES = read_all([FOLDER])


def chosen(file: ScenarioFile) -> list[Scenario]:
    """The scenarios of the file that are played."""
    able = (one for one in file.scenarios if one.text.pending is None)
    return [one for one in able if Path(file.name).stem in WHOLE or one.name in ALSO]


PLAYED = [file for file in FILES if chosen(file)]


def test_every_file_and_scenario_that_is_named_exists() -> None:
    assert set(WHOLE) <= {Path(file.name).stem for file in PLAYED}
    assert set(ALSO) <= {scenario.name for file in PLAYED for scenario in chosen(file)}


@pytest.mark.parametrize("file", PLAYED, ids=lambda one: Path(one.name).stem)
async def test_the_public_api_says_what_memory_says(running: Stack, file: ScenarioFile) -> None:
    turns = asyncio.Semaphore(AT_ONCE)

    async def failures(scenario: Scenario) -> list[str]:
        async with turns:
            vendor = f"scenario-{uuid4().hex[:12]}"
            await running.vendor(vendor, importing_from=BEFORE)
            channel = await Channel.open(running, vendor, day=(BEFORE - Channel.START).days)
            return [f"{scenario.name}: {one}" for one in await played(channel, scenario)]

    found = await asyncio.gather(*map(failures, chosen(file)))
    assert [one for each in found for one in each] == []
