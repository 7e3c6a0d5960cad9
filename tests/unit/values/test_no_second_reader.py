"""The source itself: no pattern that a trailing newline passes, no other digits, no text without a parse function."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from services.attribution.api.schemas import BlindCheck
from services.registration.api.bulk import BulkRow
from services.registration.api.crm import NewConnection
from services.registration.api.keys import NewCredential
from services.registration.api.persons import Erasure
from services.registration.intake.kinds import KINDS
from shared.events.credit import Share
from shared.events.ledger import Posting
from shared.events.partner import PartnerEnrolled
from shared.events.program import ProgramPublished
from shared.events.registry import EVENTS
from shared.events.reward import RewardAccrued
from shared.events.vendor import Product, VendorDocument
from shared.policy.credit import RivalHolds
from shared.policy.eligibility import Eligibility
from shared.policy.gates import MinAmount
from shared.policy.rewards import Cap, Reward, When
from shared.policy.schema import Policy

ROOT = Path(__file__).parents[3]
MATCHING = ROOT / "services" / "attribution" / "domain" / "matching"
"""Words there are folded to `a-z0-9` before anything asks for their digits, and no number is read."""


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for folder in ("services", "shared", "dealreg"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield file, ast.parse(file.read_text())


def walked(tree: ast.Module) -> Iterator[Any]:
    yield from ast.walk(tree)


def test_no_pattern_is_matched_up_to_a_dollar() -> None:
    """`$` also matches before a newline at the end: `fullmatch` does not."""
    found = []
    for file, tree in sources():
        patterns = {
            node.targets[0].id if isinstance(node, ast.Assign) else node.target.id: ast.literal_eval(node.value.args[0])
            for node in walked(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign)
            and isinstance(node.targets[0] if isinstance(node, ast.Assign) else node.target, ast.Name)
            and _is_call(node.value, "compile")
            and isinstance(node.value.args[0], ast.Constant)
        }
        for node in walked(tree):
            if _is_call(node, "match") and isinstance(node.func.value, ast.Name):
                pattern = patterns.get(node.func.value.id, "")
                if re.search(r"(?<!\\)\$", pattern):
                    found.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert not found, f"use fullmatch without $ in {found}"


def test_no_text_is_a_number_by_other_digits() -> None:
    """`isdigit` is true of `²`, which `int` does not read; `isdecimal` of digits of every script."""
    found = []
    for file, tree in sources():
        if file.is_relative_to(MATCHING):
            continue
        lines = file.read_text().splitlines()
        found += [
            f"{file.relative_to(ROOT)}:{node.lineno}"
            for node in walked(tree)
            if any(_is_call(node, name) for name in ("isdigit", "isdecimal", "isnumeric"))
            and "isascii()" not in lines[node.lineno - 1]
        ]
    assert not found, f"use parse_count or is_count in {found}"


def _is_call(node: Any, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name


SHARED_VALUES: tuple[tuple[type[BaseModel], str, type[BaseModel], str], ...] = (
    (Policy, "program", ProgramPublished, "program"),
    (Policy, "program", RewardAccrued, "program"),
    (Reward, "name", RewardAccrued, "name"),
    (Reward, "pct", RewardAccrued, "pct"),
    (Reward, "kind", RewardAccrued, "kind_of_reward"),
    (Reward, "on", RewardAccrued, "on"),
    (Cap, "currency", Posting, "currency"),
    (MinAmount, "currency", Posting, "currency"),
    (When, "lines", Product, "line"),
    (Eligibility, "partner_types", VendorDocument, "partner_types"),
    (Eligibility, "min_tier", PartnerEnrolled, "tier"),
    (RivalHolds, "winner", Share, "role"),
)


@pytest.mark.parametrize(("policy", "field", "event", "other"), SHARED_VALUES)
def test_a_value_of_a_policy_and_of_an_event_has_one_validator(
    policy: type[BaseModel], field: str, event: type[BaseModel], other: str
) -> None:
    said, kept = set(_leaves(_field(policy, field))), set(_leaves(_field(event, other)))
    assert said
    assert said <= kept


# Texts that no parse function reads, each with a reader of its own.
READ_OTHERWISE = {
    "PublishProgram.policy",  # a document: `shared.policy.reading`
    "Money.amount",  # together, since one's decimals are the other's: `shared.values.money`
    "Money.currency",
    "BulkRow.kind",  # a choice among the kinds
    "BulkRow.body",  # read as the body of its kind
    "Policy.time_zone",  # a choice among the zones
    "VendorDocument.time_zone",
    "ConfigureVendor.time_zone",
    "Policy.required_fields",  # choices among the fields of a registration, `a | b`
    "RegistrationAmended.fields",  # composed by the edge of names of its own
    "ReviewDecided.fields",
    "ProgramPublished.policy",  # the document, as `shared.policy` wrote it
    "Patch.customer",  # composed by the edge of a `CustomerPatch`
}

MODELS: tuple[type[BaseModel], ...] = (
    *(kind.body for kind in KINDS.values()),
    *(event for event in EVENTS.values() if event.kind == "fact"),
    Policy,
    BulkRow,
    NewConnection,
    NewCredential,
    Erasure,
    BlindCheck,
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_text_that_strangers_send_is_read_by_a_parse_function(model: type[BaseModel]) -> None:
    bare = {place for place, leaf in _texts(model) if leaf == "str"}
    assert bare <= READ_OTHERWISE


def _texts(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Each text of the model and of those within it: where it stands, and what reads it."""
    for one in {model, *_within(model.__pydantic_core_schema__)}:
        for name in one.model_fields:
            for leaf in _leaves(_field(one, name)):
                yield f"{one.__name__}.{name}", leaf


def _within(schema: Any) -> Iterator[type[BaseModel]]:
    if isinstance(schema, list | tuple):
        for one in schema:
            yield from _within(one)
    elif isinstance(schema, dict):
        if schema.get("type") == "model":
            yield schema["cls"]
        for one in schema.values():
            yield from _within(one)


def _field(model: type[BaseModel], name: str) -> Any:
    schema: Any = model.__pydantic_core_schema__
    definitions = {one["ref"]: one for one in schema.get("definitions", ())} if schema["type"] == "definitions" else {}
    schema = schema["schema"] if schema["type"] == "definitions" else schema
    while schema["type"] in ("model", "function-before", "function-after", "function-wrap", "definition-ref"):
        schema = definitions[schema["schema_ref"]] if schema["type"] == "definition-ref" else schema["schema"]
    return schema["fields"][name]["schema"]


def _leaves(schema: Any) -> Iterator[str]:
    """What reads the texts of a field: `str` where nothing does; models within have fields of their own."""
    if isinstance(schema, list | tuple):
        for one in schema:
            yield from _leaves(one)
        return
    if not isinstance(schema, dict):
        return
    kind = schema.get("type")
    if kind == "model":
        return
    if kind == "literal":
        yield from (str(one) for one in schema["expected"])
    elif kind == "chain":
        yield from _leaves(schema["steps"][-1])
    elif kind == "str":
        yield f"pattern {schema['pattern']}" if "pattern" in schema else "str"
    elif kind == "function-after" and schema["schema"].get("type") == "str":
        yield str(_parse_of(schema))
    elif kind == "function-plain":
        yield "plain"
    else:
        for name, one in schema.items():
            if name not in ("metadata", "serialization", "default", "ref", "json_schema_input_schema"):
                yield from _leaves(one)


def _parse_of(schema: Any) -> Any:
    """The parse function inside its adapter."""
    checked = schema["function"]["function"]
    return next((cell.cell_contents for cell in checked.__closure__ or () if callable(cell.cell_contents)), checked)
