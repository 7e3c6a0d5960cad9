"""The texts that the editor begins with from a template: the program's name is free, and the scenarios run."""

from __future__ import annotations

from typing import Any

import pytest

from services.attribution.scenarios.problems import ScenarioInvalid
from services.attribution.trial import tried
from services.console.pages.program_templates import _beside
from services.console.policy_text import free_name, on_document
from shared.policy.reading import read_policy, read_vendor
from shared.program_templates.folder import Template, every, renamed

EACH = pytest.mark.parametrize("template", every().values(), ids=every().keys())
OTHER: dict[str, Any] = {"products": [{"product": "X", "line": "hardware"}], "tiers": ["bronze"]}
"""A vendor document that has no name of any template."""


@EACH
def test_scenarios_run_as_they_stand_whatever_the_vendors_document_says(template: Template) -> None:
    policy, scenarios = (renamed(one, template.name, "ours-2") for one in (template.policy, template.scenarios))
    assert read_policy(policy.encode()).program == "ours-2"
    counts = tried(policy, on_document(scenarios, template.vendor), OTHER)["counts"]
    assert counts == {
        "passed": template.scenario_count - template.pending_count, "failed": 0, "pending": template.pending_count,
    }  # fmt: skip


@EACH
def test_scenarios_run_as_they_stand_on_a_document_that_fits(template: Template) -> None:
    own = read_vendor(template.vendor.encode())[0].model_dump(mode="json", exclude_defaults=True)
    own["products"] = [*own["products"], {"product": "One more", "line": "of ours"}]
    assert tried(template.policy, template.scenarios, own)["counts"]["failed"] == 0


def test_scenarios_of_a_template_are_of_no_use_on_another_document() -> None:
    teaming = every()["teaming"]
    with pytest.raises(ScenarioInvalid, match="tier gold"):
        tried(teaming.policy, teaming.scenarios, OTHER)


@pytest.mark.parametrize(
    ("taken", "wanted"),
    [
        (set(), "hunting"), ({"hunting"}, "hunting-2"), ({"hunting", "hunting-2", "hunting-4"}, "hunting-3"),
        ({"hunting-2"}, "hunting"),
    ],
)  # fmt: skip
def test_a_program_has_a_name_that_is_free(taken: set[str], wanted: str) -> None:
    assert free_name("hunting", taken) == wanted


def test_a_name_that_was_replaced_in_the_text_is_missed_no_longer() -> None:
    template = {"lacking": [{"name": "gold", "kind": "tier"}, {"name": "pro", "kind": "certification"}]}
    found = _beside(template, "program: prowess\neligibility: {min_tier: gold}\n")
    assert [one["name"] for one in found.lacking] == ["gold"], "`pro` is a part of another word"
