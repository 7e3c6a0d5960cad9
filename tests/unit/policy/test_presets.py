"""Presets: each has its header, says what it cannot say yet in scenarios that wait, and reaches its own rules."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from dealreg.tools.policy_files import lint, read_folder
from dealreg.tools.scenario_files import read_all
from services.attribution.scenarios.found import payload_of
from services.attribution.scenarios.reading import Scenario
from services.attribution.scenarios.running import Running, run
from services.attribution.scenarios.setting import setting_of
from shared.policy.parameters import is_stated
from shared.policy.reading import read_policy
from shared.policy.refused import PolicyRefused
from shared.policy.schema import Policy
from shared.program_templates.folder import PRESETS, headers, names, presets
from shared.program_templates.header import HEADER, header_of

EXPECTED = {
    "cirrus", "cisco-360-2026", "cisco-hunting-2015", "cisco-teaming-2015", "compliance-ai", "cybersixgill",
    "dell-2017", "gumdrop", "hp-pfg-2013", "hpe-nbo-2016", "hubspot", "ibm-roles", "ibm-systemx-2008",
    "microsoft-coop-2021", "microsoft-cosell-2021", "microsoft-cpor-2021", "neuvector", "nightfall", "nutanix-2019",
    "nutanix-promo-2023", "nutanix-spiff", "oracle-cloud-referral", "oracle-siebel-rule", "sap-partneredge",
    "sap-referral-2008", "trend",
}  # fmt: skip
"""Every program of which public rules were found."""
FEWEST = 6
"""Scenarios of one preset, without those that wait."""
FEW = {"microsoft-coop-2021", "nutanix-2019", "nutanix-spiff", "compliance-ai"}
"""Programs most of whose rules are about money that this release does not pay yet: these have four at least."""
EACH = pytest.mark.parametrize("name", presets())


@cache
def scenarios(name: str) -> tuple[Scenario, ...]:
    return tuple(one for file in read_all([PRESETS / name]) for one in file.scenarios)


def holding(name: str) -> list[Scenario]:
    return [one for one in scenarios(name) if one.text.pending is None]


def policy_of(name: str) -> Policy:
    return read_policy((PRESETS / name / "policy.yaml").read_bytes())


def test_every_program_of_which_public_rules_were_found_is_a_preset() -> None:
    assert set(presets()) == EXPECTED
    assert not set(presets()) & set(names())


@EACH
def test_a_preset_is_a_header_a_policy_a_vendor_document_and_scenarios(name: str) -> None:
    folder = PRESETS / name
    assert {one.name for one in folder.iterdir()} == {HEADER, "policy.yaml", "vendor.yaml", "scenarios.yaml"}
    assert policy_of(name).program == name
    assert [one.problems for one in lint([folder / "policy.yaml"], folder / "vendor.yaml")] == [(), ()]
    assert read_folder(folder)[1].startswith("# Modelled on public material; preset.yaml names it")
    header = header_of(folder)
    assert header.sources
    assert header.assumed
    year = re.search(r"-((?:19|20)[0-9]{2})$", name)
    assert year is None or int(year[1]) == header.year


@EACH
def test_each_missing_clause_has_scenarios_that_wait_for_it_and_the_other_way_round(name: str) -> None:
    waiting = {one.text.pending for one in scenarios(name) if one.text.pending is not None}
    assert set(header_of(PRESETS / name).missing) == waiting


@EACH
def test_what_a_scenario_waits_for_is_what_stops_it(name: str) -> None:
    for one in scenarios(name):
        waits = one.text.pending
        if waits is not None:
            found = run(one)
            assert found.status == "pending", found.failures
            assert _stops(waits, found.failures[0]), f"{one.name} waits for {waits}, but: {found.failures[0]}"


def _stops(waits: str, told: str) -> bool:
    """Whether the first thing told is the clause's or fact's absence; of values, also that something else comes out."""
    if waits.startswith("the fact "):
        return f"no fact is called {waits.removeprefix('the fact ')};" in told
    if waits.startswith("the field "):
        field = waits.rpartition(".")[2]
        return f".{field}: " in told and "has no such field" in told
    path, _, value = waits.partition(": ")
    said = re.sub(r"\.[0-9]+(?=\.)", "", told)
    return any(f".policy.{part}: " in said for part in _above(path)) or bool(value and ".then." in told)


def _above(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


def test_a_scenario_that_waits_for_another_reason_than_it_says_is_noticed() -> None:
    told = "x.yaml, line 1, column 1: scenarios.0.policy.rewards.0.when.tiers: no such parameter"
    assert _stops("rewards.when.tiers", told)
    assert not _stops("gates.net_new", told)
    assert not _stops("the fact vendor.contacted", told)
    assert not _stops("the field registration.visibility", told)


@EACH
def test_a_preset_has_scenarios_that_hold_beside_those_that_wait(name: str) -> None:
    assert len(holding(name)) >= (4 if name in FEW else FEWEST)
    assert len(scenarios(name)) >= FEWEST


@EACH
def test_scenarios_reach_each_gate_a_conflict_the_end_and_the_extension(name: str) -> None:
    policy = policy_of(name)
    stated = {
        f"{family}.{field}"
        for family in ("eligibility", "gates")
        for field, value in getattr(policy, family)
        if is_stated(value)
    }
    failed: set[str] = set()
    entries: list[str] = []
    refused: list[str] = []
    for scenario in holding(name):
        running = Running(setting_of(scenario))
        assert running.all() == ()
        failed |= {clause for clause, outcomes in running.coverage().outcomes.items() if "failed" in outcomes}
        told = [payload_of(one.event) for one in running.engine.entries]
        entries += [one["type"] for one in told]
        refused += [one["code"] for one in told if one["type"] == "fact.refused"]
    assert stated <= failed, "a gate that no scenario fails"
    assert {"registration.approved", "protection.expired"} <= set(entries)
    if policy.exclusivity.model_dump()["mode"] == "one":
        assert "conflict.detected" in entries
    if policy.protection.extension is None:
        assert "extension.not_offered" in refused or name in NEVER_EXTENDED
    else:
        assert "protection.extended" in entries


NEVER_EXTENDED = {"microsoft-cosell-2021", "microsoft-cpor-2021"}
"""Protection stands there for a contract's own time."""


def test_a_header_that_says_something_else_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / HEADER).write_text("modelled_on: a program\nyear: 2015\nrules: [one rule]\nassumed: [nothing much]\n")
    with pytest.raises(PolicyRefused, match=r"preset\.yaml: sources: Field required"):
        header_of(tmp_path)


def test_headers_are_read_by_name() -> None:
    assert headers().keys() == set(presets())
