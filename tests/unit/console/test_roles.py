"""Rules that give roles, as lines of a form and back."""

from __future__ import annotations

from typing import Any

import pytest

from services.console.forms import Typed
from services.console.roles import at, condition_of, digest, filled, line_of, role_of

CONDITIONS = [
    ({"claim": "groups", "value": "managers"}, "groups = managers"),
    ({"claim": ["realm_access", "roles"], "value": "seller"}, "realm_access > roles = seller"),
    ({"claim": "https://acme.example/roles", "value": "a = b > c"}, "https://acme.example/roles = a = b > c"),
    ({"claim": "admin", "value": True}, "admin = true"),
    ({"claim": "admin", "value": "true"}, 'admin = "true"'),
    ({"claim": "level", "value": 3}, "level = 3"),
    ({"claim": "level", "value": "3"}, 'level = "3"'),
    ({"claim": "group", "value": "مديرون"}, "group = مديرون"),
    ({"claim": "a > b", "value": "x"}, '{"claim": "a > b", "value": "x"}'),
    ({"claim": "a = b", "value": "x"}, '{"claim": "a = b", "value": "x"}'),
    ({"claim": "a", "value": " x"}, '{"claim": "a", "value": " x"}'),
    ({"claim": "{", "value": "x"}, '{"claim": "{", "value": "x"}'),
]


@pytest.mark.parametrize(("condition", "line"), CONDITIONS)
def test_a_condition_is_a_line_that_says_it_again(condition: dict[str, Any], line: str) -> None:
    assert line_of(condition) == line
    assert condition_of(line) == condition


@pytest.mark.parametrize("line", ["groups", "groups=managers", "{broken", "= x"])
def test_what_is_no_condition_is_left_for_the_api_to_refuse(line: str) -> None:
    read = condition_of(line)
    assert read == line or not isinstance(read, dict)


def test_a_rule_is_a_form_that_says_it_again() -> None:
    rule = {"name": "seller", "when": [{"claim": ["a", "b"], "value": "x"}], "partner": None, "partner_claim": "pid",
            "scopes": ["pipeline:read"]}  # fmt: skip
    said = role_of(Typed(tuple(filled(rule))))
    assert {**said, "partner": None} == rule
    assert digest(rule) != digest({**rule, "name": "other"})


def test_an_error_about_the_rule_stands_beside_its_input() -> None:
    errors = [{"field": "roles.1.when.0.claim", "message": "m"}, {"field": "roles.10.name", "message": "n"}]
    assert [one["field"] for one in at(1, errors)] == ["role.when.0.claim", "roles.10.name"]
