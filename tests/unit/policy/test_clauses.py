"""Clauses: every path of a policy's schema is one, or belongs to one, or heads the document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from shared.policy.clauses import CLAUSES, clause_paths, exists_in, schema_paths
from shared.policy.reading import read_policy
from shared.policy.schema import Policy


def written(schema: dict[str, Any], definitions: dict[str, Any], path: str = "") -> Iterator[str]:
    """The path of every property in a JSON schema, and the words of lists, read without our own walk."""
    if "$ref" in schema:
        yield from written(definitions[schema["$ref"].rpartition("/")[2]], definitions, path)
    for one in schema.get("anyOf", ()):
        yield from written(one, definitions, path)
    if "items" in schema:
        yield from (f"{path}.{word}" for word in schema["items"].get("enum", ()))
        yield from written(schema["items"], definitions, path)
    for name, one in schema.get("properties", {}).items():
        inner = f"{path}.{name}" if path else name
        yield inner
        yield from written(one, definitions, inner)


def policy(**parts: Any) -> Policy:
    return read_policy(orjson.dumps({"program": "p", "version": 1, "protection": {"days": 90}, **parts}))


def test_every_path_of_the_schema_is_a_clause_or_a_parameter_of_one_or_header() -> None:
    schema = Policy.model_json_schema()
    found, known = set(written(schema, schema["$defs"])), schema_paths()
    assert known.keys() <= found, "a path that no policy can state"
    # A family is the sum of its clauses, as is a list whose words are clauses.
    unclassified = {path for path in found - known.keys() if not any(one.startswith(f"{path}.") for one in known)}
    # Words that a parameter may have, as `clock.starts.submitted`; those of required_fields have dots of their own.
    words_of_parameters = {
        path for path in unclassified if path.rpartition(".")[0] in known or path.startswith("required_fields.")
    }
    assert unclassified == words_of_parameters


def test_a_parameter_belongs_to_a_clause_and_only_what_heads_the_document_to_none() -> None:
    owners = {one.clause for one in schema_paths().values() if one.role == "parameter"}
    assert owners <= clause_paths()
    header = {path for path, one in schema_paths().items() if one.role == "header"}
    assert header == {"program", "version", "effective_from", "time_zone", "calendar"}


def test_every_clause_that_findings_name_is_one_of_the_schema_or_the_product_s_own() -> None:
    named = {clause for clause in CLAUSES if not clause.startswith("always.")}
    assert clause_paths() == named


@pytest.mark.parametrize(
    "clause, parts",
    [
        ("gates.min_amount", {"required_fields": ["amount"], "gates": {"min_amount": {"value": 1, "currency": "EUR"}}}),
        ("eligibility.min_tier", {"eligibility": {"min_tier": "gold"}}),
        ("eligibility.partner_types", {"eligibility": {"partner_types": ["reseller"]}}),
        ("conflict.waiter_confirm", {"conflict": {"waiter_confirm": "5bd"}}),
        ("conflict.on_lost", {"conflict": {"on_lost": "5bd"}}),
        ("conflict.order.manual", {"conflict": {"order": ["manual"]}}),
        ("protection.extension", {"protection": {"days": 1, "extension": {"days": 1}}}),
        ("rewards", {"rewards": [{"name": "fee", "kind": "rebate", "pct": 1}]}),
        ("clawback", {"clawback": {}}),
    ],
)
def test_a_clause_exists_where_the_policy_states_it(clause: str, parts: dict[str, Any]) -> None:
    assert exists_in(policy(**parts), clause)
    assert not exists_in(policy(), clause)


def test_defaults_are_stated_and_what_is_no_clause_never_is() -> None:
    for clause in ("exclusivity", "same_deal.customer", "review.auto_approve_if", "conflict.order.approved_first"):
        assert exists_in(policy(), clause)
    assert exists_in(policy(), "always.crowd")
    for other in ("program", "protection", "gates", "exclusivity.mode", "always.unheard_of", "no.such"):
        assert not exists_in(policy(), other)
