"""JSON Schema of policies and vendor documents: what the reader takes, editors accept, with a description each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from shared.policy.json_schema import MODELS, json_schema
from shared.policy.yaml_text import read_yaml
from shared.program_templates.folder import PRESETS, TEMPLATES

ROOT = Path(__file__).parents[3]
POLICIES = (
    *TEMPLATES.glob("*/policy.yaml"),
    *PRESETS.glob("*/policy.yaml"),
    ROOT / "examples" / "policy.yaml",
    ROOT / "dealreg" / "demo" / "policy.yaml",
)
VENDORS = (*TEMPLATES.glob("*/vendor.yaml"), *PRESETS.glob("*/vendor.yaml"), ROOT / "examples" / "vendor.json")
PLAIN: dict[str, Any] = {"program": "hunting", "version": 1, "protection": {"days": 90}}


def valid(name: str, value: Any) -> bool:
    return bool(Draft202012Validator(json_schema(name)).is_valid(value))


@pytest.mark.parametrize("name", MODELS)
def test_a_schema_is_one_and_says_where_it_is(name: str) -> None:
    schema = json_schema(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"/v1/schemas/{name}.json"
    assert orjson.loads(orjson.dumps(schema)) == schema


@pytest.mark.parametrize(
    ("name", "file"), [*(("policy", file) for file in POLICIES), *(("vendor", file) for file in VENDORS)]
)
def test_what_is_published_is_accepted(name: str, file: Path) -> None:
    assert valid(name, read_yaml(file.read_text()).value)


@pytest.mark.parametrize(
    "policy",
    [
        {**PLAIN, "colour": "blue"},
        {**PLAIN, "clock": {"starts": "submited"}},
        {**PLAIN, "required_fields": ["amunt"]},
        {**PLAIN, "rewards": [{"name": "a", "kind": "rebate", "pct": "ten"}]},
        {"program": "hunting", "version": 1},
    ],
)
def test_what_is_refused_is_marked(policy: dict[str, Any]) -> None:
    assert not valid("policy", policy)


def described(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for part in (schema, *schema["$defs"].values()):
        for name, field in part.get("properties", {}).items():
            if part.get("title") != "Money":
                yield name, field


@pytest.mark.parametrize("name", MODELS)
def test_every_parameter_has_a_description(name: str) -> None:
    schema = json_schema(name)
    money = schema["$defs"].get("Money", {}).get("properties", {})
    found = [field for field, said in described(schema) if field not in money]
    lacking = [
        field for field, said in described(schema)
        if field not in money and not said.get("description") and "$ref" not in str(said)
    ]  # fmt: skip
    assert found
    assert not lacking
