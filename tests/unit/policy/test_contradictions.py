"""Contradictions and dead rules of a policy: each refused at its own parameter, all at once."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from shared.errors import FieldProblem
from shared.policy.reading import read_policy
from shared.policy.refused import PolicyRefused

PLAIN: dict[str, Any] = {"program": "hunting", "version": 1, "protection": {"days": 90}}
LEAST = {"gates": {"min_amount": {"value": 1, "currency": "EUR"}}}


def reward(name: str, pct: int, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "rebate", "pct": pct, **more}


def of_lines(name: str, pct: int, *lines: str) -> dict[str, Any]:
    return reward(name, pct, when={"lines": list(lines)})


def contradicted(**policy: Any) -> list[str]:
    """The paths at which the policy is refused; none where it is valid."""
    problems: tuple[FieldProblem, ...] = ()
    try:
        read_policy(orjson.dumps({**PLAIN, **policy}))
    except PolicyRefused as refused:
        problems = refused.problems
    assert {one.code for one in problems} <= {"policy.contradiction"}
    assert all(one.message.startswith("line 1, column ") for one in problems)
    return [one.field for one in problems]


@pytest.mark.parametrize(
    ("policy", "paths"),
    [
        ({"conflict": {"order": ["manual", "approved_first"]}}, ["conflict.order.1"]),
        ({"conflict": {"order": ["first_complete_submission", "manual"]}}, ["conflict.order.1"]),
        ({"conflict": {"order": ["first_complete_submission", "approved_first"]}}, ["conflict.order.1"]),
        ({"conflict": {"order": ["approved_first", "approved_first"]}}, ["conflict.order.1"]),
        ({"conflict": {"order": []}}, ["conflict.order"]),
        ({"credit": {"roles": {"sourced": 80, "fulfilled": 30}}}, ["credit.roles"]),
        ({"credit": {"roles": {"sourced": 80}}}, ["credit.roles"]),
        ({"rewards": [reward("a", 5, role="influenced")]}, ["rewards.0.role"]),
        ({"rewards": [reward("a", 60), reward("b", 41)]}, ["rewards.1.pct"]),
        ({"rewards": [reward("a", 60, role="sourced"), reward("b", 41, role="fulfilled")]}, ["rewards.1.pct"]),
        ({"rewards": [of_lines("a", 60, "X"), of_lines("b", 60, "Y", "X")]}, ["rewards.1.pct"]),
        ({"rewards": [of_lines("a", 60, "X"), reward("b", 60)]}, ["rewards.1.pct"]),
        ({"protection": {"days": 90, "extension": {"max": 11, "days": 365}}}, ["protection.extension"]),
        (LEAST, ["gates.min_amount"]),
        ({**LEAST, "required_fields": ["amount | site"]}, ["gates.min_amount"]),
        ({"same_deal": {"close_window_days": 9}}, ["same_deal.close_window_days"]),
        ({"exclusivity": {"mode": "shared", "max": 2}}, ["exclusivity.max"]),
        ({"exclusivity": {"mode": "none", "max": 1}}, ["exclusivity.max"]),
        ({"conflict": {"runner_up_order": []}}, ["conflict.runner_up_order"]),
        ({"conflict": {"runner_up_order": ["manual", "tier"]}}, ["conflict.runner_up_order.1"]),
        ({"conflict": {"order": ["tier"], "runner_up_order": ["tier"]}}, ["conflict.runner_up_order"]),
        ({"conflict": {"runner_up_order": ["evidence_score"]}}, ["conflict.evidence"]),
        ({"exclusivity": {"mode": "none"}, "conflict": {"runner_up_order": ["tier"]}}, ["conflict.runner_up_order"]),
        ({"exclusivity": {"mode": "shared"}, "conflict": {"contest_window": "2bd"}}, ["conflict.contest_window"]),
        ({"same_deal": {"key": "workload"}}, ["same_deal.key"]),
        ({"same_deal": {"key": "subscription"}, "required_fields": ["workload"]}, ["same_deal.key"]),
        ({"same_deal": {"key": "workload"}, "required_fields": ["workload | subscription"]}, ["same_deal.key"]),
        ({"same_deal": {"key": "line", "products": "any"}}, ["same_deal.products"]),
        ({"same_deal": {"key": "customer", "products": "same_line"}}, ["same_deal.products"]),
        ({"same_deal": {"site": "same", "territory": "same"}}, ["same_deal.site", "same_deal.territory"]),
    ],
)
def test_what_cannot_hold_or_never_happens_is_refused_at_its_parameter(
    policy: dict[str, Any], paths: list[str]
) -> None:
    assert contradicted(**policy) == paths


@pytest.mark.parametrize(
    "policy",
    [
        {"conflict": {"order": ["approved_first", "manual"]}},
        {"rewards": [reward("a", 60), reward("b", 40)]},
        {"rewards": [of_lines("a", 60, "X"), of_lines("b", 60, "Y")]},
        {"protection": {"days": 90, "extension": {"max": 10, "days": 365}}},
        {**LEAST, "required_fields": ["amount"]},
        {"same_deal": {"key": "workload", "products": "same_line"}, "required_fields": ["workload"]},
        {"same_deal": {"key": "subscription"}, "required_fields": ["subscription"]},
        {"same_deal": {"key": "customer", "site": "same"}, "required_fields": ["site"]},
        {"same_deal": {"key": "line", "territory": "same"}, "required_fields": ["customer.country"]},
    ],
)
def test_what_fits_is_published(policy: dict[str, Any]) -> None:
    assert contradicted(**policy) == []


def test_all_contradictions_are_told_at_once() -> None:
    found = contradicted(**LEAST, conflict={"order": ["manual", "approved_first"]})
    assert found == ["gates.min_amount", "conflict.order.1"]
