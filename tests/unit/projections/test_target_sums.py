"""How far a target is: days of its period, what is expected by then, and the share that is reached."""

from __future__ import annotations

from datetime import date

import pytest

from services.projections.api.target_sums import Period, expected_count, expected_minor, share

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)


@pytest.mark.parametrize(
    "day, past, left, state",
    [
        (date(2025, 12, 31), 0, 90, "coming"),
        (FIRST, 1, 89, "running"),
        (date(2026, 2, 14), 45, 45, "running"),
        (LAST, 90, 0, "running"),
        (date(2026, 4, 1), 90, 0, "over"),
        (date(2031, 1, 1), 90, 0, "over"),
    ],
)
def test_days_are_counted_through_the_day_and_the_rest_is_left(day: date, past: int, left: int, state: str) -> None:
    period = Period(FIRST, LAST, day)
    assert (period.days, period.past, period.left, period.state) == (90, past, left, state)


def test_a_target_of_one_day_is_expected_whole_at_its_end() -> None:
    period = Period(FIRST, FIRST, FIRST)
    assert (period.days, period.left, expected_minor(999, period), expected_count(3, period)) == (1, 0, 999, "3.0")


@pytest.mark.parametrize(
    "day, minor, count",
    [
        (date(2025, 12, 31), 0, "0.0"),
        (FIRST, 1, "0.1"),
        (date(2026, 2, 14), 50, "5.0"),
        (date(2026, 4, 1), 100, "10.0"),
    ],
)
def test_each_day_is_expected_to_bring_as_much_as_any_other(day: date, minor: int, count: str) -> None:
    period = Period(FIRST, LAST, day)
    assert (expected_minor(100, period), expected_count(10, period)) == (minor, count)


def test_halves_of_a_minor_unit_go_to_the_even_one() -> None:
    half = Period(date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 1))
    assert [expected_minor(wanted, half) for wanted in (1, 3, 5)] == [0, 2, 2]


@pytest.mark.parametrize(
    "reached, wanted, said",
    [
        (0, 3, "0.0000"),
        (1, 3, "0.3333"),
        (2, 3, "0.6667"),
        (3, 3, "1.0000"),
        (5, 4, "1.2500"),
        (10**14, 1, "1" + "0" * 14 + ".0000"),
    ],
)
def test_a_share_has_four_digits_and_may_exceed_one(reached: int, wanted: int, said: str) -> None:
    assert share(reached, wanted) == said
