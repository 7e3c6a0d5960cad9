"""`dealreg policy lint`: every error of a file at once, with its place, what is allowed and what was meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dealreg.cli import application
from shared.policy.problems import MAX_NAME, similar

VALID = "program: hunting\nversion: 1\nprotection: {days: 90}\n"
VENDOR = '{"products": [{"product": "X", "line": "hardware"}], "tiers": ["silver", "gold"]}'
EXAMPLES = Path(__file__).parents[3] / "examples"


def lint(*arguments: str | Path) -> tuple[int, list[dict[str, Any]]]:
    result = CliRunner().invoke(application(["policy"]), ["policy", "lint", "--json", *map(str, arguments)])
    return result.exit_code, json.loads(result.output)["files"]


def written(folder: Path, text: str, name: str = "policy.yaml") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def test_a_valid_policy_is_said_to_be(tmp_path: Path) -> None:
    file = written(tmp_path, VALID)
    code, [found] = lint(file)
    assert (code, found) == (0, {"file": str(file), "valid": True, "states": "policy hunting/1", "problems": []})


def test_the_examples_are_valid_together() -> None:
    code, found = lint(EXAMPLES / "policy.yaml", "--vendor", EXAMPLES / "vendor.json")
    assert (code, [one["valid"] for one in found]) == (0, [True, True])


def test_every_error_is_told_with_place_path_and_what_was_meant(tmp_path: Path) -> None:
    text = VALID + "clock: {starts: submited}\nelegibility: {}\nrewards:\n- {name: a, kind: rebate, pct: 5, rol: x}\n"
    code, [found] = lint(written(tmp_path, text))
    told = {one["field"]: (one["code"], one["message"]) for one in found["problems"]}
    assert code == 1
    assert {path: reason for path, (reason, _) in told.items()} == {
        "clock.starts": "policy.invalid_value",
        "elegibility": "policy.unknown_parameter",
        "rewards.0.rol": "policy.unknown_parameter",
    }
    for path, line, meant in (
        ("clock.starts", 4, "submitted"),
        ("elegibility", 5, "eligibility"),
        ("rewards.0.rol", 7, "role"),
    ):
        message = told[path][1]
        assert f"line {line}, " in message
        assert f"did you mean {meant}?" in message
    assert "pct" in told["rewards.0.rol"][1]  # what is allowed there


def test_names_that_the_vendor_document_does_not_have_are_errors(tmp_path: Path) -> None:
    text = VALID + "eligibility: {min_tier: Gold}\ncalendar: DE\n"
    code, [vendor, policy] = lint(written(tmp_path, text), "--vendor", written(tmp_path, VENDOR, "vendor.json"))
    assert (code, vendor["valid"], policy["valid"]) == (1, True, False)
    assert [(one["field"], one["code"]) for one in policy["problems"]] == [
        ("calendar", "calendar.unknown"),
        ("eligibility.min_tier", "tier.unknown"),
    ]
    assert "line 4, column 25" in policy["problems"][1]["message"]


def test_a_calendar_without_the_year_in_which_the_policy_takes_effect_is_an_error(tmp_path: Path) -> None:
    vendor = '{"calendars": {"DE": {"holidays": ["2026-12-25"]}}}'
    text = VALID + "calendar: DE\neffective_from: 2027-01-01\n"
    code, [_, policy] = lint(written(tmp_path, text), "--vendor", written(tmp_path, vendor, "vendor.json"))
    [problem] = policy["problems"]
    assert (code, problem["field"], problem["code"]) == (1, "calendar", "calendar.year_missing")
    assert all(part in problem["message"] for part in ("line 4, column 11", "none of 2027"))


def test_a_vendor_document_is_checked_likewise(tmp_path: Path) -> None:
    text = "tier: [gold]\ntiers: [gold, gold]\nproducts:\n- {product: X, line: a}\n- {product: x, lines: b}\n"
    code, [found] = lint("--vendor", written(tmp_path, text, "vendor.yaml"))
    assert (code, found["states"]) == (1, "vendor document")
    assert {one["field"] for one in found["problems"]} == {"tier", "products.1.line", "products.1.lines"}
    text = "tiers: [gold, gold]\nproducts:\n- {product: X, line: a}\n- {product: x, line: b}\n"
    _, [found] = lint("--vendor", written(tmp_path, text, "vendor.yaml"))
    assert [(one["field"], "line" in one["message"]) for one in found["problems"]] == [
        ("products.1.product", True),
        ("tiers.1", True),
    ]


@pytest.mark.parametrize("arguments", [[], ["missing.yaml"]])
def test_what_cannot_be_read_is_no_finding(arguments: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(
        application(["policy"]), ["policy", "lint", *(str(tmp_path / one) for one in arguments)]
    )
    assert result.exit_code != 0
    assert "is valid" not in result.output


def test_long_wrong_names_are_not_compared(tmp_path: Path) -> None:
    _, [found] = lint(written(tmp_path, VALID + f"clock: {{starts: {'s' * (MAX_NAME + 1)}}}\n"))
    assert "did you mean" not in found["problems"][0]["message"]
    assert similar("aproved", ["submitted", "approved"]) == "approved"


def test_the_opposite_is_never_what_was_meant() -> None:
    assert similar("max_units", ["min_units", "min_amount"]) is None
    assert similar("min_unit", ["min_units", "max_units"]) == "min_units"
