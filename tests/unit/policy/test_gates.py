"""Gates: which fields of a claim they compare, so that a policy without these is refused."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from shared.policy.clauses import exists_in
from shared.policy.reading import PolicyRefused, read_policy
from shared.policy.schema import Policy

LEAST = {"value": 1, "currency": "EUR"}


def policy(gates: dict[str, Any], *required: str) -> Policy:
    document = {"program": "p", "version": 1, "protection": {"days": 9}, "required_fields": required, "gates": gates}
    return read_policy(orjson.dumps(document))


COMPARED: list[tuple[dict[str, Any], str]] = [
    ({"min_amount": LEAST}, "amount"),
    ({"min_amount": {**LEAST, "basis": "list"}}, "list_amount"),
    ({"min_units": 2}, "units"),
    ({"min_term_months": 2}, "term_months"),
]


@pytest.mark.parametrize("gates, field", COMPARED)
def test_a_gate_on_a_field_that_is_not_required_is_refused(gates: dict[str, Any], field: str) -> None:
    assert policy(gates, field).gates.model_dump(exclude_defaults=True).keys() == gates.keys()
    for required in ((), (f"{field} | site",)):
        with pytest.raises(PolicyRefused):
            policy(gates, *required)


def test_zero_and_false_ask_for_nothing() -> None:
    nothing = {"min_units": 0, "min_term_months": 0, "before_rfp": False, "single_end_customer": False}
    stated = policy(nothing)
    assert not any(exists_in(stated, f"gates.{name}") for name in nothing)
    assert exists_in(policy({"before_rfp": True}), "gates.before_rfp")


@pytest.mark.parametrize("gates", [{"min_units": -1}, {"min_units": 10**9 + 1}, {"min_term_months": 601},
                                   {"min_units": "5"}, {"before_rfp": 1}])  # fmt: skip
def test_numbers_out_of_their_bounds_are_refused(gates: dict[str, Any]) -> None:
    with pytest.raises(PolicyRefused):
        policy(gates, "units", "term_months")
