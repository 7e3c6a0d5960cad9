"""Every scenario under `tests/scenarios` and of a template holds; those that wait for a clause say so, and fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from dealreg.tools.scenario_files import read_all
from services.attribution.scenarios.reading import Scenario
from services.attribution.scenarios.running import run

FOLDER = Path(__file__).parents[2] / "scenarios"
TEMPLATES = Path(__file__).parents[3] / "programs"
SCENARIOS = [scenario for file in read_all([FOLDER, TEMPLATES]) for scenario in file.scenarios]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: f"{one.shared.topic}: {one.name}")
def test_the_scenario_holds(scenario: Scenario) -> None:
    outcome = run(scenario)
    assert outcome.status != "failed", "\n" + "\n".join(outcome.failures)
