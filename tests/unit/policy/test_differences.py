"""`dealreg policy show`, `diff` and `new`: parameters with defaults filled in, differences in sentences, templates."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from hatchling.builders.wheel import WheelBuilder
from typer.testing import CliRunner

from dealreg.cli import application
from dealreg.tools.policy_files import lint
from dealreg.tools.scenario_files import read_all
from shared.events.vendor import VendorDocument
from shared.messages.documents import sentence
from shared.policy.differences import Difference, differences
from shared.policy.reading import read_policy
from shared.policy.schema import Policy
from shared.policy.stated import stated_in
from shared.program_templates.folder import TEMPLATES, headers, names, presets

ROOT = Path(__file__).parents[3]
PLAIN: dict[str, Any] = {"program": "hunting", "version": 1, "protection": {"days": 90}}
REBATE = {"name": "rebate", "kind": "rebate", "pct": 5}
FEE = {"name": "fee", "kind": "referral_fee", "pct": 2}


def policy(**more: Any) -> Policy:
    return read_policy(orjson.dumps({**PLAIN, **more}))


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one.path, one.kind) for one in differences(policy(**before), policy(**after))]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({}, {}, []),
        ({}, {"clock": {"starts": "approved"}}, []),
        ({"rewards": [REBATE, FEE]}, {"rewards": [FEE, REBATE]}, []),
        ({}, {"protection": {"days": 60}}, [("protection.days", "changed")]),
        ({"required_fields": ["site"]}, {"required_fields": ["site", "notes"]}, [("required_fields", "members")]),
        ({}, {"eligibility": {"min_tier": "gold"}}, [("eligibility.min_tier", "added")]),
        ({"rewards": [REBATE, FEE]}, {"rewards": [FEE]}, [("rewards.rebate", "removed")]),
        ({"rewards": [REBATE]}, {"rewards": [{**REBATE, "pct": 6}]}, [("rewards.rebate.pct", "changed")]),
        (
            {"required_fields": ["amount", "site"]},
            {"required_fields": ["amount", "notes"]},
            [("required_fields", "members")],
        ),
        (
            {"required_fields": ["amount", "site"]},
            {"required_fields": ["site", "amount"]},
            [("required_fields", "order")],
        ),
    ],
)
def test_what_differs_is_told_by_parameter(
    before: dict[str, Any], after: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert changes(before, after) == found


def test_vendor_documents_are_compared_by_the_names_of_their_parts() -> None:
    before = VendorDocument.model_validate_json(
        b'{"products": [{"product": "X", "line": "a"}, {"product": "Y", "line": "a"}], "tiers": ["silver", "gold"]}'
    )
    after = VendorDocument.model_validate_json(
        b'{"products": [{"product": "Y", "line": "b"}, {"product": "X", "line": "a"}], "tiers": ["gold", "silver"]}'
    )
    assert [(one.path, one.kind) for one in differences(before, after)] == [
        ("products.Y.line", "changed"),
        ("tiers", "order"),
    ]


@pytest.mark.parametrize("kind", ["added", "removed", "changed", "members", "order"])
def test_every_kind_of_difference_has_a_sentence_that_names_it(kind: Any) -> None:
    said = sentence(Difference("protection.days", kind, ["ninety"], ["sixty"]))
    assert "protection.days" in said
    assert ("ninety" in said) is (kind != "added")
    assert ("sixty" in said) is (kind != "removed")


def test_show_has_every_parameter_with_its_meaning_and_says_which_are_defaults() -> None:
    found = {one.path: one for one in stated_in(policy(rewards=[REBATE]))}
    assert found["protection.days"].given
    assert not found["clock.starts"].given
    assert (found["clock.starts"].value, found["rewards.0.pct"].value) == ("approved", "5")
    assert all(one.meaning for one in found.values()), [one.path for one in found.values() if not one.meaning]


def invoked(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(application(["policy"]), ["policy", *map(str, arguments)])
    return result.exit_code, result.output


def test_diff_and_show_read_files(tmp_path: Path) -> None:
    one, other = tmp_path / "one.yaml", tmp_path / "other.json"
    one.write_text("program: hunting\nversion: 1\nprotection: {days: 90}\n")
    other.write_text(json.dumps({**PLAIN, "version": 2}))
    code, output = invoked("diff", one, other, "--json")
    assert (code, [each["path"] for each in json.loads(output)["differences"]]) == (1, ["version"])
    assert invoked("diff", one, one)[0] == 0
    code, output = invoked("show", one)
    assert (code, "protection.days: 90" in output, "clock.starts: approved (default)" in output) == (0, True, True)
    assert invoked("diff", one, TEMPLATES / "teaming" / "vendor.yaml")[0] == 2
    assert invoked("diff", one, "hunting/1")[0] != 0


@pytest.mark.parametrize("template", [*names(), *presets()])
def test_a_template_or_preset_becomes_a_program_that_is_valid_and_tested(template: str, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    code, told = invoked("new", folder, "--from", template)
    assert code == 0
    missing = headers()[template].missing if template in presets() else {}
    assert [one.split(": ")[1] for one in told.splitlines() if one.startswith("not applied yet")] == [
        clause.split(": ")[0] for clause in missing
    ]
    assert [one.problems for one in lint([folder / "policy.yaml"], folder / "vendor.yaml")] == [(), ()]
    assert read_policy((folder / "policy.yaml").read_bytes()).program == "mine"
    assert sum(len(file.scenarios) for file in read_all([folder])) >= 6
    code, output = invoked("test", folder)
    assert code == 0, output
    assert invoked("new", folder, "--from", template)[0] != 0  # it exists


def test_an_unknown_template_is_refused(tmp_path: Path) -> None:
    assert names() == ("referral", "simple-reseller", "teaming")
    code, told = invoked("new", tmp_path / "mine", "--from", "nothing")
    assert code == 2
    assert "cisco-hunting-2015" in told
    assert not (tmp_path / "mine").exists()


def test_new_works_from_an_installed_wheel_and_so_does_what_the_api_reads(tmp_path: Path) -> None:
    [wheel] = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    command = "import sys; sys.path.insert(0, sys.argv.pop(1)); from dealreg.cli import main; main()"
    files = {"policy.yaml", "vendor.yaml", "scenarios.yaml"}
    for source, found in (("referral", files), ("hubspot", {*files, "preset.yaml"})):
        arguments = [str(tmp_path / "site"), "policy", "new", str(tmp_path / source), "--from", source]
        made = subprocess.run(
            [sys.executable, "-c", command, *arguments],
            env=environment, cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        assert {one.name for one in (tmp_path / source).iterdir()} == found
    told = "import sys; sys.path.insert(0, sys.argv[1]); from shared.program_templates import folder as one; "
    told += "print(one.PROGRAMS, len(one.every()))"
    read = subprocess.run(
        [sys.executable, "-c", told, str(tmp_path / "site")],
        env=environment, cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert read.stdout.split() == [str(tmp_path / "site" / "programs"), str(len(names()) + len(presets()))]
