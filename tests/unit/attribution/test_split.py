"""Amounts divided to the last minor unit, and rounded by one rule."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.attribution.domain.rules.allocation import in_proportion, percentage, split

LIMIT = 2**63 - 1


def test_left_over_units_go_to_the_largest_remainders_earlier_parts_first() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(101, [70, 20, 10]) == [71, 20, 10]
    assert split(2, [1, 1, 1]) == [1, 1, 0]
    assert split(0, [1, 2]) == [0, 0]


@pytest.mark.parametrize(
    "base, pct, expected", [(1005, "10", 100), (1015, "10", 102), (1, "50", 0), (3, "50", 2), (LIMIT, "100", LIMIT)]
)
def test_percentages_round_half_to_even(base: int, pct: str, expected: int) -> None:
    assert percentage(base, Decimal(pct)) == expected


def test_a_proportion_of_nothing_is_nothing() -> None:
    assert in_proportion(1000, 0, 0) == 0
    assert in_proportion(100_000, 40, 100) == 40_000


@given(
    st.integers(0, LIMIT),
    st.lists(st.fractions(0, 1000), min_size=1, max_size=12).filter(lambda weights: any(weights)),
)
def test_parts_sum_to_the_whole_and_none_is_a_unit_off(total: int, weights: list[Fraction]) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < 1


@given(st.integers(0, LIMIT), st.integers(0, 1000), st.integers(1, 1000))
def test_a_proportion_is_never_more_than_the_amount(amount: int, part: int, whole: int) -> None:
    assert 0 <= in_proportion(amount, min(part, whole), whole) <= amount
